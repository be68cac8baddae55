from __future__ import annotations

from collections.abc import Iterator

import pytest

from engine.api import Engine
from engine.runtime.process import ProcessEngine
from tests.contract.bundled import WithBundledModel
from tests.contract.engine_contract import ProcessContract


class TestLocalEngineInAChild(WithBundledModel, ProcessContract):
    @pytest.fixture(scope="class")
    @classmethod
    def engine(cls, roots: tuple[str, str]) -> Iterator[Engine]:
        engine = ProcessEngine("engine.runtime.local:LocalEngine", {"roots": roots})
        yield engine
        engine.close()

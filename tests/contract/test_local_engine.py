from __future__ import annotations

from collections.abc import Iterator

import pytest

from engine.api import Engine
from engine.runtime.local import LocalEngine
from tests.contract.bundled import WithBundledModel
from tests.contract.engine_contract import EngineContract


class TestLocalEngine(WithBundledModel, EngineContract):
    @pytest.fixture(scope="class")
    @classmethod
    def engine(cls, roots: tuple[str, str]) -> Iterator[Engine]:
        engine = LocalEngine(roots)
        yield engine
        engine.close()

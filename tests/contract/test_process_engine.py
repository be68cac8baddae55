from __future__ import annotations

from collections.abc import Iterator

import pytest

from engine.api import Engine, Task
from engine.catalog.specs import ModelSpec
from engine.runtime.fake import FAKE_MODEL, Mishap, Script
from engine.runtime.process import ProcessEngine
from tests.contract.engine_contract import ProcessContract
from tests.contract.hearing import sampling

FAKE = "engine.runtime.fake:FakeEngine"


class TestProcessEngine(ProcessContract):
    @pytest.fixture(scope="class")
    @classmethod
    def engine(cls) -> Iterator[Engine]:
        engine = ProcessEngine(FAKE)
        yield engine
        engine.close()

    @pytest.fixture(scope="class")
    @classmethod
    def model(cls) -> ModelSpec:
        return FAKE_MODEL

    @pytest.fixture
    def accident(self) -> Iterator[tuple[Engine, Task]]:
        engine = ProcessEngine(FAKE, {"script": Script(mishap=Mishap.FAIL, mishap_after=2)})
        yield engine, sampling(FAKE_MODEL, seconds=2)
        engine.close()

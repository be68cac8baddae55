from __future__ import annotations

from collections.abc import Iterator

import pytest

from engine.api import Engine, Task
from engine.catalog.specs import ModelSpec
from engine.runtime.fake import FAKE_MODEL, FakeEngine, Mishap, Script
from tests.contract.engine_contract import EngineContract, sampling


class TestFakeEngine(EngineContract):
    @pytest.fixture(scope="class")
    @classmethod
    def engine(cls) -> Engine:
        return FakeEngine()

    @pytest.fixture(scope="class")
    @classmethod
    def model(cls) -> ModelSpec:
        return FAKE_MODEL

    @pytest.fixture
    def accident(self) -> Iterator[tuple[Engine, Task]]:
        engine = FakeEngine(script=Script(mishap=Mishap.FAIL, mishap_after=2))
        yield engine, sampling(FAKE_MODEL, seconds=2)
        engine.close()

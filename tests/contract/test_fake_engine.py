from __future__ import annotations

import pytest

from engine.api import Engine, Task
from engine.catalog.specs import ModelSpec
from engine.runtime.fake import FAKE_MODEL, FakeEngine, Mishap, Script
from tests.contract.engine_contract import EngineContract
from tests.contract.hearing import sampling


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
    def accident(self) -> tuple[Engine, Task]:
        engine = FakeEngine(script=Script(mishap=Mishap.FAIL, mishap_after=2))
        return engine, sampling(FAKE_MODEL, seconds=2)

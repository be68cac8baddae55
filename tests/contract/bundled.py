"""The bundled model, and a damaged copy of it, for contracts of engines that run it."""

from __future__ import annotations

from pathlib import Path

import pytest

import resources
from engine.api import Engine, Task
from engine.catalog.specs import ModelSpec
from engine.catalog.store import open_model
from tests.contract.hearing import damaged_copy, sampling

POCKET = resources.path("models", "pocket")


class WithBundledModel:
    """Fixtures of a contract for an engine that finds its models under `roots`."""

    @pytest.fixture(scope="class")
    @classmethod
    def roots(cls, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
        return str(POCKET.parent), str(tmp_path_factory.mktemp("models"))

    @pytest.fixture(scope="class")
    @classmethod
    def model(cls) -> ModelSpec:
        return open_model(POCKET).spec

    @pytest.fixture
    def accident(
        self, engine: Engine, model: ModelSpec, roots: tuple[str, str]
    ) -> tuple[Engine, Task]:
        damaged = damaged_copy(POCKET, Path(roots[1]))
        return engine, sampling(model, model=damaged)

"""The `jukebox` command of the program in this process, with a small model and a stand-in."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.cli import main
from engine.catalog.store import ModelStore
from engine.cli.tools import Tools
from engine.runtime.fake import FakeEngine, Script
from tests.engine.catalog.model_folder import write_model
from tests.engine.cli.capturing import captured


class SongLine:
    """Runs commands; each gives its exit status, standard output and standard error."""

    def __init__(self, models: Path) -> None:
        self.models, self.store = models, ModelStore([models])
        self.script = Script()

    def __call__(self, *arguments: object) -> tuple[int, str, str]:
        tools = Tools(self.store, self._engine)
        return captured(lambda: main([str(argument) for argument in arguments], tools))

    def _engine(self) -> FakeEngine:
        return FakeEngine(self.store.get("tiny").spec, self.script)


@pytest.fixture
def jukebox(tmp_path: Path) -> SongLine:
    write_model(tmp_path / "models")
    return SongLine(tmp_path / "models")

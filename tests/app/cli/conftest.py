"""The `jukebox` command of the program in this process, with a small model and a stand-in."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.cli import main
from engine.catalog.store import ModelStore
from engine.cli.tools import Tools
from engine.runtime.fake import FakeEngine, Script
from tests.engine.catalog.model_folder import write_model


class SongLine:
    """Runs commands; each gives its exit status, standard output and standard error."""

    def __init__(self, models: Path, capture: pytest.CaptureFixture[str]) -> None:
        self.models, self.store, self.capture = models, ModelStore([models]), capture
        self.script = Script()

    def __call__(self, *arguments: object) -> tuple[int, str, str]:
        tools = Tools(self.store, self._engine)
        status = main([str(argument) for argument in arguments], tools)
        said = self.capture.readouterr()
        return status, said.out, said.err

    def _engine(self) -> FakeEngine:
        return FakeEngine(self.store.get("tiny").spec, self.script)


@pytest.fixture
def jukebox(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> SongLine:
    write_model(tmp_path / "models")
    return SongLine(tmp_path / "models", capsys)

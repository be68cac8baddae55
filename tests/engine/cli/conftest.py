"""What the tests of the command line work with: a small model, a stand-in engine, recordings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
import soundfile

from engine.api import CancelToken, Event, Task
from engine.catalog.known import KNOWN_MODELS, KnownModel
from engine.catalog.store import ModelStore
from engine.catalog.web import Web
from engine.cli import main
from engine.cli.tools import Tools
from engine.runtime.fake import FakeEngine, Script
from tests.engine.catalog.model_folder import RATE, write_model
from tests.engine.cli.capturing import captured


@dataclass
class WatchedEngine:
    """Passes tasks and events through, keeps the tasks, and may act on events."""

    inner: FakeEngine
    tasks: list[Task] = field(default_factory=list)
    on_event: Callable[[Event], None] = lambda event: None
    closed: bool = False

    def run(self, task: Task, cancel: CancelToken) -> Iterator[Event]:
        self.tasks.append(task)
        for event in self.inner.run(task, cancel):
            self.on_event(event)
            yield event

    def close(self) -> None:
        self.closed = True
        self.inner.close()


class CommandLine:
    """Runs `jukebox` in this process with the small model and a stand-in for the engine."""

    def __init__(self, folder: Path) -> None:
        self.models = folder / "models"
        self.store = ModelStore([self.models])
        self.known: tuple[KnownModel, ...] = KNOWN_MODELS
        self.web = Web()
        self.script = Script()
        self.on_event: Callable[[Event], None] = lambda event: None
        self.engines: list[WatchedEngine] = []

    def __call__(self, *arguments: object) -> tuple[int, str, str]:
        """Exit status, standard output, standard error."""
        tools = Tools(self.store, self._engine, self.known, self.models, lambda: self.web)
        return captured(lambda: main([str(argument) for argument in arguments], tools))

    @property
    def tasks(self) -> list[Task]:
        return [task for engine in self.engines for task in engine.tasks]

    def _engine(self) -> WatchedEngine:
        fake = FakeEngine(self.store.get("tiny").spec, self.script)
        self.engines.append(WatchedEngine(fake, on_event=self.on_event))
        return self.engines[-1]


@pytest.fixture
def jukebox(tmp_path: Path) -> CommandLine:
    write_model(tmp_path / "models")
    return CommandLine(tmp_path)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """An empty folder for results."""
    (tmp_path / "out").mkdir()
    return tmp_path / "out"


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """Two seconds of stereo at another rate than the model's."""
    moments = np.arange(2 * 44_100) / 44_100
    tone = 0.5 * np.sin(2 * np.pi * 220 * moments)
    path = tmp_path / "riff.wav"
    soundfile.write(path, np.stack([tone, tone], 1), 44_100)
    return path


__all__ = ["RATE"]

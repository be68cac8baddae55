"""A composer's session in a process that can be killed: `python -m tests.app.drill`.

Reads folders and bodies from standard input; for each a process of its own composes, renders,
edits, saves and exports, and says on standard output what it does, and every code that was sampled
before anybody can have written it down.
"""

from __future__ import annotations

import contextlib
import gc
import math
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
from PySide6.QtCore import QCoreApplication, QEventLoop, QTimer

from app.services.machines import DeskModel, Machines, desk_model
from app.session import Session
from app.song.export import ExportOptions
from app.song.song import Quality
from engine.api import CancelToken, Engine, Event, SampleTask, Saved, Task
from engine.catalog.store import default_store
from engine.runtime.fake import FAKE_MODEL, FakeEngine, Script
from engine.runtime.process import ProcessEngine
from tests.app.kit import MODEL, HandSpeaker

PHASES = ("generate", "render", "edit", "save", "export")
EDITS = 40
SECONDS = {"thread": 4.0, "process": 4.0, "pocket": 2.0}
TAKES, SEED = 2, 7
LOOK_MS = 20
PACE = Script(stretch_s=0.01)


def say(line: str) -> None:
    os.write(1, f"{line}\n".encode())


class Telling:
    """An engine that says which codes it has sampled before it hands them over."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def run(self, task: Task, cancel: CancelToken) -> Iterator[Event]:
        return self._told(self._engine.run(task, cancel), isinstance(task, SampleTask))

    def close(self) -> None:
        self._engine.close()

    def _told(self, events: Iterator[Event], samples: bool) -> Iterator[Event]:
        for event in events:
            if samples and isinstance(event, Saved):
                say(f"sampled {event.level.name} {len(event.codes)}")
            yield event


def telling_tones() -> Telling:
    return Telling(FakeEngine(FAKE_MODEL, PACE))


def telling_pocket() -> Telling:
    from engine.runtime.local import LocalEngine  # Where it is made; the others need no torch.

    with contextlib.suppress(psutil.AccessDenied):  # Drills are no work in the background.
        psutil.Process().nice(0)
    return Telling(LocalEngine(device="cpu"))


def engine_of(body: str) -> Engine:
    """The engine of a drill: tones in a thread, tones in a process, or Pocket in a process."""
    if body == "thread":
        return telling_tones()
    maker = "telling_pocket" if body == "pocket" else "telling_tones"
    return ProcessEngine(f"tests.app.drill:{maker}")


def model_of(body: str) -> DeskModel:
    return desk_model(default_store().get("pocket")) if body == "pocket" else MODEL


class Composer:
    """Does all that a composer does, as fast as the program lets them."""

    def __init__(self, folder: Path, body: str) -> None:
        self._app = QCoreApplication([])
        self._folder, self._body = folder, body
        machines = Machines(
            engine_of(body), (model_of(body),), folder / "state", HandSpeaker(), lambda: ""
        )
        self._session = Session(machines)
        self._notices: list[object] = []
        self._session.notice.connect(self._notices.append)

    def work(self) -> None:
        for phase in PHASES:
            say(f"phase {phase}")
            getattr(self, phase)()
        say("done")
        self._wait(lambda: False)

    def generate(self) -> None:
        session = self._session
        session.set_seconds(SECONDS[self._body])
        session.set_takes(TAKES)
        session.set_seed(SEED)
        session.set_quality(Quality.DRAFT)
        session.generate()
        self._rest()

    def render(self) -> None:
        self._session.render_selection(Quality.FULL)
        self._rest()

    def edit(self) -> None:
        for number in range(EDITS):
            self._session.set_title(f"Title {number}")
            self._session.set_lyrics("La " * number)
            self._session.star_take(self._session.song.takes[0].id)
            say(f"edited {number}")
            self._app.processEvents()

    def save(self) -> None:
        self._session.save_song_as(self._folder / "tune.jukebox")
        self._wait(lambda: self._session.path is not None and not self._session.modified)

    def export(self) -> None:
        before = len(self._notices)
        self._session.export(self._folder / "tune.wav", ExportOptions())
        self._wait(lambda: len(self._notices) > before)

    def _rest(self) -> None:
        self._wait(lambda: self._session.job is None and not self._session.jobs.queue.jobs)

    def _wait(self, arrived: Callable[[], bool]) -> None:
        work_until(arrived)


def work_until(arrived: Callable[[], bool], limit_s: float = math.inf) -> None:
    """Let the window's thread work until something is so.

    A timer wakes it: with a limit of its own, Qt's `processEvents` would not sleep between events,
    and take the processor from the engine.
    """
    app, ends = QCoreApplication.instance(), time.monotonic() + limit_s
    assert app is not None
    ticks = QTimer(interval=LOOK_MS)
    ticks.start()
    while not arrived():
        assert time.monotonic() < ends, "nothing came of it"
        app.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)


def main() -> None:
    gc.disable()
    for line in sys.stdin:
        where, body = line.split()
        child = os.fork()
        if not child:
            say(f"pid {os.getpid()}")
            Composer(Path(where), body).work()
        os.waitpid(child, 0)
        say("ended")


if __name__ == "__main__":
    main()

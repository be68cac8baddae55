"""How late the window's thread is, with ten minutes of song open, generating and playing.

    QT_QPA_PLATFORM=offscreen python -m tests.benchmarks.desk --seconds 20

Prints, for playing alone and for scrolling on top of it: how late the ticks of a 16 ms timer came,
and how long the longest event kept the window's thread: its processor time, so that a machine
busy with other things does not count. On a machine of its own, ticks are late by no more.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_QPA_UPDATE_IDLE_TIME", "0")

import numpy as np
from PySide6.QtCore import QEvent, QEventLoop, QObject, QSettings, Qt, QTimer
from PySide6.QtWidgets import QApplication

from app.garbage import GarbageCollection
from app.services.machines import DeskModel, Machines
from app.services.player import Read
from app.session import Session
from app.song.song import Quality
from app.ui.main_window import MainWindow
from app.ui.timeline.view import Timeline
from engine.audio.export import write_audio
from engine.runtime.fake import FAKE_MODEL, Script
from engine.runtime.process import ProcessEngine
from engine.types import Audio, Span

RATE = FAKE_MODEL.sample_rate
LENGTH = FAKE_MODEL.snap_down(FAKE_MODEL.max_song_length - 1)
TICK_MS = 16
LATE_MS, NEVER_MS = 16.0, 50.0


class Metronome:
    """A speaker that takes a block whenever it would be due. Implements `Speaker`."""

    def __init__(self) -> None:
        self._ends = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def alive(self) -> bool:
        return self._thread is not None

    def open(self, rate: int, read: Read, output: str = "", *, quick: bool = False) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, args=(rate, read), daemon=True)
            self._thread.start()

    def anew(self, change: Callable[[], None]) -> None:
        change()

    def close(self) -> None:
        self._ends.set()
        if self._thread is not None:
            self._thread.join()

    def outputs(self) -> tuple[str, ...]:
        return ()

    def heard(self) -> int | None:
        return None

    def _run(self, rate: int, read: Read) -> None:
        out = np.zeros((1024, 2), np.float32)
        while not self._ends.wait(len(out) / rate):
            read(out)


class Counting(QApplication):
    """Notes the processor time that each event takes, those within it included."""

    def __init__(self) -> None:
        super().__init__(sys.argv[:1])
        self.events_ms: list[float] = []
        self._inside = False

    def notify(self, receiver: QObject, event: QEvent) -> bool:
        if self._inside:
            return super().notify(receiver, event)
        self._inside = True
        began = time.thread_time()
        try:
            return super().notify(receiver, event)
        finally:
            self._inside = False
            self.events_ms.append(1000 * (time.thread_time() - began))


class Ticks:
    """A timer of 16 ms that notes how late it is."""

    def __init__(self) -> None:
        self.late_ms: list[float] = []
        self._timer = QTimer(interval=TICK_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._last = time.monotonic()
        self._timer.start()

    def _tick(self) -> None:
        now = time.monotonic()
        self.late_ms.append(max(0.0, 1000 * (now - self._last) - TICK_MS))
        self._last = now

    def end(self) -> None:
        self._timer.stop()


def wait(seconds: float) -> None:
    loop = QEventLoop()
    QTimer.singleShot(round(1000 * seconds), loop.quit)
    loop.exec()


def until(session: Session, look: str) -> None:
    while (session.job is not None) if look == "rests" else session.take is None:
        wait(0.05)


def row(words: str, ticks: Ticks, events_ms: list[float], busy_s: float, seconds: float) -> str:
    late, ours = np.array(ticks.late_ms), np.array(events_ms)
    good = 100 * np.mean(ours < LATE_MS)
    return (
        f"{words:20} {len(late):5} ticks, late p99 {np.percentile(late, 99):.1f} max "
        f"{late.max():.1f} ms; {len(ours)} events of ours, p99 {np.percentile(ours, 99):.1f} max "
        f"{ours.max():.1f} ms, {good:.2f} % below {LATE_MS:.0f} ms, "
        f"{np.count_nonzero(ours > NEVER_MS)} above {NEVER_MS:.0f} ms; "
        f"{100 * busy_s / seconds:.0f} % of a core"
    )


def measure(words: str, seconds: float, step: object = None) -> None:
    """Run the event loop for so long and print a row; `step` is called 60 times a second."""
    frames = QTimer(interval=TICK_MS, timerType=Qt.TimerType.PreciseTimer)
    if callable(step):
        frames.timeout.connect(step)
        frames.start()
    ticks, began = Ticks(), time.process_time()
    events = _application().events_ms
    events.clear()
    wait(seconds)
    ticks.end()
    frames.stop()
    busy_s = time.process_time() - began
    print(row(words, ticks, list(events), busy_s, seconds), flush=True)


def _application() -> Counting:
    application = QApplication.instance()
    assert isinstance(application, Counting)
    return application


def song(session: Session, folder: Path) -> None:
    """Ten minutes of a recording, of which a minute is being made anew while it plays."""
    noise = np.random.default_rng(1).standard_normal(LENGTH).astype(np.float32) / np.float32(10)
    write_audio(folder / "long.wav", Audio(noise, RATE))
    session.import_audio(folder / "long.wav")
    until(session, "comes")
    until(session, "rests")
    session.select(Span(RATE * 60, RATE * 180))
    session.set_quality(Quality.FULL)
    session.redo_selection()
    session.seek(RATE * 20)
    session.play()
    wait(3)


def main() -> None:
    """Open, generate, play, and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20.0)
    seconds = parser.parse_args().seconds
    application = Counting()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        engine = ProcessEngine("engine.runtime.fake:FakeEngine", {"script": Script(stretch_s=0.02)})
        machines = Machines(engine, (DeskModel(FAKE_MODEL),), folder, Metronome(), lambda: "")
        session = Session(machines)
        settings = QSettings(str(folder / "window.ini"), QSettings.Format.IniFormat)
        window = MainWindow(session, settings)
        window.resize(1280, 800)
        window.show()
        GarbageCollection(window)
        song(session, folder)
        (timeline,) = window.findChildren(Timeline)
        measure("generating, playing", seconds)
        timeline.set_view(timeline.view.zoomed(20, 0))
        measure("… and scrolling", seconds, lambda: scroll(timeline))
        session.discard()
        window.close()
        application.quit()


def scroll(timeline) -> None:  # type: ignore[no-untyped-def] — whatever has a view
    """A few pixels on, and from the beginning again at the end."""
    view = timeline.view
    at_end = view.end >= view.length - 1
    timeline.set_view(view.scrolled(-view.length if at_end else 4 * view.per_pixel))


if __name__ == "__main__":
    main()

"""Composing, playing, undoing and exporting for as long as you like: does anything pile up?

    python -m tests.journeys.soak --minutes 60 --speed 1

A window of the program (offscreen) with an engine in a process of its own plays into a private
sound server, whose sink is recorded. Told at the end: memory, threads and file handles over time,
and every place where the recording is not what the program gave to the sound card, which may run
several times as fast as music sounds.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import psutil
from numpy.typing import NDArray

from tests.journeys.sound import favour, recorded, sound_server

if TYPE_CHECKING:
    from app.services.player import SoundCard

RATE = 22_050
SECONDS = 2.0
LOOK_MS = 50
TAIL_S = 1.5
SILENCE = RATE // 10
"""Samples of silence after which something else may begin."""

GIVEN, FACTS, RECORDED = "given.raw", "facts.json", "recording.raw"


@dataclass(frozen=True)
class Report:
    """What came of it.

    Attributes:
        cycles: how often a song was composed, played, exported and undone.
        compared_s: how much of song.
        gaps: places, in seconds, where the recording is not what was given.
        first, last: medians of the first and of the last third of the run, by quantity.
    """

    cycles: int
    compared_s: float
    gaps: tuple[float, ...]
    first: dict[str, float]
    last: dict[str, float]


def soak(folder: Path, minutes: float, speed: int = 1) -> Report:
    """Run a window for so many minutes in a sound server of its own, and look at what it left.

    Args:
        speed: how many times as fast as it sounds the sound card takes music.
    """
    with sound_server(folder, RATE * speed) as server, server.recording():
        command = [sys.executable, "-m", "tests.journeys.soak", "--desk", str(folder)]
        environment = os.environ | server.variables | {"QT_QPA_PLATFORM": "offscreen"}
        wish = ["--minutes", str(minutes), "--speed", str(speed)]
        subprocess.run([*command, *wish], env=environment, check=True)
        time.sleep(TAIL_S)
    facts = json.loads((folder / FACTS).read_text())
    given = np.fromfile(folder / GIVEN, np.int16)
    heard = recorded(folder / RECORDED)
    third = max(1, len(facts) // 3)
    return Report(
        len(facts),
        len(given) / RATE,
        tuple(place / RATE for place in gaps(given, heard)),
        _medians(facts[third : 2 * third] if len(facts) >= 6 else facts[:third]),
        _medians(facts[-third:]),
    )


def gaps(given: NDArray[np.int16], heard: NDArray[np.int16]) -> Iterator[int]:
    """Places of `given` at which `heard` leaves out, adds or changes something.

    Silence between two songs may last as long as it likes.
    """
    places = _told_apart(given)
    given, heard = given[places], heard[_told_apart(heard)]
    at, there = int(np.argmax(given != 0)), int(np.argmax(heard != 0))
    while at < len(given):
        length = min(len(given) - at, len(heard) - there)
        apart = given[at : at + length].astype(np.int32) - heard[there : there + length]
        wrong = np.flatnonzero(np.abs(apart) > 1)
        if not len(wrong):
            return
        yield int(places[at + int(wrong[0])])
        again = _resumed(given, heard, at + int(wrong[0]), there + int(wrong[0]))
        if again is None:
            return
        at, there = again


def _told_apart(sound: NDArray[np.int16]) -> NDArray[np.intp]:
    """Where the samples are of which all but the first of each long silence are left out."""
    silent = np.concatenate(([False], sound == 0, [False]))
    edges = np.flatnonzero(np.diff(silent))
    starts, ends = edges[::2], edges[1::2]
    long = ends - starts > SILENCE
    left_out = np.zeros(len(sound) + 1, np.int8)
    left_out[starts[long] + SILENCE] += 1
    left_out[ends[long]] -= 1
    return np.flatnonzero(np.cumsum(left_out[:-1], dtype=np.int8) == 0)


def _resumed(
    given: NDArray[np.int16], heard: NDArray[np.int16], at: int, there: int
) -> tuple[int, int] | None:
    """Where both agree again, at most four seconds on."""
    for ahead in range(0, 4 * RATE, 512):
        mark = given[at + ahead : at + ahead + 256]
        if len(mark) < 256 or np.count_nonzero(mark) < 200:
            continue
        later = heard[there : there + 4 * RATE]
        for shift in np.flatnonzero(later[:-256] == mark[0]).tolist():
            if np.array_equal(later[shift : shift + 256], mark):
                return at + ahead, there + shift
    return None


def _medians(facts: list[dict[str, float]]) -> dict[str, float]:
    return {name: statistics.median(each[name] for each in facts) for name in facts[0]}


def use_a_desk(folder: Path, minutes: float, speed: int) -> None:
    """The window: compose, play, export, undo, and note down what it costs."""
    # PortAudio finds its sound server when it is first imported, so this is a process of its own.
    from PySide6.QtCore import QSettings, QTimer
    from PySide6.QtWidgets import QApplication

    from app.garbage import GarbageCollection
    from app.services.machines import DeskModel, Machines
    from app.services.player import LATENCY_S
    from app.session import Session
    from app.song.export import ExportOptions
    from app.ui.main_window import MainWindow
    from engine.runtime.fake import FAKE_MODEL, Script
    from engine.runtime.process import ProcessEngine

    favour(psutil.Process())
    application = QApplication(sys.argv[:1])
    engine = ProcessEngine("engine.runtime.fake:FakeEngine", {"script": Script(stretch_s=0.01)})
    speaker = _listened_to(folder / GIVEN, speed)
    session = Session(Machines(engine, (DeskModel(FAKE_MODEL),), folder / "desk", speaker))
    settings = QSettings(str(folder / "window.ini"), QSettings.Format.IniFormat)
    window = MainWindow(session, settings)
    window.show()
    GarbageCollection(window)
    session.set_seconds(SECONDS)
    facts: list[dict[str, float]] = []
    ends = time.monotonic() + 60 * minutes

    def cycle() -> Iterator[bool]:
        """Waits where it yields False."""
        while session.engine_state.phase == "starting":
            yield False
        while time.monotonic() < ends or not facts:
            session.generate()
            session.seek(0)
            session.play()
            while not session.transport.playing:
                yield False
            while session.transport.playing or session.job is not None:
                yield False
            read_s = time.monotonic()
            while time.monotonic() < read_s + 2 * LATENCY_S:  # Until the last of it is heard.
                yield False
            session.export(folder / "out.wav", ExportOptions())
            session.undo()
            session.redo()
            session.undo()
            yield False
            facts.append(_costs())
        yield True

    turn = cycle()
    look = QTimer(interval=LOOK_MS)

    def step() -> None:
        if next(turn):
            look.stop()
            (folder / FACTS).write_text(json.dumps(facts))
            QTimer.singleShot(round(1000 * TAIL_S), leave)

    def leave() -> None:
        session.discard()
        window.close()
        application.quit()

    look.timeout.connect(step)
    look.start()
    application.exec()


def _listened_to(path: Path, speed: int) -> SoundCard:
    from app.services.player import Read, SoundCard

    notes = path.open("wb")

    class Noted(SoundCard):
        """The sound card, perhaps a fast one, with a note of all that it is given."""

        def open(self, rate: int, read: Read, output: str = "", *, quick: bool = False) -> None:
            def noted(out: NDArray[np.float32]) -> tuple[int, int]:
                told = read(out)
                self._note(out[:, 0])
                return told

            super().open(rate * speed, noted, output)

        def _note(self, samples: NDArray[np.float32]) -> None:
            whole = np.clip(np.rint(samples * 32_767), -32_768, 32_767)
            notes.write(whole.astype(np.int16).tobytes())

        def close(self) -> None:
            super().close()
            notes.flush()

    return Noted()


def _costs() -> dict[str, float]:
    """What the program and its engine hold now."""
    mine = psutil.Process()
    children = mine.children()
    return {
        "window MB": mine.memory_info().rss / 1e6,
        "engine MB": sum(child.memory_info().rss for child in children) / 1e6,
        "threads": mine.num_threads() + sum(child.num_threads() for child in children),
        "handles": mine.num_fds() + sum(child.num_fds() for child in children),
    }


def main() -> None:
    """Soak, and tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--speed", type=int, default=1)
    parser.add_argument("--desk", type=Path, help=argparse.SUPPRESS)
    wish = parser.parse_args()
    if wish.desk is not None:
        use_a_desk(wish.desk, wish.minutes, wish.speed)
        return
    with tempfile.TemporaryDirectory() as folder:
        report = soak(Path(folder), wish.minutes, wish.speed)
    print(f"{report.cycles} cycles, {report.compared_s:.0f} s of sound, {len(report.gaps)} gaps")
    for name, first in report.first.items():
        print(f"{name:10} {first:8.1f} → {report.last[name]:8.1f}")
    for gap in report.gaps[:20]:
        print(f"gap at {gap:.2f} s")


if __name__ == "__main__":
    main()

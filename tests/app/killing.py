"""Kills a composer's program or engine at a random moment, and sees what is left and resumed.

    python -m tests.app.killing --kills 20

does so with Pocket, and tells of each kill: in which phase, seconds of sampled music that are
missing, and whether the resumed song is the one that nothing happened to.
"""

# pyright: basic
from __future__ import annotations

import argparse
import os
import random
import select
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
from PySide6.QtCore import QCoreApplication

from app.services.leftovers import leftovers
from app.services.machines import Machines
from app.services.opening import read_song
from app.services.songs import SongFile, new_path
from app.session import Session
from engine.api import Engine
from engine.catalog.specs import ModelSpec
from engine.runtime.fake import FakeEngine
from engine.types import Codes, Level
from tests.app.drill import PHASES, model_of, work_until
from tests.app.kit import SPEC, HandSpeaker

MOST_LINES = {"generate": 60, "render": 60, "edit": 40, "save": 1, "export": 1}
MOST_LATE_S = 0.03
"""How long after a line the blow comes at most, so that it falls anywhere between two."""

PATIENCE_S = 60.0

ByName = dict[str, Codes]
"""The codes of every take, by its name."""


@dataclass(frozen=True)
class Outcome:
    """What came of a kill.

    Attributes:
        missing_s: seconds of sampled music, of the level that lost most, that were not written.
        made: what was there once all that waited was resumed and done.
    """

    phase: str
    missing_s: float
    made: ByName


class Drill:
    """A server of sessions that can be killed."""

    def __init__(self) -> None:
        self._server = subprocess.Popen(
            [sys.executable, "-m", "tests.app.drill"], cwd=Path(__file__).parents[2],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0,
        )  # fmt: skip
        assert self._server.stdin is not None and self._server.stdout is not None
        self._stdin, self._stdout = self._server.stdin, self._server.stdout
        self._pending = b""
        self.lines: list[str] = []
        self.pid = 0

    def begin(self, folder: Path, body: str) -> None:
        self.lines = []
        self._stdin.write(f"{folder} {body}\n".encode())
        self.pid = int(self.until("pid").split()[1])

    def next_line(self) -> str:
        while b"\n" not in self._pending:
            read = os.read(self._stdout.fileno(), 2**16)
            assert read, "the drill ended"
            self._pending += read
        line, _, self._pending = self._pending.partition(b"\n")
        self.lines.append(line.decode())
        return self.lines[-1]

    def until(self, start: str) -> str:
        """Read on to a line that starts like this."""
        while not self.next_line().startswith(start):
            pass
        return self.lines[-1]

    def some_lines(self, most: int, chance: random.Random) -> None:
        """Read some more lines, but not beyond the end of the work."""
        for _ in range(chance.randrange(most)):
            if self.next_line() == "done":
                return

    def wait(self, seconds: float) -> None:
        """Let some time pass, or the session say something."""
        select.select([self._stdout], [], [], seconds)

    def kill(self) -> None:
        """Kill the session, and read what it had said."""
        os.kill(self.pid, signal.SIGKILL)
        self.until("ended")

    def kill_engine(self) -> int:
        """Kill the session's engine. How many processes that were."""
        engines = [
            child
            for child in psutil.Process(self.pid).children(recursive=True)
            if "spawn_main" in " ".join(child.cmdline())
        ]
        for engine in engines:
            engine.kill()
        return len(engines)

    def close(self) -> None:
        self._stdin.close()
        self._server.wait(10)
        self._stdout.close()


def undisturbed(drill: Drill, body: str, folder: Path) -> ByName:
    """What comes of a session that nothing happens to."""
    drill.begin(folder, body)
    drill.until("done")
    drill.kill()
    return codes_of(folder / "tune.jukebox", folder, body)


def killed_program(drill: Drill, body: str, seed: int, folder: Path) -> Outcome:
    """Kill a program at the seed's moment, and have another one resume what is left."""
    chance, phase = random.Random(seed), PHASES[seed % len(PHASES)]
    drill.begin(folder, body)
    drill.until(f"phase {phase}")
    drill.some_lines(MOST_LINES[phase], chance)
    drill.wait(chance.uniform(0, MOST_LATE_S))
    drill.kill()
    (left,) = leftovers(folder / "state" / "working")
    missing = missing_s(drill.lines, left, model_of(body).spec)
    sampled = any(line.startswith("sampled") for line in drill.lines)
    with resuming(body, folder / "state") as session:
        session.recover()
        work_until(lambda: not left.exists() or _has(session, left), PATIENCE_S)
        work_until(lambda: bool(session.song.takes) or not sampled, PATIENCE_S)
        session.jobs.resume_all()
        work_until(lambda: session.job is None and not session.jobs.queue.jobs, PATIENCE_S)
        made = {take.name: session._store.own_codes(take) for take in session.song.takes}
    return Outcome(phase, missing, made)


def killed_engine(drill: Drill, body: str, seed: int, folder: Path) -> Outcome:
    """Kill an engine at the seed's moment while it samples; the session goes on by itself."""
    chance, phase = random.Random(seed), ("generate", "render")[seed % 2]
    drill.begin(folder, body)
    drill.until(f"phase {phase}")
    drill.until("sampled")
    drill.some_lines(20, chance)
    assert drill.kill_engine()
    drill.until("done")
    drill.kill()
    return Outcome(f"{phase}, engine", 0.0, codes_of(folder / "tune.jukebox", folder, body))


def codes_of(path: Path, folder: Path, body: str = "thread") -> ByName:
    """What is in a song file."""
    spec = model_of(body).spec
    file = SongFile.copy_of(path, new_path(folder / "looked at"))
    opened = read_song(file, {spec.id: spec})
    file.delete()
    return {take.name: opened.store.own_codes(take) for take in opened.song.takes}


def missing_s(lines: list[str], left: Path, spec: ModelSpec) -> float:
    """Seconds of sampled music, of the level that lost most, that are not in a working copy."""
    file = SongFile(left)
    kept = list(file.codes())
    file.close()
    lost = 0.0
    for level in Level:
        words = [line.split() for line in lines if line.startswith(f"sampled {level.name} ")]
        sampled = sum(int(count) for *_, count in words)
        there = sum(len(piece.data) for piece in kept if piece.level == level)
        lost = max(lost, (sampled - there) * spec.hop(level) / spec.sample_rate)
    return lost


@contextmanager
def resuming(body: str, folder: Path) -> Iterator[Session]:
    """A session over what a killed one left."""
    machines = Machines(_engine(body), (model_of(body),), folder, HandSpeaker(), lambda: "")
    session = Session(machines)
    try:
        yield session
    finally:
        session.discard()
        session.close()


def _has(session: Session, left: Path) -> bool:
    """Whether a session goes on with what was left."""
    coming = session._keeper.coming_file
    return coming.done() and coming.result().path == left


def _engine(body: str) -> Engine:
    if body != "pocket":
        return FakeEngine(SPEC)
    from engine.runtime.local import LocalEngine

    return LocalEngine(device="cpu")


def main() -> None:
    """Kill, and tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--body", choices=("thread", "process", "pocket"), default="pocket")
    wish = parser.parse_args()
    _app = QCoreApplication([])
    drill = Drill()
    with tempfile.TemporaryDirectory() as name:
        expected = undisturbed(drill, wish.body, Path(name))
        for seed in range(wish.kills):
            folder = Path(name, str(seed))
            folder.mkdir()
            by_engine = wish.body != "thread" and seed % 4 == 3
            kill = killed_engine if by_engine else killed_program
            told = kill(drill, wish.body, seed, folder)
            alike = all(codes == expected[take] for take, codes in told.made.items())
            print(f"{seed:3} {told.phase:17} {told.missing_s:.2f} s missing, "
                  f"{len(told.made)} takes, {'equal' if alike else 'NOT EQUAL'}")  # fmt: skip
    drill.close()


if __name__ == "__main__":
    main()

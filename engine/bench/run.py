"""The whole benchmark of one subject: weights where there are none, launches, rows, and a song."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from engine.bench.children import Child, own_python
from engine.bench.launch import Case, Launch, Reading, Wish
from engine.bench.machine import machine
from engine.bench.protocol import Json
from engine.bench.rows import Row, row, song_times_real
from engine.bench.song import SongFacts, measure_song
from engine.bench.subjects import Subject
from engine.catalog.configs import to_json
from engine.catalog.store import InstalledModel
from engine.types import Level

_QUIET = 0.15
_SIDE_BY_SIDE = 4
_ENOUGH_WINDOWS = 3


@dataclass(frozen=True, slots=True)
class Report:
    """What a benchmark found.

    Attributes:
        rows: by level TOP first, batch and precision.
        song: None for a subject that cannot compose, or where none was wanted.
        seams: of windows side by side; None without a song, or with one too short for them.
        complete: whether all was measured that was asked for.
    """

    name: str
    wish: Wish
    launches: int
    rows: tuple[Row, ...]
    song: SongFacts | None
    seams: Json | None = None
    complete: bool = True

    @property
    def others(self) -> float:
        """Processors kept busy by anything else, at worst."""
        return max((entry.others for entry in self.rows), default=0.0)

    @property
    def quiet(self) -> bool:
        """Whether the machine was free for the measurement, as far as there was one."""
        return bool(self.rows) and self.others < _QUIET

    def json(self) -> Json:
        """For machines."""
        return {
            "machine": machine(),
            "model": self.name,
            "complete": self.complete,
            "threads": self.wish.threads,
            "device": self.wish.device,
            "launches": self.launches,
            "quiet": self.quiet,
            "rows": [entry.json() for entry in self.rows],
            "song_times_real": {
                f"{precision}, batch {batch}": speed
                for (precision, batch), speed in song_times_real(self.rows).items()
            },
            "song": self.song and self.song.json(),
            "seams": self.seams,
        }


class Bench:
    """A benchmark of a subject, which can be asked at any time what it has found.

    Args:
        launches: fresh processes, whose middle counts.
        song_s: seconds of the song to compose; 0 for none.
        tell: called with words for what is being done.
    """

    def __init__(
        self, about: Subject, wish: Wish, launches: int, song_s: float, tell: Callable[[str], None]
    ) -> None:
        self._about, self._wish, self._tell = about, wish, tell
        self._launches, self._song_s = launches, song_s
        self._found: list[dict[Case, Reading]] = []
        self._song: SongFacts | None = None
        self._seams: Json | None = None
        self._complete = False

    def run(self) -> None:
        """Measure all.

        Raises:
            BenchmarkError: something cannot be measured here.
        """
        with tempfile.TemporaryDirectory(prefix="jukebox-bench-") as work:
            folder = self._about.folder or _drawn(self._about, Path(work), self._tell)
            for number in range(1, self._launches + 1):
                count = partial(_counted, self._tell, f"launch {number} of {self._launches}")
                launch = Launch(self._about, folder, Path(work), self._wish, count)
                self._found.append({})
                launch.measure(self._found[-1], whole=number == 1)
        if self._song_s and self._about.installed is not None:
            self._song = measure_song(self._about.installed, self._song_s, self._tell)
            self._seams = _seams(self._about.installed, self._song_s, self._tell)
        self._complete = True

    def report(self) -> Report:
        """What is found by now: a row for each case of which a round is measured."""
        launches = [
            {case: whole for case, reading in launch.items() if (whole := reading.rounds()).steps}
            for launch in self._found
        ]
        cases = dict.fromkeys(case for launch in launches for case in launch)
        rows = tuple(self._row(case, launches) for case in cases)
        begun = sum(1 for launch in launches if launch)
        return Report(
            self._about.name, self._wish, begun, rows, self._song, self._seams, self._complete
        )

    def _row(self, case: Case, launches: Sequence[dict[Case, Reading]]) -> Row:
        readings = [launch[case] for launch in launches if case in launch]
        return row(case, self._about.prior(case.level), readings, self._wish.clock)


def _seams(model: InstalledModel, song_s: float, tell: Callable[[str], None]) -> Json | None:
    spec = model.spec
    windows = song_s * spec.sample_rate / spec.hop(Level.BOTTOM) / spec.contexts[Level.BOTTOM]
    if windows < _ENOUGH_WINDOWS:
        return None
    tell("windows side by side")
    with Child(own_python(), "engine.bench.seams", 1) as child:
        return child.ask("compare", folder=str(model.folder), seconds=song_s, windows=_SIDE_BY_SIDE)


def _counted(tell: Callable[[str], None], count: str, words: str) -> None:
    tell(f"{count}: {words}")


def _drawn(about: Subject, folder: Path, tell: Callable[[str], None]) -> Path:
    """A folder with random weights for a subject that has none."""
    tell(f"drawing random weights for {about.name}")
    (level,) = (prior.level for prior in about.config.priors)
    with Child(own_python(), "engine.bench.ours", 1) as child:
        child.ask("draw_weights", model=to_json(about.with_prior(level)), folder=str(folder))
    return folder

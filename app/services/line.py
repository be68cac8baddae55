"""The line of errands before the engine: who is next, how far each is, how long all will take.

Knows errands and clocks. Knows nothing of threads and signals.
"""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import dataclass, field
from enum import Enum, auto
from itertools import count

from app.services.errands import Errand, Kind
from app.services.generation import Journal
from app.song.pace import Pace
from app.song.song import TakeId
from app.song.status import JobPhase, JobState, QueuedJob, QueueState
from engine.api import Progress, SampleTask
from engine.types import Level

_numbers = count(1)


class Wish(Enum):
    """What shall come of an errand when the engine lets go of it."""

    GO_ON = auto()
    YIELD = auto()
    END = auto()


@dataclass(slots=True, eq=False)
class Entry:
    """An errand in the line.

    Attributes:
        number: tells it from all others, for as long as the program runs.
        paused: somebody wants it to rest.
        away: its takes are not in the song as it is; they may come back by undo and redo.
        run: the engine's number for it while it is at work.
        missing: codes that still have to be made, by level.
        foretold: whether the speed at which it goes on can be known. It cannot while the engine
            says of what it makes that it is warming up.
    """

    errand: Errand
    journal: Journal | None
    paused: bool = False
    number: int = field(default_factory=_numbers.__next__)
    away: bool = False
    run: int | None = None
    wish: Wish = Wish.GO_ON
    missing: dict[Level, int] = field(default_factory=dict[Level, int])
    foretold: bool = True
    _died_with: int | None = None
    _before: Progress | None = None
    _before_s: float = 0.0
    _measured: set[Level] = field(default_factory=set[Level])

    def __post_init__(self) -> None:
        self.missing = self.errand.missing()

    @property
    def runnable(self) -> bool:
        """Whether its turn may come."""
        return not self.paused and not self.away

    @property
    def gives_way(self) -> bool:
        """Whether it can be stopped now, and go on or begin anew later."""
        goes_on_later = isinstance(self.errand.task, SampleTask)
        begins_anew = self.errand.kind is Kind.SURPRISE
        return self.wish is Wish.GO_ON and (goes_on_later or begins_anew)

    @property
    def missing_codes(self) -> int:
        """Codes that still have to be made."""
        return sum(self.missing.values())

    def fills(self, takes: Collection[TakeId]) -> bool:
        """Whether any of these takes is made by it."""
        return any(take.id in takes for take in self.errand.takes)

    def begin(self, run: int) -> None:
        """It is at work from now on."""
        self.run, self.wish = run, Wish.GO_ON
        self._before = None
        self._measured.clear()

    def rest(self) -> None:
        """The engine has let go of it."""
        self.run, self.wish = None, Wish.GO_ON
        self.foretold = True
        self.missing = self.errand.missing()

    def dies(self) -> bool:
        """Take note that the engine died; whether it is worth trying again.

        It is, unless nothing at all was made since the last time.
        """
        lacking = sum(self.errand.missing().values())
        again = self._died_with is None or lacking < self._died_with
        self._died_with = lacking
        return again

    def made(self, level: Level, codes: int) -> None:
        """Codes have come."""
        if level in self.missing:
            self.missing[level] = max(0, self.missing[level] - codes)

    def measured(self, event: Progress) -> tuple[int, float]:
        """Codes and seconds since the last progress; 0 codes where that would mislead.

        The first stretch of a level says little: the level may have been loaded for it.
        """
        now, before = time.monotonic(), self._before
        since, self._before, self._before_s = self._before_s, event, now
        if event.level is None:
            return 0, 0.0
        self.foretold = event.per_second > 0
        if before is None or event.level not in self._measured or not self.foretold:
            self._measured.add(event.level)
            return 0, 0.0
        return event.done - before.done, now - since


class Line:
    """Errands in the order in which they run."""

    def __init__(self, pace: Pace) -> None:
        self.pace = pace
        self.entries: list[Entry] = []

    @property
    def first(self) -> Entry | None:
        """The one whose turn it is."""
        return next((each for each in self.entries if each.runnable), None)

    @property
    def running(self) -> Entry | None:
        """The one at work."""
        return next((each for each in self.entries if each.run is not None), None)

    @property
    def shown(self) -> list[Entry]:
        """Those that are worth a line of words, the one at work first."""
        mine = [each for each in self.entries if each.runnable or each.run is not None]
        told = [each for each in mine if not each.errand.kind.is_quiet]
        return sorted(told, key=lambda each: each.run is None)

    @property
    def jobs_and_away(self) -> list[Entry]:
        """Those that somebody asked for, also where an undo took their takes away."""
        return [each for each in self.entries if each.errand.kind.makes_codes]

    @property
    def jobs(self) -> list[Entry]:
        """Those that somebody asked for and sees."""
        return [each for each in self.jobs_and_away if not each.away]

    def of_run(self, run: int) -> Entry:
        """The one that the engine knows by this number."""
        return next(each for each in self.entries if each.run == run)

    def add(self, entry: Entry) -> None:
        """Put an errand behind the last of its rank or a lower one."""
        rank = entry.errand.kind.rank
        before = [n for n, each in enumerate(self.entries) if each.errand.kind.rank <= rank]
        self.entries.insert(before[-1] + 1 if before else 0, entry)

    def remove(self, entry: Entry) -> None:
        """Its time is over."""
        self.entries.remove(entry)

    def move(self, number: int, places: int) -> None:
        """Move a job among the jobs, as far as there are any."""
        jobs = self.jobs
        at = next((n for n, each in enumerate(jobs) if each.number == number), None)
        if at is None:
            return
        to = min(max(at + places, 0), len(jobs) - 1)
        if to == at:
            return
        entry, other = jobs[at], jobs[to]
        self.entries.remove(entry)
        self.entries.insert(self.entries.index(other) + (to > at), entry)

    def measure(self, entry: Entry, event: Progress) -> None:
        """Learn from progress how fast codes are made."""
        task = entry.errand.task
        codes, seconds = entry.measured(event)
        if codes and event.level is not None and isinstance(task, SampleTask):
            self.pace.note(task.model, event.level, len(entry.errand.takes), codes, seconds)

    def job_state(self, entry: Entry, event: Progress) -> JobState:
        """How far an errand is, whatever runs it took."""
        codes = entry.errand.codes()
        done, total = (codes - entry.missing_codes, codes) if codes else (event.done, event.total)
        remaining = self._remaining_s(entry)
        return JobState(
            entry.errand.title,
            event.level,
            done,
            total,
            event.per_second,
            event.remaining_s if remaining is None else remaining,
            event.note,
            time.monotonic() - entry.errand.since_s,
        )

    def state(self) -> QueueState:
        """The jobs, and how long all that are not paused will take."""
        jobs = tuple(self._queued(each) for each in self.jobs)
        rest = [job.remaining_s for job in jobs if job.phase is not JobPhase.PAUSED]
        known = [seconds for seconds in rest if seconds is not None]
        return QueueState(jobs, sum(known) if len(known) == len(rest) else None)

    def _queued(self, entry: Entry) -> QueuedJob:
        codes = entry.errand.codes()
        waiting = JobPhase.WAITING if entry.run is None else JobPhase.RUNNING
        return QueuedJob(
            entry.number,
            entry.errand.title,
            tuple(take.id for take in entry.errand.takes),
            JobPhase.PAUSED if entry.paused else waiting,
            codes - entry.missing_codes,
            codes,
            self._remaining_s(entry),
        )

    def _remaining_s(self, entry: Entry) -> float | None:
        if not entry.missing or not entry.foretold:
            return None
        task = entry.errand.task
        return self.pace.seconds(task.model, len(entry.errand.takes), entry.missing)

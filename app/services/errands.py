"""An errand: something the engine is to do, where its results go, and what of it is still missing.

Knows tasks and the store of takes. Knows nothing of threads and of the order of errands.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from enum import Enum, auto

from app.services.takes import TakeStore
from app.song.codes import overlaid
from app.song.queue import PlannedJob
from app.song.song import Take
from engine.api import SampleTask, Task
from engine.types import Codes, Level, Span


class Kind(Enum):
    """What a task is for."""

    PREPARE = auto()
    ENCODE = auto()
    DECODE = auto()
    SCORE = auto()
    ALIGN = auto()
    COMPOSE = auto()
    RENDER = auto()
    SURPRISE = auto()

    @property
    def rank(self) -> int:
        """Errands of a lower rank are put before those of a higher one: first what is short."""
        return _RANKS.get(self, 0)

    @property
    def makes_codes(self) -> bool:
        """Whether it is a job that the composer asked for, and that goes on where it stopped."""
        return self in (Kind.COMPOSE, Kind.RENDER)

    @property
    def is_quiet(self) -> bool:
        """Whether nobody waits for it, so that no words tell of it."""
        return self in (Kind.PREPARE, Kind.SURPRISE)


_RANKS = {Kind.COMPOSE: 1, Kind.RENDER: 2, Kind.SURPRISE: 3}


@dataclass(frozen=True, slots=True, eq=False)
class Errand:
    """A task, and where its results go.

    Attributes:
        title: what it does, in a word or two.
        takes: one per variation.
        store: where their codes and sound go; another song has another one.
        passes: stretches of a task that samples one take, made one after the other; none for its
            span at once.
    """

    kind: Kind
    title: str
    task: Task
    takes: tuple[Take, ...]
    store: TakeStore
    passes: tuple[Span, ...] = ()
    since_s: float = field(default_factory=time.monotonic)

    def next_task(self) -> Task:
        """What the engine has to do next: the whole task, or what is missing of it."""
        if not isinstance(self.task, SampleTask):
            return self.task
        for span in self._spans(self.task):
            made = self._made(self.task, span)
            if any(self._lacking(span, made, level) for level in self.task.levels):
                return self._going_on(replace(self.task, span=span), made)
        return self._going_on(self.task, self._made(self.task, self.task.span))

    def missing(self) -> dict[Level, int]:
        """Codes that still have to be made, by level, those of all takes together."""
        if not isinstance(self.task, SampleTask):
            return {}
        made = [(span, self._made(self.task, span)) for span in self._spans(self.task)]
        return {
            level: sum(self._lacking(span, codes, level) for span, codes in made)
            for level in self.task.levels
        }

    def codes(self) -> int:
        """Codes that it makes in all; 0 if it makes none."""
        if not isinstance(self.task, SampleTask):
            return 0
        samples = sum(span.length for span in self._spans(self.task))
        hops = [self.store.spec.hop(level) for level in self.task.levels]
        return len(self.takes) * sum(samples // hop for hop in hops)

    def planned(self, paused: bool) -> PlannedJob | None:
        """As a song keeps it; None for what is not worth keeping."""
        if not self.kind.makes_codes or not isinstance(self.task, SampleTask):
            return None
        return PlannedJob(self.title, self.task, self.takes, self.passes, paused)

    def _spans(self, task: SampleTask) -> tuple[Span, ...]:
        return self.passes or (task.span,)

    def _made(self, task: SampleTask, span: Span) -> tuple[Codes, ...]:
        return tuple(self.store.made(take, span, task.levels) for take in self.takes)

    def _lacking(self, span: Span, made: tuple[Codes, ...], level: Level) -> int:
        whole = span.length // self.store.spec.hop(level)
        return sum(whole - len(codes.at(level)) for codes in made)

    def _going_on(self, task: SampleTask, made: tuple[Codes, ...]) -> SampleTask:
        """The task with what was made of it; passes know what those before them made."""
        if self.passes:
            (take,) = self.takes
            own = self.store.own_codes(take)
            context = overlaid(task.context, own, take.span.start, self.store.spec)
            task = replace(task, context=context)
        begun = any(len(codes.at(level)) for codes in made for level in Level)
        return replace(task, made=made if begun else ())


def errand_of(job: PlannedJob, store: TakeStore) -> Errand:
    """The errand that a song kept."""
    kind = Kind.COMPOSE if Level.TOP in job.task.levels else Kind.RENDER
    return Errand(kind, job.title, job.task, job.takes, store, job.passes)

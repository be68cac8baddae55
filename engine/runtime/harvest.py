"""What a task has made so far, gathered from its events."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.api import Event, Finished, SampleTask, Saved, Task
from engine.types import Codes, Level


class Harvest:
    """Gathers `Saved` codes, so that nothing is lost however a task ends.

    Stretches of one take and level come in order and without holes, from where the task found them
    on, so joining them needs no knowledge of the model.
    """

    def __init__(self, task: Task) -> None:
        self._task = task
        self._finished: tuple[Codes, ...] | None = None
        self._pieces: dict[tuple[int, Level], list[NDArray[np.uint16]]] = {}
        if isinstance(task, SampleTask):
            for take, made in enumerate(task.made):
                self._pieces |= {(take, level): [made.at(level)] for level in task.levels}

    def add(self, event: Event) -> None:
        """Take note of an event, of whatever kind."""
        if isinstance(event, Saved):
            self._pieces.setdefault((event.variation, event.level), []).append(event.codes)
        elif isinstance(event, Finished):
            self._finished = event.results

    def results(self) -> tuple[Codes, ...]:
        """One `Codes` per take, from the span's first sample; none unless the task samples."""
        if self._finished is not None:
            return self._finished
        if not isinstance(self._task, SampleTask):
            return ()
        takes = range(self._task.settings.variations)
        return tuple(Codes(tuple(self._level(take, level) for level in Level)) for take in takes)

    def _level(self, take: int, level: Level) -> NDArray[np.uint16]:
        return np.concatenate([np.empty(0, np.uint16), *self._pieces.get((take, level), [])])

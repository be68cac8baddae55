"""What a task has made so far, gathered from its events."""

from __future__ import annotations

import numpy as np

from engine.api import Event, Finished, SampleTask, Saved, Task
from engine.types import NO_CODE, Codes, Level


class Harvest:
    """Gathers `Saved` codes, so that nothing is lost however a task ends.

    Args:
        hops: samples per code of the task's model, BOTTOM first.
    """

    def __init__(self, task: Task, hops: tuple[int, ...]) -> None:
        self._task = task
        self._hops = hops
        self._finished: tuple[Codes, ...] | None = None
        self._pieces: dict[tuple[int, Level], list[Saved]] = {}

    def add(self, event: Event) -> None:
        """Take note of an event, of whatever kind."""
        if isinstance(event, Saved):
            self._pieces.setdefault((event.variation, event.level), []).append(event)
        elif isinstance(event, Finished):
            self._finished = event.results

    def results(self) -> tuple[Codes, ...]:
        """One `Codes` per take, from the span's first sample; none for tasks that do not sample."""
        if self._finished is not None:
            return self._finished
        if not isinstance(self._task, SampleTask):
            return ()
        takes = range(self._task.settings.variations)
        return tuple(Codes(tuple(self._level(take, level) for level in Level)) for take in takes)

    def _level(self, take: int, level: Level) -> np.ndarray[tuple[int], np.dtype[np.uint16]]:
        assert isinstance(self._task, SampleTask)
        hop, pieces = self._hops[level], self._pieces.get((take, level), [])
        first = self._task.span.start // hop
        end = max((piece.start // hop + len(piece.codes) for piece in pieces), default=first)
        codes = np.full(end - first, NO_CODE, np.uint16)
        for piece in pieces:
            at = piece.start // hop - first
            codes[at : at + len(piece.codes)] = piece.codes
        return codes

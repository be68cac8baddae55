"""Counts the codes that come, and tells how long the rest will take. Knows levels and seconds."""

from __future__ import annotations

from dataclasses import dataclass

from engine.api import Progress
from engine.types import Level


@dataclass(slots=True)
class _LevelCount:
    total: int
    done: int = 0
    timed: int = 0
    busy_s: float = 0.0

    @property
    def per_second(self) -> float:
        return self.timed / self.busy_s if self.busy_s else 0.0


class Meter:
    """Counts the codes made per level and the time spent on them, to tell how long is left."""

    def __init__(self, totals: dict[Level, int]) -> None:
        self._levels = {level: _LevelCount(total) for level, total in totals.items()}

    @property
    def total(self) -> int:
        """Codes to make at all levels."""
        return sum(count.total for count in self._levels.values())

    def add(self, level: Level, codes: int, busy_s: float) -> Progress:
        """Note that `codes` were made in `busy_s` seconds. How far everything is now."""
        count = self._levels[level]
        count.done += codes
        count.timed += codes
        count.busy_s += busy_s
        return Progress(level, self._done, self.total, count.per_second, self._remaining_s())

    def add_warming(self, level: Level, codes: int) -> Progress:
        """Note that `codes` were made at a speed that says nothing of those to come."""
        self._levels[level].done += codes
        return Progress(level, self._done, self.total, note="warming up")

    @property
    def _done(self) -> int:
        return sum(count.done for count in self._levels.values())

    def _remaining_s(self) -> float | None:
        """Seconds left; levels not measured yet are taken to be as fast as the others."""
        timed = sum(count.timed for count in self._levels.values())
        busy = sum(count.busy_s for count in self._levels.values())
        if not busy:
            return None
        return sum(
            (count.total - count.done) / (count.per_second or timed / busy)
            for count in self._levels.values()
        )

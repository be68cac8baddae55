"""Which windows are sampled, in which order, and what each of them needs: integers only.

A level is sampled left to right in windows of fixed length. Windows overlap, so that the codes
before a window's new part prime it. A lower level's window needs the upper codes below which it
lies, so a lower window may run as soon as those are there, while the upper level is still growing.

Positions are codes of a level, counted from the first sample of the song.

Source: Jukebox paper, section 4.4 (windowed sampling, upsampling).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.types import Level


@dataclass(frozen=True, slots=True)
class Window:
    """One run of a prior.

    Attributes:
        start: position of the window's first code.
        fresh: position of the first code to sample; those from `start` up to here prime it.
        end: position after the last code to sample.
    """

    start: int
    fresh: int
    end: int


@dataclass(frozen=True, slots=True)
class LevelPlan:
    """The windows of one level, left to right.

    Attributes:
        factor: codes of this level per code of the level above; 1 at the top.
        context: codes in a window.
    """

    level: Level
    windows: tuple[Window, ...]
    factor: int
    context: int

    @property
    def steps(self) -> int:
        """Codes to sample."""
        return sum(window.end - window.fresh for window in self.windows)

    def upper_needed(self, window: Window) -> int:
        """Position in the level above up to which codes must stand before `window` can run."""
        return (window.start + self.context) // self.factor


@dataclass(frozen=True, slots=True)
class Step:
    """A window that runs next, of a level."""

    level: Level
    window: Window


def window_starts(length: int, context: int, hop: int) -> list[int]:
    """First code of each window needed to sample `length` codes from 0.

    Windows are `context` codes long and `hop` apart. The last one is moved back to end exactly at
    `length`. A `length` below `context` needs one window at 0.

    Raises:
        ValueError: `hop` is not within 1…`context`.

    Source: Jukebox paper, section 4.4.
    """
    if not 1 <= hop <= context:
        raise ValueError(f"A window of {context} codes moves on by 1 to {context}, not {hop}.")
    if length <= context:
        return [0]
    starts = list(range(0, length - context, hop))
    return [*starts, length - context]


def level_windows(origin: int, start: int, end: int, context: int, hop: int) -> tuple[Window, ...]:
    """Windows that sample the codes `start`…`end`, primed by those from `origin` on.

    Args:
        origin: first position whose code, and all up to `start`, are known.
    """
    windows: list[Window] = []
    fresh = start
    for offset in window_starts(end - origin, context, hop):
        first = origin + offset
        last = min(first + context, end)
        if last > fresh:
            windows.append(Window(first, fresh, last))
            fresh = last
    return tuple(windows)


def hop_codes(fraction: float, context: int, factor: int) -> int:
    """Codes by which a window moves on: a fraction of it, on the grid of the level above."""
    return max(factor, int(fraction * context) // factor * factor)


def schedule(plans: Sequence[LevelPlan], upper_end: Mapping[Level, int]) -> tuple[Step, ...]:
    """The order in which windows run: always the lowest level that has what it needs.

    So the best sound of the beginning comes early, and pausing loses nothing.

    Args:
        plans: one per sampled level, any order.
        upper_end: for each sampled level, the position at which the codes of the level above will
            end when all is done; windows that reach beyond wait for that end only.
    """
    waiting = {int(plan.level): list(plan.windows) for plan in plans}
    by_level = {plan.level: plan for plan in plans}
    steps: list[Step] = []

    def ready(level: Level) -> bool:
        rest = waiting.get(level + 1, [])
        needed = by_level[level].upper_needed(waiting[level][0])
        return not rest or rest[0].fresh >= min(needed, upper_end[level])

    while any(waiting.values()):
        level = min(level for level in by_level if waiting[level] and ready(level))
        steps.append(Step(level, waiting[level].pop(0)))
    return tuple(steps)

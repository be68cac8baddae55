"""Which windows are sampled, in which order, and what each of them needs: integers only.

A level is sampled left to right in windows of fixed length. Windows overlap, so that the codes
before a window's new part prime it. A lower level's window needs the upper codes below which it
lies, so a lower window may run as soon as those are there, while the upper level is still growing.

Positions are codes of a level, counted from the first sample of the song.

Source: Jukebox paper, section 4.4 (windowed sampling, upsampling).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from engine.types import Level


@dataclass(frozen=True, slots=True)
class Window:
    """One run of a prior.

    Attributes:
        start: position of the window's first code.
        fresh: position of the first code that it may contribute. Those from `start` up to here
            prime it, or, in a window with an overlap, are sampled to warm it up.
        end: position after the last code to sample.
        overlap: codes from `fresh` on that the window before it samples as well; 0 where windows
            follow each other exactly.
        replayed: codes before `fresh` that a former run drew in this very window.
    """

    start: int
    fresh: int
    end: int
    overlap: int = 0
    replayed: int = 0

    @property
    def first_drawn(self) -> int:
        """Position of the first code to sample."""
        return self.start if self.overlap else self.fresh

    @property
    def primed_until(self) -> int:
        """Position before which all is known before anything is drawn or replayed."""
        return self.first_drawn - self.replayed


@dataclass(frozen=True, slots=True)
class LevelPlan:
    """The windows of one level, left to right.

    Attributes:
        factor: codes of this level per code of the level above; 1 at the top.
        context: codes in a window.
        side_by_side: windows that may run at once, where they have an overlap.
    """

    level: Level
    windows: tuple[Window, ...]
    factor: int
    context: int
    side_by_side: int = 1

    @property
    def steps(self) -> int:
        """Codes that come of it."""
        return sum(window.end - window.fresh - window.overlap for window in self.windows)

    @property
    def overlap(self) -> int:
        """Codes that neighbouring windows share; 0 where they follow each other exactly."""
        return self.windows[-1].overlap if self.windows else 0

    @property
    def batches(self) -> tuple[tuple[Window, ...], ...]:
        """Windows that run at once, in order. What has no overlap runs by itself."""
        alone = [(window,) for window in self.windows if not window.overlap]
        joined = [window for window in self.windows if window.overlap]
        size = self.side_by_side
        return (*alone, *(tuple(joined[i : i + size]) for i in range(0, len(joined), size)))

    def upper_needed(self, window: Window) -> int:
        """Position in the level above up to which codes must stand before `window` can run."""
        return (window.start + self.context) // self.factor


@dataclass(frozen=True, slots=True)
class Step:
    """What runs next: windows of a level, several only where they have an overlap."""

    level: Level
    windows: tuple[Window, ...]


def window_starts(length: int, context: int, hop: int, pulse: int = 1) -> list[int]:
    """First code of each window needed to sample `length` codes from 0.

    Windows are `context` codes long and `hop` apart. The last one is moved back to end exactly at
    `length`, or begins on the multiple of `pulse` after that. A `length` below `context` needs one
    window at 0.

    Raises:
        ValueError: `hop` is not within 1…`context`.

    Source: Jukebox paper, section 4.4.
    """
    if not 1 <= hop <= context:
        raise ValueError(f"A window of {context} codes moves on by 1 to {context}, not {hop}.")
    if length <= context:
        return [0]
    starts = list(range(0, length - context, hop))
    return [*starts, -(-(length - context) // pulse) * pulse]


def level_windows(
    origin: int, start: int, end: int, context: int, hop: int, pulse: int = 1
) -> tuple[Window, ...]:
    """Windows that sample the codes `start`…`end`, primed by those from `origin` on.

    Args:
        origin: first position whose code, and all up to `start`, are known.
        pulse: codes on whose multiples windows begin, where what is known reaches to one; `hop` is
            a multiple of it.
    """
    windows: list[Window] = []
    fresh, on_pulse = start, -(-origin // pulse) * pulse
    here = on_pulse if on_pulse <= start else origin
    for offset in window_starts(end - here, context, hop, pulse):
        first = here + offset
        last = min(first + context, end)
        if last > fresh:
            windows.append(Window(first, fresh, last))
            fresh = last
    return tuple(windows)


def resumed(windows: Sequence[Window], filled: int) -> tuple[Window, ...]:
    """What is left of windows that follow each other exactly, of which all before `filled` stands.

    The first one goes on in its middle: it replays what it drew, so that it ends as it would have.
    """
    return tuple(
        replace(window, fresh=filled, replayed=filled - window.fresh)
        if window.fresh < filled
        else window
        for window in windows
        if window.end > filled
    )


def primed_from(known_from: int, start: int, heard: int | None) -> int:
    """First position whose code may prime a span that begins at `start`.

    Args:
        known_from: first position from which all codes up to `start` are known.
        heard: codes before the span that may be heard; None for all.
    """
    return known_from if heard is None else max(known_from, start - heard)


def overlapping_windows(
    origin: int, start: int, end: int, context: int, hop: int, overlap: int
) -> tuple[Window, ...]:
    """Windows that sample `start`…`end` without waiting for each other, but for the first.

    The first is primed by the codes before the span. Each of the others is a whole window, and
    samples the last `overlap` codes of the one before it once more.

    Args:
        origin: first position whose code, and all up to `start`, are known.
        hop: codes that the first window contributes at least; `overlap` is at most as many.
    """
    first = max(origin, start - (context - hop))
    windows = [Window(first, start, min(first + context, end))]
    while (before := windows[-1].end) < end:
        last = min(before - overlap + context, end)
        windows.append(Window(last - context, before - overlap, last, overlap))
    return tuple(windows)


def alignment_windows(origin: int, start: int, end: int, context: int) -> Iterator[Window]:
    """Windows to look at the codes `start`…`end` once each, as they come.

    The first is due after an eighth of a window, so that something is known soon; later ones after
    half a window, so that each code is passed over twice at most, but for those of the beginning.

    Args:
        origin: first position whose code, and all up to `start`, are known.
    """
    fresh, hop = start, max(1, context // 8)
    while fresh < end:
        last = min(fresh + hop, end)
        yield Window(max(origin, last - context), fresh, last)
        fresh, hop = last, max(1, min(2 * hop, context // 2))


def hop_codes(fraction: float, context: int, factor: int) -> int:
    """Codes by which a window moves on: a fraction of it, on the grid of the level above or, at
    TOP, on its pulse."""
    return max(factor, int(fraction * context) // factor * factor)


def schedule(plans: Sequence[LevelPlan], upper_end: Mapping[Level, int]) -> tuple[Step, ...]:
    """The order in which windows run: always the lowest level that has what it needs.

    So the best sound of the beginning comes early, and pausing loses nothing.

    Args:
        plans: one per sampled level, any order.
        upper_end: for each sampled level, the position at which the codes of the level above will
            end when all is done; windows that reach beyond wait for that end only.
    """
    waiting = {int(plan.level): list(plan.batches) for plan in plans}
    by_level = {plan.level: plan for plan in plans}
    steps: list[Step] = []

    def ready(level: Level) -> bool:
        rest = waiting.get(level + 1, [])
        needed = by_level[level].upper_needed(waiting[level][0][-1])
        return not rest or rest[0][0].fresh >= min(needed, upper_end[level])

    while any(waiting.values()):
        level = min(level for level in by_level if waiting[level] and ready(level))
        steps.append(Step(level, waiting[level].pop(0)))
    return tuple(steps)


def level_by_level(plans: Sequence[LevelPlan]) -> tuple[Step, ...]:
    """All windows of a level, then those of the next: for models that hold one level at a time."""
    ordered = sorted(plans, key=lambda plan: plan.level, reverse=True)
    return tuple(Step(plan.level, batch) for plan in ordered for batch in plan.batches)

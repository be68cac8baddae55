"""The sound of a take: the best there is of every moment, and the joins with what it departs from.

Knows samples, levels and takes. Knows nothing of files, tasks and the screen.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from app.song.song import Take
from engine.types import Level, Span

SILENT = len(Level)
"""The quality of a stretch where nothing has been made yet; worse than any level."""

ORIGINAL = -1
"""The quality of a recording as it was imported; better than any level."""

FADE_S = 0.01

Stretches = tuple[tuple[Span, Level], ...]


@dataclass(slots=True, eq=False)
class Edition:
    """Counts the changes of a sound in place, so that a reader without a lock can tell.

    Attributes:
        number: odd while something is being changed.
    """

    number: int = 0

    @property
    def changing(self) -> bool:
        """Whether something is being changed just now."""
        return self.number % 2 == 1


@dataclass(frozen=True, slots=True, eq=False)
class Sound:
    """Samples, and how good they are. Both change in place while music is made.

    Attributes:
        samples: (time,) float32; silence where nothing has been made.
        quality: (cells,) int8, one for each `cell` samples: a level, `SILENT` or `ORIGINAL`.
        cell: samples per cell; sound comes in whole cells.
    """

    samples: NDArray[np.float32]
    quality: NDArray[np.int8]
    cell: int
    edition: Edition = field(default_factory=Edition)

    @classmethod
    def silence(cls, length: int, cell: int) -> Sound:
        """Nothing made yet."""
        cells = -(-length // cell)
        return cls(np.zeros(length, np.float32), np.full(cells, SILENT, np.int8), cell)

    def within(self, span: Span) -> Sound:
        """The same sound between two cells, shared and not copied."""
        cells = slice(span.start // self.cell, -(-span.end // self.cell))
        return Sound(self.samples[span.start : span.end], self.quality[cells], self.cell)

    def put(self, start: int, samples: NDArray[np.float32], quality: int) -> Span:
        """Write new sound wherever it is at least as good as what is there.

        Args:
            start: on a cell. What reaches beyond the end is dropped.

        Returns:
            The stretch that was looked at.
        """
        end = min(start + len(samples), len(self.samples))
        if end <= start:
            return Span(start, start)
        cells = slice(start // self.cell, -(-end // self.cell))
        better = self.quality[cells] >= quality
        mask = np.repeat(better, self.cell)[: end - start]
        np.copyto(self.samples[start:end], samples[: end - start], where=mask)
        np.copyto(self.quality[cells], np.int8(quality), where=better)
        return Span(start, end)

    def stretches(self) -> Stretches:
        """Where there is sound, and of which level; an original counts as the finest."""
        return stretches_of(self.quality, self.cell)

    def runs(self, span: Span) -> list[tuple[Span, int]]:
        """The stretches of one quality within `span`, cut at cells, in order."""
        first = span.start // self.cell
        return _runs(self.quality[first : -(-span.end // self.cell)], self.cell, first)

    def audible_until(self, position: int) -> int:
        """The first moment at or after `position` that has no sound yet; at most the end."""
        cell = position // self.cell
        holes = np.flatnonzero(self.quality[cell:] == SILENT)
        if not len(holes):
            return len(self.samples)
        return min(max((cell + int(holes[0])) * self.cell, position), len(self.samples))


def joined(stretches: Stretches) -> tuple[Span, ...]:
    """The stretches that have sound, whatever its level, those that touch made one."""
    spans: list[Span] = []
    for span, _ in stretches:
        start = spans.pop().start if spans and spans[-1].end == span.start else span.start
        spans.append(Span(start, span.end))
    return tuple(spans)


def stretches_of(quality: NDArray[np.int8], cell: int) -> Stretches:
    """Where there is sound, and of which level, from the (cells,) qualities of a sound."""
    runs = _runs(quality, cell, 0)
    return tuple((span, Level(max(grade, 0))) for span, grade in runs if grade != SILENT)


def _runs(quality: NDArray[np.int8], cell: int, first: int) -> list[tuple[Span, int]]:
    edges = np.flatnonzero(np.diff(quality)) + 1
    bounds = [0, *edges.tolist(), len(quality)]
    return [
        (Span((first + start) * cell, (first + end) * cell), int(quality[start]))
        for start, end in itertools.pairwise(bounds)
        if end > start
    ]


class Mix:
    """The whole sound of one take: its parent's, and its own in its span, joined without clicks.

    Where the parent's sound goes on, one fades into the other at equal power. Where it ends, or the
    level changes, the step is smoothed away.

    Args:
        take: whose sound.
        parent: the whole sound of its parent; None for a take without.
        own: its own sound, from the first sample of its span on; grows in place.
        rate: samples per second.
    """

    def __init__(self, take: Take, parent: Sound | None, own: Sound, rate: int) -> None:
        self.sound = Sound.silence(take.length, own.cell)
        self._own, self._start = own, take.span.start
        self._mine = self.sound.within(Span(take.span.start, take.span.start + len(own.samples)))
        self._fade = min(max(1, round(FADE_S * rate)), len(own.samples))
        self._before = self._after = self._under = np.empty(0, np.float32)
        self._see_through = Level.TOP not in take.levels
        if parent is not None:
            self._take_over(parent, take.span)
        self.update(take.span)

    def update(self, span: Span) -> Span:
        """Take over what has changed of the own sound within `span` of the song.

        Returns:
            The stretch of the song that sounds different now.
        """
        self.sound.edition.number += 1
        try:
            return self._update(span)
        finally:
            self.sound.edition.number += 1

    def _update(self, span: Span) -> Span:
        own, cell = self._own, self._own.cell
        end = min(span.end - self._start, len(own.samples))
        start = max(0, span.start - self._start)
        if end <= start:
            return Span(span.start, span.start)
        start = self._run_start(start)
        for run, quality in own.runs(Span(start, min(end + cell, len(own.samples)))):
            if quality != SILENT:
                self._copy(run)
                self._begin(run.start)
            elif self._see_through and run.start:
                self._smooth_back(run.start)
        if end > len(own.samples) - len(self._after):
            self._return_to_parent()
        return Span(self._start + start, self._start + min(end + self._fade, len(own.samples)))

    def _copy(self, run: Span) -> None:
        cells = slice(run.start // self._own.cell, run.end // self._own.cell)
        mine = slice(run.start, run.end)
        np.copyto(self._mine.samples[mine], self._own.samples[mine])
        np.copyto(self._mine.quality[cells], self._own.quality[cells])

    def _take_over(self, parent: Sound, span: Span) -> None:
        """Begin with the parent's sound; it stays until there is better, where only that comes."""
        kept = min(len(parent.samples), len(self.sound.samples))
        cells = kept // parent.cell
        np.copyto(self.sound.samples[:kept], parent.samples[:kept])
        np.copyto(self.sound.quality[:cells], parent.quality[:cells])
        self._before = _stretch(parent, Span(span.start, span.start + self._fade))
        end = span.start + len(self._own.samples)
        if end < len(self.sound.samples):
            self._after = _stretch(parent, Span(end - self._fade, end))
        if self._see_through:
            self._under = self._mine.samples.copy()
        else:
            self._mine.samples[:] = 0
            self._mine.quality[:] = SILENT

    def _run_start(self, position: int) -> int:
        """Where the stretch of one quality at `position` begins, if less than a fade before."""
        cell = self._own.cell
        earliest = max(0, position - self._fade) // cell * cell
        runs = self._own.runs(Span(earliest, min(position + cell, len(self._own.samples))))
        return min(runs[-1][0].start, position) if len(runs) > 1 or not earliest else position

    def _begin(self, at: int) -> None:
        """Join a stretch of the own sound to what sounds before it."""
        if at == 0 and len(self._before):
            fresh = self._own.samples[: self._fade]
            self._mine.samples[: self._fade] = _crossfade(self._before, fresh)
        elif self._start + at and self._steps(at):
            self._smooth(at)

    def _steps(self, at: int) -> bool:
        """Whether the sound may jump at a moment of the own sound."""
        cell, quality = self._own.cell, self._own.quality
        if at == 0:
            return True
        before, after = quality[at // cell - 1], quality[at // cell]
        return before != after and (self._see_through or before != SILENT)

    def _smooth(self, at: int) -> None:
        fresh = self._own.samples[at : at + self._fade]
        step = self.sound.samples[self._start + at - 1] - fresh[0]
        ramp = np.linspace(1, 0, len(fresh), dtype=np.float32)
        self._mine.samples[at : at + len(fresh)] = fresh + step * ramp

    def _smooth_back(self, at: int) -> None:
        """Join the parent's sound, where it goes on below, to the stretch of the own before it."""
        cells = self._own.quality[at // self._own.cell :][: -(-self._fade // self._own.cell)]
        there = np.flatnonzero(cells != SILENT)
        most = int(there[0]) * self._own.cell if len(there) else self._fade
        rest = self._under[at : at + min(most, self._fade)]
        ramp = np.linspace(1, 0, self._fade, dtype=np.float32)[: len(rest)]
        if len(rest):
            step = self._mine.samples[at - 1] - rest[0]
            self._mine.samples[at : at + len(rest)] = rest + step * ramp

    def _return_to_parent(self) -> None:
        last = self._own.quality[-1] != SILENT
        if last and len(self._after):
            fresh = self._own.samples[-self._fade :]
            self._mine.samples[-self._fade :] = _crossfade(fresh, self._after)


def _stretch(sound: Sound, span: Span) -> NDArray[np.float32]:
    """A copy of some sound; empty where it is not all there."""
    if span.end > len(sound.samples) or sound.audible_until(span.start) < span.end:
        return np.empty(0, np.float32)
    return sound.samples[span.start : span.end].copy()


def _crossfade(before: NDArray[np.float32], after: NDArray[np.float32]) -> NDArray[np.float32]:
    angle = np.linspace(0, np.pi / 2, len(after), dtype=np.float32)
    return before * np.cos(angle) + after * np.sin(angle)

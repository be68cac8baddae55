"""The least and the largest sample of any stretch, fast at every zoom.

A pyramid of extremes: its ground floor holds one pair per 128 samples, every floor above one pair
per four of the floor below. Knows samples and nothing else.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.types import Span

_BASE = 128
_FACTOR = 4
_FLOORS = 8

Extremes = tuple[NDArray[np.float32], NDArray[np.float32]]


class PeakPyramid:
    """Extremes of samples that may change in place.

    Args:
        samples: (time,) float32, watched and not copied.
    """

    def __init__(self, samples: NDArray[np.float32]) -> None:
        self._samples = samples
        self._floors: list[Extremes] = []
        size = -(-len(samples) // _BASE)
        while size and len(self._floors) < _FLOORS:
            self._floors.append((np.zeros(size, np.float32), np.zeros(size, np.float32)))
            size = -(-size // _FACTOR)
        self.update(Span(0, len(samples)))

    @property
    def length(self) -> int:
        """Samples watched."""
        return len(self._samples)

    def update(self, span: Span) -> None:
        """Take note that the samples of `span` have changed."""
        start, end = span.start, min(span.end, len(self._samples))
        if end <= start:
            return
        below: Extremes = (self._samples, self._samples)
        factor = _BASE
        for floor in self._floors:
            start, end = start // factor, -(-end // factor)
            for mine, theirs, reduce in zip(floor, below, (np.minimum, np.maximum), strict=True):
                source = theirs[start * factor : end * factor]
                mine[start:end] = reduce.reduceat(source, np.arange(0, len(source), factor))
            below, factor = floor, _FACTOR

    def columns(self, start: int, end: int, width: int) -> Extremes:
        """Least and largest sample of each of `width` equal parts of a stretch.

        Returns:
            Two (width,) float32 arrays; zeros outside the samples.
        """
        lows, highs = np.zeros(width, np.float32), np.zeros(width, np.float32)
        if width <= 0 or end <= start or not self._floors:
            return lows, highs
        unit, source = self._source((end - start) / width)
        edges = (start + np.arange(width + 1) * ((end - start) / width)) / unit
        first = np.floor(edges[:-1]).astype(np.int64)
        last = np.maximum(np.ceil(edges[1:]).astype(np.int64), first + 1)
        size = len(source[0])
        inside = (last > 0) & (first < size)
        if inside.any():
            bounds = np.stack([first[inside].clip(0), last[inside].clip(max=size)], axis=1)
            lows[inside] = _reduced(np.minimum, source[0], bounds)
            highs[inside] = _reduced(np.maximum, source[1], bounds)
        return lows, highs

    def _source(self, step: float) -> tuple[int, Extremes]:
        """The highest floor that is still at least as fine as `step` samples, and its unit."""
        unit, chosen = 1, (self._samples, self._samples)
        floor_unit = _BASE
        for floor in self._floors:
            if floor_unit > step:
                break
            unit, chosen = floor_unit, floor
            floor_unit *= _FACTOR
        return unit, chosen


def _reduced(
    reduce: np.ufunc, values: NDArray[np.float32], bounds: NDArray[np.int64]
) -> NDArray[np.float32]:
    """`reduce` over each half-open stretch of `bounds`; stretches may overlap."""
    ends = int(np.searchsorted(bounds[:, 1], len(values)))  # `reduceat` takes no index at the end.
    head = reduce.reduceat(values, bounds[:ends].reshape(-1))[::2] if ends else []
    tail = [reduce.reduce(values[start:]) for start in bounds[ends:, 0]]
    return np.append(head, tail).astype(np.float32)

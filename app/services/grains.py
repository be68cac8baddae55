"""Sound at a place that is pointed at: short grains, one over the other, for as long as it moves.

Pure: samples in, samples out. The window's thread points, the sound card's reads; between them
goes a single reference, replaced whole.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

GRAIN_S = 0.08
"""Long enough to hear a pitch, short enough to hear where it is."""


Heard = Callable[[int, int], NDArray[np.float32]]
"""(frames, channels) from one moment to another; fewer where the sound ends."""


@dataclass(frozen=True, slots=True)
class _Place:
    number: int
    position: int


@dataclass(slots=True)
class _Grain:
    """One grain: where its sound begins, and how much of it was read."""

    start: int
    read: int = 0


class Grains:
    """Grains around the places that were pointed at last. Each fades in, and out under the next."""

    def __init__(self) -> None:
        self._place = _Place(0, 0)
        self._begun = 0
        self._sounding: list[_Grain] = []
        self._until_next = 0

    @property
    def position(self) -> int:
        """What was pointed at last."""
        return self._place.position

    @property
    def silent(self) -> bool:
        """Whether nothing sounds, nor is going to."""
        return not self._sounding and self._place.number == self._begun

    def point(self, position: int) -> None:
        """Let what is around a moment be heard."""
        self._place = _Place(self._place.number + 1, position)

    def fill(self, out: NDArray[np.float32], heard: Heard, rate: int) -> None:
        """Write what is heard next into (frames, channels) `out`."""
        half = max(1, round(GRAIN_S * rate / 2))
        out[:] = 0
        written = 0
        while written < len(out):
            self._begin_next(half)
            rest = len(out) - written
            if self.silent:
                return
            count = min(rest, self._until_next) if self._until_next else rest
            for grain in self._sounding:
                _add(out[written : written + count], heard, grain, half)
            self._sounding = [grain for grain in self._sounding if grain.read < 2 * half]
            self._until_next = max(0, self._until_next - count)
            written += count

    def _begin_next(self, half: int) -> None:
        place = self._place
        if not self._until_next and place.number != self._begun:
            self._begun = place.number
            self._sounding.append(_Grain(place.position - half))
            self._until_next = half


def _add(out: NDArray[np.float32], heard: Heard, grain: _Grain, half: int) -> None:
    """Add as much of a grain as fits; where there are no samples, it is silent."""
    count = min(len(out), 2 * half - grain.read)
    moments = np.arange(grain.read, grain.read + count, dtype=np.float32)
    rise = 0.5 - 0.5 * np.cos(moments * np.float32(np.pi / half))
    first = grain.start + grain.read
    sound = heard(max(0, first), max(0, first + count))
    skipped = min(max(0, -first), count)
    sounding = slice(skipped, skipped + len(sound))
    out[sounding] += sound * rise[sounding, None]
    grain.read += count

"""The best sound there is of every moment, while levels of different quality grow.

Knows samples and levels. Knows nothing of tasks, files and screens.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.audio.crossfade import crossfade
from engine.types import Audio, Level

_FADE_S = 0.01


class Layers:
    """The sound of one take, of each level from the same moment on, as it comes in."""

    def __init__(self, rate: int) -> None:
        self._fade = max(1, int(_FADE_S * rate))
        self._rate = rate
        self._pieces: dict[Level, list[NDArray[np.float32]]] = {}

    def append(self, level: Level, sound: NDArray[np.float32]) -> None:
        """Put (time,) more sound behind what there is of a level."""
        self._pieces.setdefault(level, []).append(sound)

    def length(self, level: Level) -> int:
        """Samples there are of a level."""
        return sum(len(piece) for piece in self._pieces.get(level, []))

    def best(self) -> Audio:
        """All there is, each moment from the finest level that has it, joined without a click."""
        whole = np.empty(0, np.float32)
        for level in Level:
            whole = self._continued(whole, level)
        return Audio(whole, self._rate)

    def _continued(self, finer: NDArray[np.float32], level: Level) -> NDArray[np.float32]:
        """`finer`, and what a coarser level has beyond it."""
        coarser = np.concatenate([np.empty(0, np.float32), *self._pieces.get(level, [])])
        if len(coarser) <= len(finer):
            return finer
        seam = max(0, len(finer) - self._fade)
        joined = crossfade(finer[seam:], coarser[seam : len(finer)])
        return np.concatenate([finer[:seam], joined, coarser[len(finer) :]])

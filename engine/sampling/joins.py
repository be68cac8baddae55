"""Windows that were sampled side by side, put together where neighbours agree best.

Each window begins a little before its own part, on codes that its neighbour samples too. There the
two are joined: the codes of the one up to a place, those of the other from it on. Approximate: a
window knows the codes above it, but not the past that it is joined to.

Knows arrays of codes and what their vectors are. Does not know how codes are drawn or heard.
"""

from __future__ import annotations

import logging

import numpy as np
from numpy.typing import NDArray

from engine.sampling.plan import Window

log = logging.getLogger(__name__)

_NEAR = 4
"""Codes to either side of a join that ought to be alike."""

_WARMING_SHARE = 4
"""A window warms up for one part in so many of the overlap before it may be joined."""


def best_join(before: NDArray[np.floating], after: NDArray[np.floating], least: int = 0) -> int:
    """Where two versions of one stretch differ least: codes before it are of `before`.

    Args:
        before, after: (codes, width) vectors of the codes.
        least: the first place allowed.

    Returns:
        A place within `least`…codes; the last among equals.
    """
    apart = np.square(before - after).sum(axis=1, dtype=np.float64)
    summed = np.concatenate([[0.0], np.cumsum(apart)])
    places = np.arange(least, len(apart) + 1)
    first, last = np.maximum(places - _NEAR, 0), np.minimum(places + _NEAR, len(apart))
    mean = (summed[last] - summed[first]) / np.maximum(last - first, 1)
    return int(places[len(mean) - 1 - np.argmin(mean[::-1])])


class Joiner:
    """The codes of one level of several takes, in order and without holes, as its windows come.

    Args:
        vectors: (codebook, width) what each code stands for.
        overlap: codes that neighbouring windows share.
        end: position after the level's last code.
    """

    def __init__(self, vectors: NDArray[np.floating], overlap: int, end: int) -> None:
        self._vectors, self._overlap, self._end = vectors, overlap, end
        self._window: Window | None = None
        self._joins: list[int] = []
        self._held = self._tail = np.empty((0, 0), np.uint16)
        self._given = 0

    def add(self, window: Window, codes: NDArray[np.uint16]) -> NDArray[np.uint16]:
        """What is settled by the codes of a window, beyond what was given before.

        Args:
            window: the last one again, or the one after it when that was drawn to its end.
            codes: (takes, time) all drawn so far, from the first that the window draws.

        Returns:
            (takes, new codes), maybe none.
        """
        if window != self._window:
            self._window, self._joins, self._held = window, [], self._tail
            self._given = window.fresh
        own = codes[:, window.fresh - window.first_drawn :]
        if own.shape[1] < window.overlap:
            self._tail = self._held
            return own[:, :0]
        if window.overlap:
            own = self._joined(own)
        settled = window.fresh + own.shape[1]
        if window.end < self._end:
            settled = max(self._given, min(settled, window.end - self._overlap))
        new, self._tail = np.split(own[:, self._given - window.fresh :], [settled - self._given], 1)
        self._given = settled
        return new

    def rest(self) -> NDArray[np.uint16]:
        """(takes, codes) that were held back for a window that will not come."""
        return self._tail

    def _joined(self, own: NDArray[np.uint16]) -> NDArray[np.uint16]:
        shared = self._overlap
        if not self._joins:
            pairs = zip(self._held, own[:, :shared], strict=True)
            least = shared // _WARMING_SHARE
            vectors = self._vectors
            self._joins = [best_join(vectors[a], vectors[b], least) for a, b in pairs]
            assert self._window is not None
            log.debug("first take joined at code %d", self._window.fresh + self._joins[0])
        own = own.copy()
        for take, join in enumerate(self._joins):
            own[take, :join] = self._held[take, :join]
        return own

"""How loud each pitch is at each moment, fast at every zoom: what a spectrogram shows.

Columns of bands that lie evenly from low to high as they are heard, in steps of decibels. A
pyramid: its ground floor has a column per `HOP` samples, every floor above half as many. Knows
samples and nothing else.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from engine.types import Span

HOP = 256
BANDS = 96
LOWEST_HZ = 40.0
FLOOR_DB, CEILING_DB = -90.0, -12.0
"""Below full scale: what is as good as silent, and what is as bright as can be."""

_TILE = 256
"""Columns that are worked out together; their spectra take 4 MB."""

_FLOORS = 9
_WINDOW_S = 0.09
"""Long enough to tell low notes apart, short enough to tell beats apart."""

_BRIGHTEST = 255


class SpectrumPyramid:
    """The spectrum of sound that may change; dark until `update` is told of samples.

    Args:
        length: samples of the sound.
        rate: samples per second.
    """

    def __init__(self, length: int, rate: int) -> None:
        self._length, self._rate = length, rate
        self._floors: list[NDArray[np.uint8]] = []
        size = -(-length // HOP)
        while size and len(self._floors) < _FLOORS:
            self._floors.append(np.zeros((size, BANDS), np.uint8))
            size = -(-size // 2)

    @property
    def length(self) -> int:
        """Samples that it tells of."""
        return self._length

    @property
    def bands_hz(self) -> NDArray[np.float64]:
        """(BANDS,) the middle of each band, in Hertz."""
        return band_hz(self._rate)

    def resized(self, length: int) -> SpectrumPyramid:
        """The same of sound of another length; dark where that is new."""
        other = SpectrumPyramid(length, self._rate)
        for mine, theirs in zip(self._floors, other._floors, strict=False):
            theirs[: len(mine)] = mine[: len(theirs)]
        return other

    def update(self, samples: NDArray[np.float32], span: Span) -> None:
        """Listen anew where `span` is heard. 20 ms for a second of sound at most.

        Args:
            samples: (length,) float32, the whole sound.
        """
        reach = _window_length(self._rate) // 2
        first = max(0, span.start - reach) // HOP
        last = min(-(-(span.end + reach) // HOP), -(-self._length // HOP))
        for start in range(first, last, _TILE):
            end = min(start + _TILE, last)
            self._floors[0][start:end] = levels(samples, start, end, self._rate)
            self._lift(start, end)

    def columns(self, start: int, end: int, width: int) -> NDArray[np.uint8]:
        """How bright each band is in each of `width` equal parts of a stretch.

        Returns:
            (width, BANDS) uint8, low bands first, from 0 at `FLOOR_DB` to 255 at `CEILING_DB`;
            0 outside the sound.
        """
        result = np.zeros((max(width, 0), BANDS), np.uint8)
        if width <= 0 or end <= start or not self._floors:
            return result
        step = (end - start) / width
        number = min(max(0, int(np.log2(max(step / HOP, 1)))), len(self._floors) - 1)
        floor, unit = self._floors[number], HOP << number
        moments = start + (np.arange(width) + 0.5) * step
        inside = np.flatnonzero((moments >= 0) & (moments < self._length))
        if len(inside):
            shown = slice(int(inside[0]), int(inside[-1]) + 1)
            result[shown] = _between(floor, moments[shown] / unit - 0.5, step < unit)
        return result

    def _lift(self, start: int, end: int) -> None:
        """Take the columns from `start` to `end` of the ground floor up to all others."""
        for below, floor in zip(self._floors, self._floors[1:], strict=False):
            start, end = start // 2, -(-end // 2)
            pair = below[2 * start : 2 * end].astype(np.uint16)
            if len(pair) % 2:
                pair = np.concatenate([pair, pair[-1:]])
            floor[start:end] = (pair[::2] + pair[1::2] + 1) // 2


def levels(samples: NDArray[np.float32], first: int, last: int, rate: int) -> NDArray[np.uint8]:
    """The columns from `first` to `last` of the ground floor of some sound.

    Returns:
        (columns, BANDS) uint8.
    """
    window, bank = _bank(rate)
    start = first * HOP + HOP // 2 - len(window) // 2
    end = start + (last - first - 1) * HOP + len(window)
    heard = np.zeros(end - start, np.float32)
    inside = samples[max(0, start) : max(0, end)]
    heard[max(0, -start) :][: len(inside)] = inside
    frames = sliding_window_view(heard, len(window))[::HOP] * window
    spectra = np.abs(np.fft.rfft(frames, axis=1)).astype(np.float32)
    decibels = 10 * np.log10(np.square(spectra) @ bank + np.float32(1e-12))
    share = (decibels - FLOOR_DB) / (CEILING_DB - FLOOR_DB)
    return np.rint(np.clip(share, 0, 1) * _BRIGHTEST).astype(np.uint8)


def band_hz(rate: int) -> NDArray[np.float64]:
    """(BANDS,) the middle of each band, in Hertz."""
    return np.geomspace(LOWEST_HZ, rate / 2, BANDS)


@cache
def _bank(rate: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """A window, by which a full sine has a square of 1, and (bins, bands) what each band hears."""
    length = _window_length(rate)
    window = np.hanning(length + 1)[:-1]
    window /= window.sum() / 2
    bins = np.fft.rfftfreq(length, 1 / rate)
    middles = band_hz(rate)
    ratio = middles[1] / middles[0]
    apart = np.maximum(middles * (ratio - 1), bins[1])
    bank = np.maximum(0, 1 - np.abs(bins[:, None] - middles) / apart)
    return window.astype(np.float32), bank.astype(np.float32)


def _window_length(rate: int) -> int:
    return 1 << round(np.log2(_WINDOW_S * rate))


def _between(
    floor: NDArray[np.uint8], places: NDArray[np.float64], smoothly: bool
) -> NDArray[np.uint8]:
    """The columns at places, which may lie between two of them."""
    last = len(floor) - 1
    if not smoothly:
        return floor[np.clip(np.rint(places).astype(np.intp), 0, last)]
    left = np.floor(places).astype(np.intp)
    share = ((places - left) * 256).astype(np.uint16)[:, None]
    before = floor[np.clip(left, 0, last)].astype(np.uint16)
    after = floor[np.clip(left + 1, 0, last)].astype(np.uint16)
    return ((before * (256 - share) + after * share) >> 8).astype(np.uint8)

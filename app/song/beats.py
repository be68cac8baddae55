"""The beats of a piece of music, found in its sound.

Onsets are where the spectrum grows; the tempo is at what distance onsets repeat; beats are the path
of onsets that keeps this distance best. Pure numbers, no model.

Source: D. P. W. Ellis, "Beat Tracking by Dynamic Programming", J. New Music Research 36, 2007.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_FRAMES_PER_S = 100
_BANDS = 32
_LOWEST_HZ = 40.0
_COMPRESSION = 1000.0
_AT_ONCE = 2048

_SLOWEST_S, _FASTEST_S = 1.5, 0.25
_USUAL_S, _SPREAD = 0.5, 1.0
"""The commonest distance of beats, and how many octaves around it are nearly as common."""

_STEADINESS = 100.0
_LEAST_S = 2.0
_SILENCE = 1e-4
_REFINED_S = 0.03


def beats(samples: NDArray[np.float32], rate: int) -> NDArray[np.int64]:
    """The moments of the beats, in samples, in order; none for silence or less than 2 s.

    Takes about a second for ten minutes.

    Args:
        samples: (time,) mono.
    """
    if len(samples) < _LEAST_S * rate or float(np.abs(samples).max(initial=0)) < _SILENCE:
        return np.empty(0, np.int64)
    hop = rate // _FRAMES_PER_S
    novelty = onset_strength(samples, rate)
    if not novelty.any():
        return np.empty(0, np.int64)
    frames = _path(novelty, beat_period(novelty))
    return np.array([_refined(samples, frame * hop, rate) for frame in frames], np.int64)


def onset_strength(samples: NDArray[np.float32], rate: int) -> NDArray[np.float64]:
    """How much the spectrum grows, in units of its own deviation; 100 frames a second.

    Frame n tells of the moment n / 100 s.
    """
    hop = rate // _FRAMES_PER_S
    size = 2 ** round(np.log2(rate * 0.046))
    padded = np.pad(samples, size // 2)
    frames = np.lib.stride_tricks.sliding_window_view(padded, size)[::hop]
    window, bands = np.hanning(size).astype(np.float32), _bands(size, rate)
    spectra = [
        np.abs(np.fft.rfft(frames[first : first + _AT_ONCE] * window)) @ bands
        for first in range(0, len(frames), _AT_ONCE)
    ]
    loudness = np.log1p(_COMPRESSION * np.concatenate(spectra) / size)
    growth = np.diff(loudness, axis=0, prepend=loudness[:1]).clip(min=0).sum(axis=1)
    local = np.convolve(growth, np.full(_FRAMES_PER_S // 2, 2 / _FRAMES_PER_S), mode="same")
    novelty = (growth - local).clip(min=0)
    return novelty / (novelty.std() or 1.0)


def beat_period(novelty: NDArray[np.float64]) -> float:
    """At what distance onsets repeat, in frames."""
    size = 2 ** int(np.ceil(np.log2(2 * len(novelty))))
    spectrum = np.fft.rfft(novelty, size)
    likeness = np.fft.irfft(spectrum * spectrum.conj(), size)
    lags = np.arange(round(_FASTEST_S * _FRAMES_PER_S), round(_SLOWEST_S * _FRAMES_PER_S) + 1)
    lags = lags[lags < len(novelty)]
    octaves = np.log2(lags / (_USUAL_S * _FRAMES_PER_S))
    weighed = likeness[lags] * np.exp(-0.5 * (octaves / _SPREAD) ** 2)
    best = int(weighed.argmax())
    return float(lags[best]) + _peak_offset(weighed, best)


def _peak_offset(values: NDArray[np.float64], at: int) -> float:
    """Where between its neighbours a peak lies, as a parabola through the three says."""
    if not 0 < at < len(values) - 1:
        return 0.0
    before, here, after = values[at - 1 : at + 2]
    curve = before - 2 * here + after
    return float(0.5 * (before - after) / curve) if curve else 0.0


def _path(novelty: NDArray[np.float64], period: float) -> list[int]:
    """The frames of the best chain of onsets about a period apart."""
    width = max(1, round(period / 32 * 3))
    bell = np.exp(-0.5 * (np.arange(-width, width + 1) * 32 / period) ** 2)
    local = np.convolve(novelty, bell, mode="same")
    back = np.arange(round(-2 * period), -max(1, round(period / 2)) + 1)
    price = _STEADINESS * np.log(-back / period) ** 2
    score, before = local.copy(), np.full(len(local), -1)
    for frame in range(1, len(local)):
        places = frame + back
        reach = places >= 0
        if not reach.any():
            continue
        ways = score[places[reach]] - price[reach]
        best = int(ways.argmax())
        if ways[best] > 0:
            score[frame] += ways[best]
            before[frame] = places[reach][best]
    return _traced(score, before, period, local)


def _traced(
    score: NDArray[np.float64],
    before: NDArray[np.int64],
    period: float,
    local: NDArray[np.float64],
) -> list[int]:
    """The chain that ends best, from its first beat that is heard to its last."""
    tail = max(0, len(score) - round(2 * period))
    frame = tail + int(score[tail:].argmax())
    chain: list[int] = []
    while frame >= 0:
        chain.append(frame)
        frame = int(before[frame])
    chain.reverse()
    heard = [place for place, each in enumerate(chain) if local[each] > 0.1 * local.max()]
    return chain[heard[0] : heard[-1] + 1] if heard else []


def _refined(samples: NDArray[np.float32], moment: int, rate: int) -> int:
    """The sharpest rise of loudness near a moment, where there is one."""
    cell, reach = max(1, rate // 500), round(_REFINED_S * rate)
    first = max(0, moment - reach)
    near = samples[first : moment + reach]
    cells = len(near) // cell
    if cells < 3:
        return moment
    energy = np.square(near[: cells * cell].reshape(cells, cell), dtype=np.float64).sum(axis=1)
    rise = np.diff(energy)
    best = int(rise.argmax())
    steep = rise[best] > 4 * np.abs(rise).mean()
    return first + (best + 1) * cell if steep else moment


def _bands(size: int, rate: int) -> NDArray[np.float32]:
    """(frequencies, bands): which frequencies belong together, at equal musical distances."""
    frequencies = np.fft.rfftfreq(size, 1 / rate)
    edges = np.geomspace(_LOWEST_HZ, rate / 2, _BANDS + 1)
    band = np.searchsorted(edges, frequencies, side="right") - 1
    table = np.zeros((len(frequencies), _BANDS), np.float32)
    inside = (band >= 0) & (band < _BANDS)
    table[np.flatnonzero(inside), band[inside]] = 1
    return table

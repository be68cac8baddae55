"""How much joins in a sound stand out: spectral flux there against everywhere else.

Knows samples and moments. Does not know why a sound was joined where it was.

Source: spectral flux as in onset detection (Dixon, Onset Detection Revisited, DAFx 2006), here of
levels in decibels, so that a faint click in a quiet band counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.types import Audio

_FRAME_S = 0.02
_HOPS_PER_FRAME = 4
_FLOOR = 1e-3
"""Of the loudest band: what is 60 dB below it is taken for silence."""
_FRAMES_AT_ONCE = 1 << 14
_BANDS_PER_OCTAVE = 4


@dataclass(frozen=True, slots=True)
class SeamContrast:
    """How the joins of a sound compare with the rest of it.

    Attributes:
        at_joins: median, over the joins, of the largest flux near each, in decibels.
        elsewhere: the same of moments evenly spread over the rest.
        louder_elsewhere: share of those moments that stand out at least as much as the median
            join: about 0.5 where joins cannot be told, near 0 where they can.
    """

    at_joins: float
    elsewhere: float
    louder_elsewhere: float

    @property
    def ratio(self) -> float:
        """Flux at joins over flux elsewhere: about 1 where joins cannot be told."""
        return self.at_joins / max(self.elsewhere, 1e-9)


def seam_contrast(audio: Audio, joins: Sequence[int]) -> SeamContrast:
    """Compare the moments at which a sound was joined with all its other moments.

    Args:
        joins: samples of the audio at which something new begins.

    Raises:
        ValueError: there are no joins, one lies outside the sound, or nothing lies between them.
    """
    if not joins or not all(0 <= join < len(audio.samples) for join in joins):
        raise ValueError(f"Joins lie within 0…{len(audio.samples) - 1} samples; got {list(joins)}.")
    frame, hop = _frame(audio.rate)
    peaks = _peaks(spectral_flux(audio))
    places = (np.asarray(joins) - frame // 2) // hop
    places = places.clip(0, len(peaks) - 1)
    near = np.zeros(len(peaks), bool)
    for place in places:
        near[max(0, place - 2 * _HOPS_PER_FRAME) : place + 2 * _HOPS_PER_FRAME + 1] = True
    rest = peaks[~near]
    if not len(rest):
        raise ValueError(f"{len(joins)} joins leave nothing of {audio.seconds:.2f} s to compare.")
    at_joins = float(np.median(peaks[places]))
    return SeamContrast(at_joins, float(np.median(rest)), float(np.mean(rest >= at_joins)))


def spectral_flux(audio: Audio) -> NDArray[np.float32]:
    """How much the spectrum changes from each frame of 20 ms to the next, 5 ms later.

    Channels are mixed.

    Returns:
        (frames,) mean change over all bands, in decibels; at least one frame.
    """
    frame, hop = _frame(audio.rate)
    mono = audio.samples if audio.channels == 1 else audio.samples.mean(axis=1)
    mono = np.pad(mono.reshape(-1), (0, max(0, frame + hop - len(mono))))
    frames = np.lib.stride_tricks.sliding_window_view(mono, frame)[::hop]
    loudest = max(float(_magnitudes(part).max()) for part in _parts(frames))
    floor = max(_FLOOR * loudest, 1e-30)
    flux: list[NDArray[np.float32]] = []
    last = _decibels(frames[:1], floor)
    for part in _parts(frames[1:]):
        levels = np.concatenate([last, _decibels(part, floor)])
        flux.append(np.abs(np.diff(levels, axis=0)).mean(axis=1))
        last = levels[-1:]
    return np.concatenate(flux).astype(np.float32)


def _frame(rate: int) -> tuple[int, int]:
    """Samples of a frame, and from one to the next."""
    hop = max(1, round(_FRAME_S * rate / _HOPS_PER_FRAME))
    return _HOPS_PER_FRAME * hop, hop


def _parts(frames: NDArray[np.float32]) -> list[NDArray[np.float32]]:
    return [frames[i : i + _FRAMES_AT_ONCE] for i in range(0, len(frames), _FRAMES_AT_ONCE)]


def _magnitudes(frames: NDArray[np.float32]) -> NDArray[np.float32]:
    """(frames, bands) root of the power in each band."""
    window = np.hanning(frames.shape[1] + 2)[1:-1].astype(np.float32)
    power = np.abs(np.fft.rfft(frames * window)).astype(np.float32) ** 2
    return np.sqrt(np.add.reduceat(power, _band_starts(power.shape[1]), axis=1))


def _band_starts(bins: int) -> NDArray[np.int64]:
    """First bin of each band: single bins first, then a fixed number to the octave."""
    octaves = np.arange(0, np.log2(bins), 1 / _BANDS_PER_OCTAVE)
    return np.unique(np.floor(2**octaves).astype(np.int64))


def _decibels(frames: NDArray[np.float32], floor: float) -> NDArray[np.float32]:
    return 20 * np.log10(np.maximum(_magnitudes(frames), floor))


def _peaks(flux: NDArray[np.float32]) -> NDArray[np.float32]:
    """The largest flux among the frames that see each moment."""
    padded = np.pad(flux, _HOPS_PER_FRAME, mode="edge")
    return np.lib.stride_tricks.sliding_window_view(padded, 2 * _HOPS_PER_FRAME + 1).max(axis=1)

"""What a sound is like as a whole: how loud each band is, how that varies, how fast it changes.

Knows mel spectra and statistics of them. Does not know songs.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from engine.types import Audio

Timbre = NDArray[np.float32]
"""(statistics,) of one sound."""

BANDS = 64
_CEPSTRUM = 20
_FRAMES_PER_S = 50
_LOWEST_HZ, _HIGHEST_HZ = 40.0, 8000.0
_WINDOW_S = 0.046
_FLOOR_DB = -80.0
_AT_ONCE = 4096


def mel_spectrogram(audio: Audio, frames_per_s: int) -> NDArray[np.float32]:
    """Levels in decibels of a mono sound: (frames, bands), from −80 up."""
    fft = 1 << round(np.log2(_WINDOW_S * audio.rate))
    hop = audio.rate / frames_per_s
    count = max(1, int(len(audio.samples) / hop))
    padded = np.pad(audio.samples, (fft // 2, fft))
    starts = (np.arange(count) * hop).astype(np.int64)
    bands = _mel_bands(fft, audio.rate)
    window = np.hanning(fft).astype(np.float32)
    powers = [
        np.abs(np.fft.rfft(padded[part[:, None] + np.arange(fft)] * window)) ** 2 @ bands.T
        for part in np.array_split(starts, -(-count // _AT_ONCE))
    ]
    floor = 10 ** (_FLOOR_DB / 10)
    return (10 * np.log10(np.maximum(np.concatenate(powers), floor))).astype(np.float32)


def timbre(audio: Audio) -> Timbre:
    """Mean and spread of levels, of their cepstrum and of its changes."""
    levels = mel_spectrogram(audio, _FRAMES_PER_S)
    cepstrum = levels @ _cosines().T
    changes = np.diff(cepstrum, axis=0, prepend=cepstrum[:1])
    parts = (levels, cepstrum, changes)
    return np.concatenate([f(part, axis=0) for part in parts for f in (np.mean, np.std)])


def frechet_distance(some: NDArray[np.floating], others: NDArray[np.floating]) -> float:
    """Distance of two clouds of (sounds, statistics), each taken for a Gaussian of its own.

    Few sounds make it large, so compare only distances of equally many.

    Source: Fréchet audio distance, Kilgour et al. 2019; here of plain statistics.
    """
    apart = np.square(some.mean(0) - others.mean(0)).sum()
    a, b = np.cov(some, rowvar=False), np.cov(others, rowvar=False)
    root = np.linalg.eigvals(a @ b).real
    overlap = np.sqrt(np.maximum(root, 0)).sum()
    return float(apart + np.trace(a) + np.trace(b) - 2 * overlap)


@cache
def _mel_bands(fft: int, rate: int) -> NDArray[np.float32]:
    """(bands, frequencies) triangles evenly spaced in mel, of equal area."""
    edges = np.linspace(_mel(_LOWEST_HZ), _mel(min(_HIGHEST_HZ, rate / 2)), BANDS + 2)
    hertz = 700 * (10 ** (edges / 2595) - 1)
    found = np.fft.rfftfreq(fft, 1 / rate)
    low, middle, high = (hertz[n : n + BANDS, None] for n in range(3))
    rising, falling = (found - low) / (middle - low), (high - found) / (high - middle)
    triangles = np.maximum(0, np.minimum(rising, falling))
    return (triangles / np.maximum(triangles.sum(1, keepdims=True), 1e-9)).astype(np.float32)


def _mel(hertz: float) -> float:
    return 2595 * float(np.log10(1 + hertz / 700))


@cache
def _cosines() -> NDArray[np.float32]:
    """(cepstrum, bands) of the discrete cosine transform, the mean level left out."""
    places = (np.arange(BANDS) + 0.5) * np.pi / BANDS
    waves = np.cos(np.outer(np.arange(1, _CEPSTRUM + 1), places)) * np.sqrt(2 / BANDS)
    return waves.astype(np.float32)

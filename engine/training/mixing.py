"""Voice and band into one sound of a steady level. Pure arithmetic on samples."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

TARGET_RMS = 10 ** (-17 / 20)
CEILING = 0.89

_VOICE_TONE = ((60, -12.0), (120, 0.0), (800, 0.0), (2000, 6.0))
_BAND_TONE = ((20, -60.0), (40, -30.0), (60, -6.0), (120, -2.0), (300, 0.0))
_SILENCE = 1e-4
_LOOK_S = 0.004

Samples = NDArray[np.float64]


def mixed(voice: Samples, band: Samples, rate: int, voice_over_band_db: float) -> Samples:
    """Both together, the voice brightened, and so much louder than the band where it sings."""
    band = toned(band, rate, _BAND_TONE)
    if not np.any(voice):
        return band
    voice = toned(voice, rate, _VOICE_TONE)
    apart = 10 ** (voice_over_band_db / 20)
    return voice + band * (sounding_rms(voice) / sounding_rms(band) / apart)


def toned(samples: Samples, rate: int, curve: tuple[tuple[float, float], ...]) -> Samples:
    """The sound through a filter without phase.

    Args:
        curve: corners as (hertz, decibels), rising; straight lines between, level beyond.
    """
    frequencies = np.fft.rfftfreq(len(samples), 1 / rate)
    hertz, decibels = zip(*curve, strict=True)
    gains = 10 ** (np.interp(frequencies, hertz, decibels) / 20)
    return np.fft.irfft(np.fft.rfft(samples) * gains, len(samples))


def sounding_rms(samples: Samples) -> float:
    """Root mean square of what is not silence."""
    loud = samples[np.abs(samples) > _SILENCE]
    return float(np.sqrt(np.mean(loud**2))) if len(loud) else 1.0


def mastered(samples: Samples, rate: int) -> NDArray[np.float32]:
    """At −17 dBFS, with peaks held below `CEILING` by turning down around them."""
    levelled = samples * (TARGET_RMS / sounding_rms(samples))
    reach = round(_LOOK_S * rate)
    needed = np.minimum(1.0, CEILING / np.maximum(np.abs(levelled), 1e-9))
    gain = _smoothed(_lowest_around(needed, reach), reach)
    return (levelled * gain).astype(np.float32)


def _lowest_around(gain: Samples, reach: int) -> Samples:
    """Minimum over `reach` samples to either side, by doubling windows."""
    size, lowest = 1, np.pad(gain, reach, constant_values=1.0)
    while size < 2 * reach + 1:
        step = min(size, 2 * reach + 1 - size)
        lowest = np.minimum(lowest[:-step], lowest[step:])
        size += step
    return lowest


def _smoothed(gain: Samples, reach: int) -> Samples:
    """Never above the gain's minimum within `reach`, since the window is no longer than that."""
    window = np.hanning(reach + 2)[1:-1]
    padded = np.pad(gain, (reach // 2, reach - 1 - reach // 2), mode="edge")
    return np.convolve(padded, window / window.sum(), mode="valid").astype(np.float64)

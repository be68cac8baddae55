"""How loud sound is heard, and sound brought to a loudness.

Knows samples. Knows nothing of files.

Source: ITU-R BS.1770-4, as `pyloudnorm` measures it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from engine.types import Audio

_BLOCK_S = 0.4
CEILING_DBFS = -1.0
"""Peaks of sound that was brought to a loudness stay below this."""


@dataclass(frozen=True, slots=True, eq=False)
class Levelled:
    """Sound brought to a loudness.

    Attributes:
        reached_lufs: its loudness now; below what was wanted where peaks stood in the way.
    """

    audio: Audio
    reached_lufs: float


def loudness(audio: Audio) -> float:
    """Integrated loudness in LUFS; −∞ for silence and for sound too short to hear."""
    seconds = len(audio.samples) / audio.rate
    if seconds < 0.01 or not np.any(audio.samples):
        return -math.inf
    from pyloudnorm import Meter  # Here, since it brings scipy: half a second of the start.

    meter = Meter(audio.rate, block_size=min(_BLOCK_S, seconds))
    return float(meter.integrated_loudness(audio.samples.astype(np.float64)))


def levelled(audio: Audio, target_lufs: float) -> Levelled:
    """The sound with one gain for all of it, so that it is as loud as wanted.

    Peaks are kept below `CEILING_DBFS` by a smaller gain, never by bending the sound. Silence stays
    as it is.
    """
    now = loudness(audio)
    if not math.isfinite(now):
        return Levelled(audio, now)
    peak_dbfs = 20 * math.log10(float(np.abs(audio.samples).max()))
    gain_db = min(target_lufs - now, CEILING_DBFS - peak_dbfs)
    samples = audio.samples * np.float32(10 ** (gain_db / 20))
    return Levelled(Audio(samples, audio.rate), now + gain_db)

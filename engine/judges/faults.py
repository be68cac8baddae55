"""What no music should have: silence, clipping, a loop that it cannot leave.

Knows samples and codes. Does not know songs.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.types import Audio

_FRAME_S = 0.1
_SILENT = 10 ** (-50 / 20)
_FULL_SCALE = 0.999
_STUCK_S, _LOOP_S = 2.0, 1.0


def silent_share(audio: Audio) -> float:
    """Share of tenths of a second, all of them whole, that are softer than −50 dB."""
    length = round(_FRAME_S * audio.rate)
    frames = audio.samples[: len(audio.samples) // length * length].reshape(-1, length)
    if not len(frames):
        return 1.0
    return float(np.mean(np.sqrt(np.mean(np.square(frames), axis=1)) < _SILENT))


def clipped_share(audio: Audio) -> float:
    """Share of samples at full scale or beyond it."""
    return float(np.mean(np.abs(audio.samples) >= _FULL_SCALE)) if len(audio.samples) else 0.0


def loop_share(codes: NDArray[np.integer], per_second: float) -> float:
    """How nearly the codes repeat themselves: in the worst 2 s, the share equal to those before.

    Before means: earlier by one and the same time of at most 1 s, whichever repeats most.

    Args:
        codes: (time,) of the top level.
        per_second: how many there are.
    """
    length = round(_STUCK_S * per_second)
    shares = [0.0]
    for lag in range(1, round(_LOOP_S * per_second) + 1):
        same = np.cumsum(codes[lag:] == codes[:-lag])
        if len(same) > length:
            shares.append(float((same[length:] - same[:-length]).max()) / length)
    return max(shares)

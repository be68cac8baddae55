"""How steadily a sound has a beat: onsets against themselves, one beat later.

Knows samples and tempos. Does not know songs.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.judges.timbre import mel_spectrogram
from engine.types import Audio

Onsets = NDArray[np.float32]
"""(frames,) how much louder bands become from one frame to the next, `FRAMES_PER_S` a second."""

FRAMES_PER_S = 100
_SMOOTHED_S = 1.0
_TEMPO_STEP = 1.01
_SHUFFLED_S = 0.1


def onset_envelope(audio: Audio) -> Onsets:
    """The onsets of a mono sound, less their mean within a second."""
    levels = mel_spectrogram(audio, FRAMES_PER_S)
    rises = np.maximum(np.diff(levels, axis=0, prepend=levels[:1]), 0).mean(axis=1)
    length = min(round(_SMOOTHED_S * FRAMES_PER_S), len(rises))
    usual = np.convolve(rises, np.full(length, 1 / length), mode="same")
    return (rises - usual).astype(np.float32)


def seconds_of(onsets: Onsets) -> float:
    """How long the sound lasts of which these are the onsets."""
    return len(onsets) / FRAMES_PER_S


def beat_strength(onsets: Onsets, tempo: float) -> float:
    """How alike the onsets are to themselves a beat later, −1 to 1; 0 where there are none.

    Args:
        tempo: beats per minute.
    """
    lag = 60 / tempo * FRAMES_PER_S
    early, share = int(lag), lag % 1
    return (1 - share) * _alike(onsets, early) + share * _alike(onsets, early + 1)


def best_tempo(onsets: Onsets, slowest: float, fastest: float) -> float:
    """The tempo with the strongest beat of those between two, one in a hundred apart."""
    count = max(0, int(np.log(fastest / slowest) / np.log(_TEMPO_STEP)))
    tempos = [slowest * _TEMPO_STEP**step for step in range(count + 1)] + [fastest]
    return max(tempos, key=lambda tempo: beat_strength(onsets, tempo))


def shuffled(onsets: Onsets) -> Onsets:
    """The same onsets in tenths of a second put in another order, so that no beat is left."""
    length = round(_SHUFFLED_S * FRAMES_PER_S)
    pieces = onsets[: len(onsets) // length * length].reshape(-1, length)
    return np.random.default_rng(0).permutation(pieces).reshape(-1)


def _alike(onsets: Onsets, lag: int) -> float:
    if lag >= len(onsets):
        return 0.0
    early, late = onsets[:-lag], onsets[lag:]
    size = float(np.linalg.norm(early) * np.linalg.norm(late))
    return float(early @ late) / size if size else 0.0

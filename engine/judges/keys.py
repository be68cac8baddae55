"""Whether notes keep to a key.

Knows pitch classes. Does not know sound. A minor key is the natural one, so that each of twelve
scales stands for a major key and its relative minor.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.training.harmony import Key, Mode

PitchClasses = NDArray[np.float64]
"""(12,) how many notes fall on each pitch class, C first."""

_DRAWS = 200


def in_best_key(pitches: PitchClasses) -> float:
    """Share of notes within the major or minor scale that fits best; 0 where there are none."""
    return max(in_key(pitches, Key(tonic, Mode.MAJOR).name) for tonic in range(12))


def in_key(pitches: PitchClasses, key: str) -> float:
    """Share of notes within a key by name, such as "F# minor"; 0 where there are none.

    Raises:
        ValueError: no such key.
    """
    classes = list(Key.named(key).classes)
    return float(pitches[classes].sum() / max(pitches.sum(), 1))


def chance_of_best_key(notes: int) -> float:
    """What `in_best_key` gives on the average for so many notes that keep to no key."""
    generator = np.random.default_rng(0)
    drawn = generator.multinomial(max(notes, 1), [1 / 12] * 12, _DRAWS).astype(np.float64)
    return float(np.mean([in_best_key(pitches) for pitches in drawn]))

"""What the judges hear of a sound: a few numbers that all their figures are made of.

Small enough to be kept, so that a sound is listened to once.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from engine.judges.beat import Onsets, onset_envelope
from engine.judges.faults import clipped_share, silent_share
from engine.judges.kept import Arrays
from engine.judges.keys import PitchClasses
from engine.judges.notes import Transcriber
from engine.judges.timbre import Timbre, timbre
from engine.types import Audio


@dataclass(frozen=True, slots=True, eq=False)
class Hearing:
    """What was heard of one sound.

    Attributes:
        pitches: (12,) notes of each pitch class.
        onsets: see `beat`.
        timbre: see `timbre`.
        silent, clipped: shares of tenths of a second, and of samples.
    """

    pitches: PitchClasses
    onsets: Onsets
    timbre: Timbre
    silent: float
    clipped: float

    def arrays(self) -> Arrays:
        """For a file."""
        return {field.name: np.asarray(getattr(self, field.name)) for field in fields(self)}

    @classmethod
    def of(cls, arrays: Arrays) -> Hearing:
        """Out of a file."""
        return cls(
            pitches=arrays["pitches"].astype(np.float64),
            onsets=arrays["onsets"].astype(np.float32),
            timbre=arrays["timbre"].astype(np.float32),
            silent=float(arrays["silent"].item()),
            clipped=float(arrays["clipped"].item()),
        )


def hear(audio: Audio, transcriber: Transcriber) -> Hearing:
    """Listen to a mono sound."""
    pitches = np.zeros(12)
    for note in transcriber.notes(audio):
        pitches[note.pitch % 12] += 1
    return Hearing(
        pitches=pitches,
        onsets=onset_envelope(audio),
        timbre=timbre(audio),
        silent=silent_share(audio),
        clipped=clipped_share(audio),
    )

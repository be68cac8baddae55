"""Keys, scales and chords as pitches. Knows nothing of time."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

Chord = tuple[int, int, int]
"""Pitch classes of root, third and fifth."""

_TONICS = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")


class Mode(StrEnum):
    """The two scales that songs are written in. Minor is natural."""

    MAJOR = "major"
    MINOR = "minor"


_STEPS = {Mode.MAJOR: (0, 2, 4, 5, 7, 9, 11), Mode.MINOR: (0, 2, 3, 5, 7, 8, 10)}


@dataclass(frozen=True, slots=True)
class Key:
    """A tonic, 0 (C) to 11 (B), and a mode."""

    tonic: int
    mode: Mode

    @property
    def name(self) -> str:
        """Such as "Eb major"."""
        return f"{_TONICS[self.tonic]} {self.mode}"

    @property
    def classes(self) -> tuple[int, ...]:
        """The seven pitch classes of the scale, from the tonic up."""
        return tuple((self.tonic + step) % 12 for step in _STEPS[self.mode])

    def chord(self, degree: int) -> Chord:
        """The triad on a degree of the scale, from 0."""
        root, third, fifth = (self.classes[(degree + step) % 7] for step in (0, 2, 4))
        return root, third, fifth

    def scale(self, lowest: int, highest: int) -> tuple[int, ...]:
        """All pitches of the key from `lowest` to `highest`, both included."""
        return tuple(p for p in range(lowest, highest + 1) if p % 12 in self.classes)


def above(pitch_class: int, lowest: int) -> int:
    """The lowest pitch of a class that is not below `lowest`."""
    return lowest + (pitch_class - lowest) % 12


def voiced(chord: Chord, lowest: int, tones: int = 4) -> tuple[int, ...]:
    """The lowest `tones` pitches of a chord that are not below `lowest`, in rising order."""
    close = sorted(above(pitch_class, lowest) for pitch_class in chord)
    return tuple(close[i % 3] + 12 * (i // 3) for i in range(tones))

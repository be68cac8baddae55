"""Keys, scales and chords as pitches. Knows nothing of time."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Self

Chord = tuple[int, ...]
"""Pitch classes of root, third, fifth and, in some styles, seventh."""

_TONICS = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
_QUALITIES: dict[tuple[int, ...], str] = {
    (4, 7): "",
    (3, 7): "m",
    (3, 6): "dim",
    (4, 7, 11): "maj7",
    (4, 7, 10): "7",
    (3, 7, 10): "m7",
    (3, 6, 10): "m7b5",
}


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

    @classmethod
    def named(cls, name: str) -> Self:
        """The key of that name.

        Raises:
            ValueError: no key is written so here.
        """
        tonic, _, mode = name.partition(" ")
        return cls(_TONICS.index(tonic), Mode(mode))

    @property
    def name(self) -> str:
        """Such as "Eb major"."""
        return f"{_TONICS[self.tonic]} {self.mode}"

    @property
    def classes(self) -> tuple[int, ...]:
        """The seven pitch classes of the scale, from the tonic up."""
        return tuple((self.tonic + step) % 12 for step in _STEPS[self.mode])

    def chord(self, degree: int, tones: int = 3) -> Chord:
        """The chord on a degree of the scale, from 0: a triad, or with 4 tones a seventh chord."""
        return tuple(self.classes[(degree + 2 * third) % 7] for third in range(tones))

    def scale(self, lowest: int, highest: int) -> tuple[int, ...]:
        """All pitches of the key from `lowest` to `highest`, both included."""
        return tuple(p for p in range(lowest, highest + 1) if p % 12 in self.classes)


def chord_name(chord: Chord) -> str:
    """Such as "Am" or "G7"."""
    root, *others = chord
    return _TONICS[root] + _QUALITIES[tuple((tone - root) % 12 for tone in others)]


def above(pitch_class: int, lowest: int) -> int:
    """The lowest pitch of a class that is not below `lowest`."""
    return lowest + (pitch_class - lowest) % 12


def voiced(chord: Chord, lowest: int, tones: int = 4) -> tuple[int, ...]:
    """The lowest `tones` pitches of a chord that are not below `lowest`, in rising order."""
    close = sorted(above(pitch_class, lowest) for pitch_class in chord)
    return tuple(close[i % len(close)] + 12 * (i // len(close)) for i in range(tones))

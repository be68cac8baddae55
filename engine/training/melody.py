"""Tunes: a rhythm for the syllables of a line, a motif, and the motif laid over chords.

Times are in beats from the start of the line. Knows nothing of words or instruments.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from engine.training.harmony import Chord
from engine.training.score import Note

_GRID = 0.5
_LONGEST = 2.0
_LAST_ONSETS = {3: 4.0, 4: 6.0}
"""Per beats of a bar, the beat of the line on which its last tone starts."""


class Ending(Enum):
    """How a line ends: on the fifth or third of its chord, or at home on the root."""

    OPEN = 2
    CLOSED = 0


@dataclass(frozen=True, slots=True)
class Motif:
    """The shape of a line of melody, free of key and chord.

    Attributes:
        onsets: of each tone, in beats from the start of the line.
        steps: of each tone from the one before, in steps of the scale; the first is 0.
        beats: length of the line.
    """

    onsets: tuple[float, ...]
    steps: tuple[int, ...]
    beats: int


def motif(tones: int, beats_per_bar: int, rng: random.Random) -> Motif:
    """A new motif of two bars that leaves the end of the second bar for breath."""
    steps = (0, *(rng.choice((-2, -1, -1, -1, 0, 1, 1, 1, 2)) for _ in range(tones - 1)))
    return Motif(_rhythm(tones, beats_per_bar, rng), steps, 2 * beats_per_bar)


def varied(theme: Motif, rng: random.Random) -> Motif:
    """The same rhythm with another shape."""
    shuffled = rng.sample(theme.steps[1:], len(theme.steps) - 1)
    return Motif(theme.onsets, (0, *(-step for step in shuffled)), theme.beats)


def _rhythm(tones: int, beats_per_bar: int, rng: random.Random) -> tuple[float, ...]:
    """Onsets on the half-beat grid that lean on the beats; the last tone is the long one."""
    last = _LAST_ONSETS[beats_per_bar]
    slots = [i * _GRID for i in range(1, round(last / _GRID))]
    weights = {
        slot: 3.0 if slot == beats_per_bar else 2.0 if slot % 1 == 0 else 1.0 for slot in slots
    }
    chosen = sorted(slots, key=lambda slot: rng.random() ** (1 / weights[slot]))[-(tones - 2) :]
    return (0.0, *sorted(chosen), last)


def sung(
    theme: Motif,
    scale: tuple[int, ...],
    chord_at: Callable[[float], Chord],
    ending: Ending,
) -> tuple[Note, ...]:
    """The motif as notes: strong beats on chord tones, the end as asked.

    Args:
        theme: the shape.
        scale: all pitches that may be used, rising; the tune starts in their middle.
        chord_at: the chord that sounds at a beat of the line.
        ending: of the last tone.
    """
    ends = (*theme.onsets[1:], theme.beats - 0.25)
    notes: list[Note] = []
    place = len(scale) // 2
    for onset, end, step in zip(theme.onsets, ends, theme.steps, strict=True):
        place = _reflected(place + step, len(scale))
        chord = chord_at(onset)
        if onset == theme.onsets[-1]:
            place = _nearest(place, scale, (chord[ending.value],))
        elif onset % 2 == 0:
            place = _nearest(place, scale, chord)
        notes.append(Note(onset, min(end, onset + _LONGEST), scale[place], 88))
    return tuple(notes)


def _reflected(place: int, size: int) -> int:
    """Bounce off the ends of the range."""
    return -place if place < 0 else 2 * (size - 1) - place if place >= size else place


def _nearest(place: int, scale: tuple[int, ...], classes: tuple[int, ...]) -> int:
    places = [i for i, pitch in enumerate(scale) if pitch % 12 in classes]
    return min(places, key=lambda i: abs(i - place))

"""Tunes: a rhythm for the syllables of a line, a motif, and the motif laid over chords.

Times are in beats from the start of the line. Knows nothing of words or instruments.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from engine.training.harmony import Chord
from engine.training.score import Note

_GRID = 0.5
_LONGEST = 2.0
_FIRST_ONSETS = (0.0, 0.0, 0.0, 0.5, 1.0)
_LAST_ONSETS = {3: (4.0,), 4: (6.0, 6.0, 5.0)}
"""Per beats of a bar, the beats of the line on which its last tone may start."""
_WIDEST_STEP = 3
_SMOOTHING = 0.3
"""How far a tone that must fit its chord gives way towards the one before it."""


class Ending(Enum):
    """How a line ends: on the fifth or third of its chord, or at home on the root."""

    OPEN = 2
    HALF_OPEN = 1
    CLOSED = 0


@dataclass(frozen=True, slots=True)
class Motif:
    """The shape of a line of melody, free of key and chord.

    Attributes:
        onsets: of each tone, in beats from the start of the line.
        heights: of each tone, in steps of the scale from the middle of the voice.
        beats: length of the line.
    """

    onsets: tuple[float, ...]
    heights: tuple[int, ...]
    beats: int


def _arch(x: float) -> float:
    return math.sin(math.pi * x)


def _valley(x: float) -> float:
    return 1 - math.sin(math.pi * x)


def _fall(x: float) -> float:
    return 1 - x


def _rise(x: float) -> float:
    return x


def _wave(x: float) -> float:
    return 0.5 + 0.5 * math.sin(2 * math.pi * x)


_CONTOURS = (_arch, _arch, _valley, _fall, _rise, _wave)


def motif(tones: int, beats_per_bar: int, syncopation: float, rng: random.Random) -> Motif:
    """A new motif of two bars that leaves the end of the second bar for breath.

    Args:
        tones: 5 to 10.
        syncopation: how much tones like to fall between beats, 0 to 1.
    """
    onsets = _rhythm(tones, beats_per_bar, syncopation, rng)
    return Motif(onsets, _heights(tones, rng), 2 * beats_per_bar)


def varied(theme: Motif, rng: random.Random) -> Motif:
    """The same rhythm with another shape."""
    heights = theme.heights
    while heights == theme.heights:
        heights = _heights(len(theme.heights), rng)
    return Motif(theme.onsets, heights, theme.beats)


def _heights(tones: int, rng: random.Random) -> tuple[int, ...]:
    """A contour in whole steps with a little unrest, and no leap that is hard to sing."""
    contour, span = rng.choice(_CONTOURS), rng.choice((2.5, 3.5, 4.5))
    heights: list[int] = []
    for i in range(tones):
        wished = round(span * (contour(i / (tones - 1)) - 0.5) + rng.uniform(-0.8, 0.8))
        last = heights[-1] if heights else wished
        heights.append(max(last - _WIDEST_STEP, min(last + _WIDEST_STEP, wished)))
    return tuple(heights)


def _rhythm(
    tones: int, beats_per_bar: int, syncopation: float, rng: random.Random
) -> tuple[float, ...]:
    """Onsets on the half-beat grid that lean on the beats; the last tone is the long one."""
    last = rng.choice(_LAST_ONSETS[beats_per_bar])
    first = rng.choice(_FIRST_ONSETS)
    slots = _slots(first, last)
    if len(slots) < tones - 2:
        first, last = 0.0, _LAST_ONSETS[beats_per_bar][0]
        slots = _slots(first, last)
    weights = {slot: _weight(slot, beats_per_bar, syncopation) for slot in slots}
    liked = sorted(slots, key=lambda slot: rng.random() ** (1 / weights[slot]))
    return (first, *sorted(liked[len(liked) - (tones - 2) :]), last)


def _slots(first: float, last: float) -> list[float]:
    return [first + i * _GRID for i in range(1, round((last - first) / _GRID))]


def _weight(slot: float, beats_per_bar: int, syncopation: float) -> float:
    if slot == beats_per_bar:
        return 4.0 - 2 * syncopation
    return 3.0 - 1.5 * syncopation if slot % 1 == 0 else 0.7 + 1.6 * syncopation


def sung(
    theme: Motif,
    scale: tuple[int, ...],
    chord_at: Callable[[float], Chord],
    ending: Ending,
    lift: int = 0,
) -> tuple[Note, ...]:
    """The motif as notes: strong beats on chord tones, the end as asked.

    Args:
        theme: the shape.
        scale: all pitches that may be used, rising; the tune lies around their middle.
        chord_at: the chord that sounds at a beat of the line.
        ending: of the last tone.
        lift: steps of the scale by which the tune lies higher.
    """
    ends = (*theme.onsets[1:], theme.beats - 0.25)
    notes: list[Note] = []
    last = len(scale) // 2 + lift + theme.heights[0]
    for onset, end, height in zip(theme.onsets, ends, theme.heights, strict=True):
        place = _reflected(len(scale) // 2 + lift + height, len(scale))
        chord = chord_at(onset)
        if onset == theme.onsets[-1]:
            place = _nearest((place + last) / 2, scale, (chord[ending.value],))
        elif onset % 2 == 0:
            place = _nearest(place + _SMOOTHING * (last - place), scale, chord[:3])
        notes.append(Note(onset, min(end, onset + _LONGEST), scale[place], 88))
        last = place
    return tuple(notes)


def _reflected(place: int, size: int) -> int:
    """Bounce off the ends of the range."""
    return -place if place < 0 else 2 * (size - 1) - place if place >= size else place


def _nearest(place: float, scale: tuple[int, ...], classes: tuple[int, ...]) -> int:
    places = [i for i, pitch in enumerate(scale) if pitch % 12 in classes]
    return min(places, key=lambda i: abs(i - place))

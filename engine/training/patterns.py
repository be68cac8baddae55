"""What the members of a band play in a bar: one function per pattern, from a bar to its notes.

Notes are timed in beats from the start of the bar. Knows nothing of instruments or seconds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from engine.training.harmony import Chord, above, voiced
from engine.training.score import Note

_KICK, _SNARE, _CLOSED_HAT, _OPEN_HAT, _TOM = 36, 38, 42, 46, 47


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a song.

    Attributes:
        start: in beats from the start of the song.
        beats: 3 or 4.
        turning: whether a section ends with this bar, so that drums lead over to the next.
    """

    start: float
    beats: int
    chord: Chord
    turning: bool = False


Pattern = Callable[[Bar, int], tuple[Note, ...]]
"""From a bar and the lowest pitch to use, the notes, in beats from the start of the bar."""


def silent(bar: Bar, lowest: int) -> tuple[Note, ...]:
    """Nothing: for who only plays the tune."""
    del bar, lowest
    return ()


def sustained(bar: Bar, lowest: int) -> tuple[Note, ...]:
    """The chord, held."""
    return tuple(Note(0, bar.beats, pitch, 70) for pitch in voiced(bar.chord, lowest))


def roots(bar: Bar, lowest: int) -> tuple[Note, ...]:
    """The root, held."""
    return (Note(0, bar.beats - 0.1, above(bar.chord[0], lowest), 84),)


def root_and_fifth(bar: Bar, lowest: int) -> tuple[Note, ...]:
    """The root on the first beat and the fifth in the middle."""
    middle = bar.beats / 2
    root, fifth = above(bar.chord[0], lowest), above(bar.chord[2], lowest)
    return Note(0, middle - 0.1, root, 90), Note(middle, bar.beats - 0.1, fifth, 78)


def pulse(bar: Bar, lowest: int) -> tuple[Note, ...]:
    """The root in eighths, the offbeats an octave up."""
    root = above(bar.chord[0], lowest)
    return tuple(
        Note(i / 2, i / 2 + 0.42, root + 12 * (i % 2), 88 - 12 * (i % 2))
        for i in range(2 * bar.beats)
    )


def fingerpicked(bar: Bar, lowest: int) -> tuple[Note, ...]:
    """Broken chords in eighths that ring on."""
    tones = voiced(bar.chord, lowest, 5)
    order = (0, 2, 3, 1, 4, 2, 3, 1)[: 2 * bar.beats]
    return tuple(
        Note(i / 2, i / 2 + 1.5, tones[tone], 86 if i % 4 == 0 else 70)
        for i, tone in enumerate(order)
    )


def strummed(bar: Bar, lowest: int) -> tuple[Note, ...]:
    """Whole chords on a lilting rhythm, string after string."""
    strokes = ((0.0, 1.0, 84), (1.0, 1.5, 68), (1.5, 2.5, 62), (2.5, 3.0, 66), (3.0, 3.9, 74))
    return tuple(
        Note(start + 0.03 * i, end, pitch, velocity)
        for start, end, velocity in strokes
        if end <= bar.beats
        for i, pitch in enumerate(voiced(bar.chord, lowest, 5))
    )


def arpeggio(bar: Bar, lowest: int) -> tuple[Note, ...]:
    """Rising chord tones in eighths, short."""
    tones = voiced(bar.chord, lowest)
    return tuple(
        Note(i / 2, i / 2 + 0.4, tones[i % 4], 84 if i % 4 == 0 else 70)
        for i in range(2 * bar.beats)
    )


def waltz(bar: Bar, lowest: int) -> tuple[Note, ...]:
    """The root below, then the chord on the later beats."""
    root = Note(0, 0.95, above(bar.chord[0], lowest - 12), 80)
    chords = (
        Note(beat, beat + 0.8, pitch, 64)
        for beat in range(1, bar.beats)
        for pitch in voiced(bar.chord, lowest, 3)
    )
    return (root, *chords)


def four_on_the_floor(bar: Bar, lowest: int) -> tuple[Note, ...]:
    """Kick on every beat, snare on the even ones, open hats between."""
    del lowest
    kicks = (Note(beat, beat + 0.2, _KICK, 104) for beat in range(bar.beats))
    hats = (Note(beat + 0.5, beat + 0.7, _OPEN_HAT, 62) for beat in range(bar.beats))
    return (*kicks, *_snares(bar), *hats, *_fill(bar))


def backbeat(bar: Bar, lowest: int) -> tuple[Note, ...]:
    """Kick on one and before three, snare on the even beats, hats in eighths."""
    del lowest
    kicks = (Note(beat, beat + 0.2, _KICK, 104) for beat in (0.0, 1.5, 2.0))
    hats = (Note(i / 2, i / 2 + 0.1, _CLOSED_HAT, 58) for i in range(2 * bar.beats))
    return (*kicks, *_snares(bar), *hats, *_fill(bar))


def _snares(bar: Bar) -> tuple[Note, ...]:
    return tuple(Note(beat, beat + 0.2, _SNARE, 92) for beat in range(1, bar.beats, 2))


def _fill(bar: Bar) -> tuple[Note, ...]:
    if not bar.turning:
        return ()
    first = bar.beats - 1
    return tuple(Note(first + i / 4, first + i / 4 + 0.2, _TOM, 78 + 6 * i) for i in range(1, 4))

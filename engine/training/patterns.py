"""What the chords of a band play in a bar: one function per pattern, from a bar to its notes.

Notes are timed in beats from the start of the bar. Knows nothing of instruments or seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import IntEnum

from engine.training.harmony import Chord, above, voiced
from engine.training.score import Note


class Fill(IntEnum):
    """How much drums and bass lead over to the next bar."""

    NONE = 0
    PHRASE = 1
    SECTION = 2


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a song.

    Attributes:
        start: in beats from the start of the song.
        beats: 3 or 4.
        following: the chord of the next bar.
        fill: what ends with this bar.
        opening: whether a section begins with this bar.
    """

    start: float
    beats: int
    chord: Chord
    following: Chord
    fill: Fill = Fill.NONE
    opening: bool = False


Pattern = Callable[[Bar, int], tuple[Note, ...]]
"""From a bar and the lowest pitch to use, the notes, in beats from the start of the bar."""

_Stroke = tuple[float, float, int]
"""Start and end in beats, velocity."""


def silent(bar: Bar, lowest: int) -> tuple[Note, ...]:
    """Nothing: for who only plays the tune."""
    del bar, lowest
    return ()


def sustained(bar: Bar, lowest: int) -> tuple[Note, ...]:
    """The chord, held."""
    return tuple(Note(0, bar.beats, pitch, 70) for pitch in voiced(bar.chord, lowest))


def sustained_low(bar: Bar, lowest: int) -> tuple[Note, ...]:
    """The chord, held, over its root an octave below."""
    root = Note(0, bar.beats, above(bar.chord[0], lowest - 12), 74)
    return (root, *sustained(bar, lowest))


def breathing(bar: Bar, lowest: int) -> tuple[Note, ...]:
    """The chord, struck again in the middle of the bar."""
    half = bar.beats // 2
    return _struck(bar, lowest, ((0, half - 0.1, 72), (half, bar.beats - 0.1, 64)), 3)


def fingerpicked(bar: Bar, lowest: int) -> tuple[Note, ...]:
    """Chord tones one by one in eighths, the lowest on the strong beats."""
    return _picked(bar, lowest, (0, 2, 3, 1, 4, 2, 3, 1))


def fingerpicked_rolling(bar: Bar, lowest: int) -> tuple[Note, ...]:
    """Chord tones one by one in eighths, the bass alternating below."""
    return _picked(bar, lowest, (0, 3, 1, 4, 2, 3, 1, 4))


def _picked(bar: Bar, lowest: int, order: tuple[int, ...]) -> tuple[Note, ...]:
    tones = voiced(bar.chord, lowest, 5)
    return tuple(
        Note(i / 2, i / 2 + 1.5, tones[tone], (92, 62, 78, 62)[i % 4])
        for i, tone in enumerate(order[: 2 * bar.beats])
    )


def strummed(bar: Bar, lowest: int) -> tuple[Note, ...]:
    """Whole chords on a lilting rhythm, string after string."""
    strokes = ((0.0, 1.0, 84), (1.0, 1.5, 68), (1.5, 2.5, 62), (2.5, 3.0, 66), (3.0, 3.9, 74))
    return _strummed(bar, lowest, strokes)


def strummed_reel(bar: Bar, lowest: int) -> tuple[Note, ...]:
    """Whole chords on every beat and between, as for a dance."""
    accents = (88, 58, 74, 60, 84, 58, 74, 62)
    return _strummed(bar, lowest, [(i / 2, i / 2 + 0.45, a) for i, a in enumerate(accents)])


def _strummed(bar: Bar, lowest: int, strokes: Iterable[_Stroke]) -> tuple[Note, ...]:
    return tuple(
        Note(start + 0.03 * i, end, pitch, velocity)
        for start, end, velocity in strokes
        if end <= bar.beats
        for i, pitch in enumerate(voiced(bar.chord, lowest, 5))
    )


def arpeggio(bar: Bar, lowest: int) -> tuple[Note, ...]:
    """Rising chord tones in eighths, short."""
    return _run(bar, voiced(bar.chord, lowest), 2)


def arpeggio_fast(bar: Bar, lowest: int) -> tuple[Note, ...]:
    """Chord tones up and down in sixteenths, short."""
    low, middle, high, top = voiced(bar.chord, lowest)
    return _run(bar, (low, middle, high, top, high, middle), 4)


def _run(bar: Bar, tones: tuple[int, ...], per_beat: int) -> tuple[Note, ...]:
    return tuple(
        Note(
            i / per_beat,
            i / per_beat + 0.8 / per_beat,
            tones[i % len(tones)],
            84 if i % per_beat == 0 else 70,
        )
        for i in range(per_beat * bar.beats)
    )


def harped(bar: Bar, lowest: int) -> tuple[Note, ...]:
    """Chord tones rising through two octaves and left to ring."""
    tones = voiced(bar.chord, lowest, 2 * bar.beats)
    return tuple(
        Note(i / 2, bar.beats, pitch, 80 if i == 0 else 66) for i, pitch in enumerate(tones)
    )


def waltz(bar: Bar, lowest: int) -> tuple[Note, ...]:
    """The root below, then the chord on the later beats."""
    root = Note(0, 0.95, above(bar.chord[0], lowest - 12), 80)
    strokes = ((beat, beat + 0.8, 64) for beat in range(1, bar.beats))
    return (root, *_struck(bar, lowest, strokes, 3))


def broken(bar: Bar, lowest: int) -> tuple[Note, ...]:
    """The root below, then the chord's tones one by one, ringing."""
    root = Note(0, bar.beats, above(bar.chord[0], lowest - 12), 80)
    tones = voiced(bar.chord, lowest, 3)
    order = (0, 1, 2, 1, 0, 1, 2)[: 2 * bar.beats - 1]
    later = (
        Note((i + 1) / 2, min(bar.beats, (i + 1) / 2 + 1.2), tones[tone], 62)
        for i, tone in enumerate(order)
    )
    return (root, *later)


def driven(bar: Bar, lowest: int) -> tuple[Note, ...]:
    """Root, fifth and octave in muted eighths, louder on the beat."""
    root, fifth = above(bar.chord[0], lowest), above(bar.chord[2], lowest)
    tones = (root, fifth if fifth > root else fifth + 12, root + 12)
    return tuple(
        Note(i / 2, i / 2 + 0.4, pitch, 88 if i % 2 == 0 else 68)
        for i in range(2 * bar.beats)
        for pitch in tones
    )


def ringing(bar: Bar, lowest: int) -> tuple[Note, ...]:
    """Whole chords on one, before three, and on four, as open strings."""
    strokes = ((0.0, 1.4, 90), (1.5, 2.9, 80), (3.0, 3.9, 84))
    return _struck(bar, lowest, [stroke for stroke in strokes if stroke[1] <= bar.beats], 4)


def offbeats(bar: Bar, lowest: int) -> tuple[Note, ...]:
    """The chord, short, on one and then between the beats."""
    between = ((beat + 0.5, beat + 0.9, 76) for beat in range(bar.beats))
    return _struck(bar, lowest, ((0.0, 0.4, 80), *between), 3)


def charleston(bar: Bar, lowest: int) -> tuple[Note, ...]:
    """The chord on one and on the second half of two, as swing pianists do."""
    strokes = ((0.0, 0.8, 78), (1.5, 2.0, 70))
    return _struck(bar, lowest, strokes, 4)


def comped(bar: Bar, lowest: int) -> tuple[Note, ...]:
    """The chord on one, short, and pushed before three and four."""
    return _struck(bar, lowest, ((0.0, 0.4, 72), (1.5, 1.9, 76), (2.5, 3.4, 68)), 4)


def chimed(bar: Bar, lowest: int) -> tuple[Note, ...]:
    """The chord on one, let ring, and its upper tones on three."""
    tones = voiced(bar.chord, lowest)
    first = tuple(Note(0, bar.beats, pitch, 74) for pitch in tones)
    return (*first, *(Note(2, bar.beats, pitch + 12, 58) for pitch in tones[:2]))


def _struck(bar: Bar, lowest: int, strokes: Iterable[_Stroke], tones: int) -> tuple[Note, ...]:
    return tuple(
        Note(start, end, pitch, velocity)
        for start, end, velocity in strokes
        for pitch in voiced(bar.chord, lowest, tones)
    )

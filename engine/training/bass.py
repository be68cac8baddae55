"""What a bass plays in a bar: the ground of the chord, and a step towards the next one.

Notes are timed in beats from the start of the bar. Knows nothing of instruments or seconds.
"""

from __future__ import annotations

from engine.training.harmony import above
from engine.training.patterns import Bar, Fill
from engine.training.score import Note


def roots(bar: Bar, lowest: int) -> tuple[Note, ...]:
    """The root, held."""
    return (Note(0, bar.beats - 0.1, above(bar.chord[0], lowest), 80),)


def root_and_fifth(bar: Bar, lowest: int) -> tuple[Note, ...]:
    """The root, and the fifth in the middle of the bar."""
    half = bar.beats // 2
    notes = (
        Note(0, half - 0.1, above(bar.chord[0], lowest), 84),
        Note(half, bar.beats - 0.1, above(bar.chord[2], lowest), 76),
    )
    return _leading(bar, lowest, notes)


def pulse(bar: Bar, lowest: int) -> tuple[Note, ...]:
    """The root in eighths."""
    root = above(bar.chord[0], lowest)
    notes = tuple(
        Note(i / 2, i / 2 + 0.42, root, 88 if i % 2 == 0 else 74) for i in range(2 * bar.beats)
    )
    return _leading(bar, lowest, notes)


def octaves(bar: Bar, lowest: int) -> tuple[Note, ...]:
    """The root on the beats, its octave between them."""
    root = above(bar.chord[0], lowest)
    notes = tuple(
        Note(i / 2, i / 2 + 0.4, root + 12 * (i % 2), 86 if i % 2 == 0 else 76)
        for i in range(2 * bar.beats)
    )
    return _leading(bar, lowest, notes)


def pushed(bar: Bar, lowest: int) -> tuple[Note, ...]:
    """The root on one and before three, the fifth on four."""
    root, fifth = above(bar.chord[0], lowest), above(bar.chord[2], lowest)
    notes = (
        Note(0, 1.4, root, 86),
        Note(1.5, bar.beats - 1.1, root, 80),
        Note(bar.beats - 1, bar.beats - 0.1, fifth, 78),
    )
    return _leading(bar, lowest, notes)


def walking(bar: Bar, lowest: int) -> tuple[Note, ...]:
    """A tone on every beat: up the chord, and from the next chord's fifth to its root."""
    root, third, fifth = (above(tone, lowest) for tone in bar.chord[:3])
    tones = (root, third, fifth)[: bar.beats - 1]
    steps = (*tones, above(bar.following[2], lowest))
    return tuple(Note(i, i + 0.9, pitch, 84 if i % 2 == 0 else 78) for i, pitch in enumerate(steps))


def _leading(bar: Bar, lowest: int, notes: tuple[Note, ...]) -> tuple[Note, ...]:
    """Where something ends, the last beat goes to the next chord by its fifth and third."""
    if bar.fill == Fill.NONE:
        return notes
    last = bar.beats - 1.0
    kept = (
        Note(note.start, min(note.end, last), note.pitch, note.velocity)
        for note in notes
        if note.start < last
    )
    _, third, fifth, *_ = bar.following
    return (
        *kept,
        Note(last, last + 0.45, above(fifth, lowest), 82),
        Note(last + 0.5, last + 0.95, above(third, lowest), 86),
    )

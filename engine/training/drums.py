"""What a drummer plays in a bar: one function per beat, with fills where phrases end.

Notes are timed in beats from the start of the bar; pitches are those of the General MIDI kit.
"""

from __future__ import annotations

from collections.abc import Iterable

from engine.training.patterns import Bar, Fill
from engine.training.score import Note

_KICK, _SNARE, _CLAP = 36, 38, 39
_CLOSED_HAT, _PEDAL_HAT, _OPEN_HAT = 42, 44, 46
_RIDE, _CRASH = 51, 49
_TOMS = (50, 48, 47, 45)
_FILL_STEPS = {Fill.NONE: 0, Fill.PHRASE: 2, Fill.SECTION: 6}
"""Sixteenths that a fill takes from the end of its bar."""


def four_on_the_floor(bar: Bar, lowest: int) -> tuple[Note, ...]:
    """Kick on every beat, snare on the even ones, open hats between."""
    del lowest
    kicks = _hits(_KICK, range(bar.beats), 104)
    hats = _hits(_OPEN_HAT, (beat + 0.5 for beat in range(bar.beats)), 62)
    return _played(bar, (*kicks, *_even(bar, _CLAP, 92), *hats))


def machine(bar: Bar, lowest: int) -> tuple[Note, ...]:
    """Slow and broken: kick on one and before three, snare on three, hats in eighths."""
    del lowest
    kicks = _hits(_KICK, (0.0, 1.5, bar.beats - 0.5), 104)
    hats = _hits(_CLOSED_HAT, (i / 2 for i in range(2 * bar.beats)), 56)
    return _played(bar, (*kicks, *_hits(_SNARE, (2.0,), 96), *hats))


def backbeat(bar: Bar, lowest: int) -> tuple[Note, ...]:
    """Kick on one and before three, snare on the even beats, hats in eighths."""
    del lowest
    kicks = _hits(_KICK, (0.0, 1.5, 2.0), 104)
    hats = _hits(_CLOSED_HAT, (i / 2 for i in range(2 * bar.beats)), 58)
    return _played(bar, (*kicks, *_even(bar, _SNARE, 92), *hats))


def rocking(bar: Bar, lowest: int) -> tuple[Note, ...]:
    """Kick on the odd beats and before the last, a hard snare, ride in quarters."""
    del lowest
    kicks = _hits(_KICK, (0.0, 2.0, 2.5), 110)
    rides = _hits(_RIDE, range(bar.beats), 66)
    return _played(bar, (*kicks, *_even(bar, _SNARE, 106), *rides))


def halved(bar: Bar, lowest: int) -> tuple[Note, ...]:
    """Heavy and slow: kick on one, snare on three, hats in quarters."""
    del lowest
    kicks = _hits(_KICK, (0.0, 0.5, bar.beats - 1.5), 108)
    hats = _hits(_CLOSED_HAT, range(bar.beats), 70)
    return _played(bar, (*kicks, *_hits(_SNARE, (2.0,), 108), *hats))


def swing(bar: Bar, lowest: int) -> tuple[Note, ...]:
    """The ride's long, long-short; the hat closed by foot on the even beats; a feathered kick."""
    del lowest
    rides = _hits(_RIDE, (0.0, 1.0, 1.5, 2.0, 3.0, 3.5)[: 2 * bar.beats - 2], 74)
    kicks = _hits(_KICK, (0.0, 2.0), 58)
    return _played(bar, (*kicks, *_even(bar, _PEDAL_HAT, 66), *rides))


def brushes(bar: Bar, lowest: int) -> tuple[Note, ...]:
    """Brushes tapping on the snare in a slow swing, the hat closed by foot on the even beats."""
    del lowest
    taps = _hits(_SNARE, (0.0, 1.0, 1.5, 2.0, 3.0, 3.5)[: 2 * bar.beats - 2], 62)
    return _played(bar, (*taps, *_even(bar, _PEDAL_HAT, 60)))


def _hits(pitch: int, starts: Iterable[float], velocity: int) -> tuple[Note, ...]:
    """Louder on the beat than between."""
    return tuple(
        Note(start, start + 0.2, pitch, velocity - (10 if start % 1 else 0)) for start in starts
    )


def _even(bar: Bar, pitch: int, velocity: int) -> tuple[Note, ...]:
    return _hits(pitch, range(1, bar.beats, 2), velocity)


def _played(bar: Bar, notes: tuple[Note, ...]) -> tuple[Note, ...]:
    """With a crash where a section opens, and a fill down the toms where one ends."""
    steps = _FILL_STEPS[bar.fill]
    first = bar.beats - steps / 4
    kept = tuple(note for note in notes if note.start < first or note.pitch == _KICK)
    fill = (
        Note(first + i / 4, first + i / 4 + 0.2, _TOMS[4 * i // steps], 76 + 4 * i)
        for i in range(steps)
    )
    crash = (Note(0, 1.5, _CRASH, 78),) if bar.opening else ()
    return (*kept, *fill, *crash)

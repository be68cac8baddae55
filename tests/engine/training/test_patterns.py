from dataclasses import replace

import pytest

from engine.training import patterns
from engine.training.patterns import Bar

PITCHED = [
    patterns.sustained,
    patterns.roots,
    patterns.root_and_fifth,
    patterns.pulse,
    patterns.fingerpicked,
    patterns.strummed,
    patterns.arpeggio,
    patterns.waltz,
]
DRUMS = [patterns.four_on_the_floor, patterns.backbeat]


@pytest.mark.parametrize("beats", [3, 4])
@pytest.mark.parametrize("pattern", PITCHED + DRUMS)
def test_patterns_mark_the_first_beat_and_start_all_notes_in_the_bar(pattern, beats):
    notes = pattern(Bar(0.0, beats, (0, 4, 7)), 40)

    assert min(note.start for note in notes) == 0
    assert all(note.start < beats and note.end > note.start for note in notes)
    assert all(1 <= note.velocity <= 127 for note in notes)


@pytest.mark.parametrize("pattern", PITCHED)
def test_pitched_patterns_play_the_chord_and_nothing_else(pattern):
    notes = pattern(Bar(0.0, 4, (2, 5, 9)), 40)

    assert {note.pitch % 12 for note in notes} <= {2, 5, 9}


@pytest.mark.parametrize("pattern", DRUMS)
def test_drums_lead_over_where_a_section_turns(pattern):
    bar = Bar(0.0, 4, (0, 4, 7))

    plain, turning = pattern(bar, 0), pattern(replace(bar, turning=True), 0)

    assert set(plain) < set(turning)
    assert min(note.start for note in set(turning) - set(plain)) >= 3


def test_silence_is_silent():
    assert patterns.silent(Bar(0.0, 4, (0, 4, 7)), 40) == ()

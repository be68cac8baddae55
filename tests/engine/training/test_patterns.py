from dataclasses import replace

import pytest

from engine.training import bass, drums, patterns
from engine.training.patterns import Bar, Fill

CHORDS = [
    patterns.sustained,
    patterns.sustained_low,
    patterns.breathing,
    patterns.fingerpicked,
    patterns.fingerpicked_rolling,
    patterns.strummed,
    patterns.strummed_reel,
    patterns.arpeggio,
    patterns.arpeggio_fast,
    patterns.harped,
    patterns.waltz,
    patterns.broken,
    patterns.driven,
    patterns.ringing,
    patterns.offbeats,
    patterns.charleston,
    patterns.comped,
    patterns.chimed,
]
BASSES = [bass.roots, bass.root_and_fifth, bass.pulse, bass.octaves, bass.pushed, bass.walking]
DRUMS = [
    drums.four_on_the_floor,
    drums.machine,
    drums.backbeat,
    drums.rocking,
    drums.halved,
    drums.swing,
    drums.brushes,
]
BAR = Bar(0.0, 4, (0, 4, 7), (7, 11, 2))


@pytest.mark.parametrize("beats", [3, 4])
@pytest.mark.parametrize("pattern", CHORDS + BASSES)
def test_patterns_mark_the_first_beat_and_start_all_notes_in_the_bar(pattern, beats):
    notes = pattern(replace(BAR, beats=beats), 40)

    assert min(note.start for note in notes) == 0
    assert all(note.start < beats and note.end > note.start for note in notes)
    assert all(1 <= note.velocity <= 127 for note in notes)


@pytest.mark.parametrize("pattern", CHORDS + BASSES[:-1])
def test_pitched_patterns_play_the_chord_and_nothing_else(pattern):
    notes = pattern(Bar(0.0, 4, (2, 5, 9), (2, 5, 9)), 40)

    assert {note.pitch % 12 for note in notes} <= {2, 5, 9}


def test_a_walking_bass_takes_every_beat_and_turns_to_the_next_chord():
    notes = bass.walking(BAR, 40)

    assert [note.start for note in notes] == [0, 1, 2, 3]
    assert [note.pitch % 12 for note in notes] == [0, 4, 7, 2]


@pytest.mark.parametrize("pattern", [bass.root_and_fifth, bass.pulse, bass.octaves, bass.pushed])
def test_basses_lead_over_to_the_next_chord_where_a_phrase_ends(pattern):
    notes = pattern(replace(BAR, fill=Fill.PHRASE), 40)

    last = [note for note in notes if note.start >= 3]
    assert {note.pitch % 12 for note in last} <= {7, 11, 2}
    assert notes[0].pitch % 12 == 0


@pytest.mark.parametrize("pattern", DRUMS)
def test_drums_play_in_the_bar_from_its_first_beat(pattern):
    notes = pattern(BAR, 0)

    assert min(note.start for note in notes) == 0
    assert all(note.start < 4 and 1 <= note.velocity <= 127 for note in notes)


@pytest.mark.parametrize("pattern", DRUMS)
def test_drums_lead_over_the_more_the_larger_the_part_that_ends(pattern):
    plain, phrase, section = (set(pattern(replace(BAR, fill=fill), 0)) for fill in Fill)

    assert min(note.start for note in phrase - plain) == 3.5
    assert min(note.start for note in section - plain) == 2.5
    assert len(section - plain) > len(phrase - plain)


def test_sections_open_with_a_crash():
    opening = set(drums.backbeat(replace(BAR, opening=True), 0))

    (crash,) = opening - set(drums.backbeat(BAR, 0))
    assert crash.start == 0


def test_silence_is_silent():
    assert patterns.silent(BAR, 40) == ()

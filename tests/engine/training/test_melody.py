import random
from itertools import pairwise

import pytest

from engine.training import melody
from engine.training.harmony import Key, Mode
from engine.training.melody import Ending

KEY = Key(2, Mode.MAJOR)
SCALE = KEY.scale(55, 72)


@pytest.mark.parametrize(
    ("tones", "beats_per_bar"), [(6, 3), (7, 3), (8, 3), (6, 4), (7, 4), (8, 4), (10, 4)]
)
def test_rhythms_have_a_tone_per_syllable_and_room_to_breathe(tones, beats_per_bar):
    for seed in range(50):
        theme = melody.motif(tones, beats_per_bar, 0.5, random.Random(seed))

        assert len(theme.onsets) == len(theme.heights) == tones
        assert list(theme.onsets) == sorted(set(theme.onsets))
        assert theme.beats - theme.onsets[-1] >= 2


def test_syncopated_tunes_fall_between_beats_more_often():
    def share(syncopation):
        onsets = [
            onset
            for seed in range(100)
            for onset in melody.motif(7, 4, syncopation, random.Random(seed)).onsets
        ]
        return sum(onset % 1 > 0 for onset in onsets) / len(onsets)

    assert share(0.0) < 0.3 < share(1.0)


def test_no_leap_of_a_motif_is_wider_than_a_fourth():
    for seed in range(50):
        heights = melody.motif(8, 4, 0.3, random.Random(seed)).heights
        assert all(abs(b - a) <= 3 for a, b in pairwise(heights))


@pytest.mark.parametrize("ending", Ending)
def test_tunes_stay_in_key_and_end_as_asked(ending):
    for seed in range(30):
        theme = melody.motif(7, 4, 0.3, random.Random(seed))

        notes = melody.sung(theme, SCALE, lambda beat: KEY.chord(4), ending)

        assert all(note.pitch in SCALE for note in notes)
        assert notes[-1].pitch % 12 == KEY.chord(4)[ending.value]


def test_notes_do_not_overlap():
    theme = melody.motif(8, 4, 0.3, random.Random(5))

    notes = melody.sung(theme, SCALE, lambda beat: KEY.chord(0), Ending.CLOSED)

    assert all(a.end <= b.start for a, b in pairwise(notes))
    assert notes[-1].end < theme.beats


def test_strong_beats_fall_on_chord_tones():
    for seed in range(30):
        theme = melody.motif(8, 4, 0.3, random.Random(seed))

        notes = melody.sung(theme, SCALE, lambda beat: KEY.chord(3), Ending.OPEN)

        strong = [note for note in notes if note.start % 2 == 0]
        assert all(note.pitch % 12 in KEY.chord(3) for note in strong)


def test_a_lifted_tune_lies_higher():
    theme = melody.motif(8, 4, 0.3, random.Random(6))

    low, high = (
        melody.sung(theme, SCALE, lambda beat: KEY.chord(0), Ending.OPEN, lift) for lift in (-2, 2)
    )

    assert sum(note.pitch for note in high) > sum(note.pitch for note in low)


def test_a_varied_motif_keeps_the_rhythm_and_changes_the_shape():
    theme = melody.motif(8, 4, 0.3, random.Random(7))

    other = melody.varied(theme, random.Random(8))

    assert other.onsets == theme.onsets
    assert other.heights != theme.heights

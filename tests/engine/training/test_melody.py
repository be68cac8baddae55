import random
from itertools import pairwise

import pytest

from engine.training import melody
from engine.training.harmony import Key, Mode
from engine.training.melody import Ending

KEY = Key(2, Mode.MAJOR)
SCALE = KEY.scale(55, 72)


@pytest.mark.parametrize("tones", [6, 7, 8])
@pytest.mark.parametrize("beats_per_bar", [3, 4])
def test_rhythms_have_a_tone_per_syllable_and_room_to_breathe(tones, beats_per_bar):
    for seed in range(30):
        theme = melody.motif(tones, beats_per_bar, random.Random(seed))

        assert len(theme.onsets) == len(theme.steps) == tones
        assert list(theme.onsets) == sorted(set(theme.onsets))
        assert theme.onsets[0] == 0
        assert theme.beats - theme.onsets[-1] >= 2


@pytest.mark.parametrize("ending", Ending)
def test_tunes_stay_in_key_and_end_as_asked(ending):
    for seed in range(30):
        theme = melody.motif(7, 4, random.Random(seed))

        notes = melody.sung(theme, SCALE, lambda beat: KEY.chord(4), ending)

        assert all(note.pitch in SCALE for note in notes)
        assert notes[-1].pitch % 12 == KEY.chord(4)[ending.value]


def test_notes_do_not_overlap():
    theme = melody.motif(8, 4, random.Random(5))

    notes = melody.sung(theme, SCALE, lambda beat: KEY.chord(0), Ending.CLOSED)

    assert all(a.end <= b.start for a, b in pairwise(notes))
    assert notes[-1].end < theme.beats


def test_strong_beats_fall_on_chord_tones():
    theme = melody.motif(8, 4, random.Random(6))

    notes = melody.sung(theme, SCALE, lambda beat: KEY.chord(3), Ending.OPEN)

    strong = [note for note in notes if note.start % 2 == 0]
    assert all(note.pitch % 12 in KEY.chord(3) for note in strong)


def test_a_varied_motif_keeps_the_rhythm_and_changes_the_shape():
    theme = melody.motif(8, 4, random.Random(7))

    other = melody.varied(theme, random.Random(8))

    assert other.onsets == theme.onsets
    assert other.steps != theme.steps

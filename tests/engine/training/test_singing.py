import numpy as np
import pytest

from engine.training.composer import compose
from engine.training.score import Note, SungWord
from engine.training.singing import FRAME_S, Phone, pitch_curve, spoken_times

RIVER = (
    Phone("r", 0.0, 0.08),
    Phone("ih", 0.08, 0.14),
    Phone("v", 0.14, 0.2),
    Phone("er", 0.2, 0.36),
)
SUNG_RIVER = SungWord("river", 0.95, 2.0, 0, (Note(1.0, 1.5, 60), Note(1.5, 2.0, 64)))


def test_the_word_runs_from_its_first_sound_to_its_last():
    times = spoken_times(RIVER, SUNG_RIVER, np.array([0.95, 2.0]))

    assert times == pytest.approx([0.0, 0.36])


def test_each_note_is_sung_on_its_own_vowel():
    times = spoken_times(RIVER, SUNG_RIVER, np.array([1.2, 1.8]))

    assert 0.08 <= times[0] <= 0.14
    assert 0.2 <= times[1] <= 0.36


def test_time_never_runs_back_in_any_word():
    moments = np.linspace(0, 80, 4000)

    for word in compose(0).words:
        assert (np.diff(spoken_times(RIVER, word, moments)) >= 0).all()


def test_consonants_give_way_on_a_short_note():
    strange = (Phone("s", 0, 0.2), Phone("t", 0.2, 0.3), Phone("ey", 0.3, 0.4))
    short = SungWord("stay", 0.0, 0.25, 0, (Note(0.05, 0.25, 60),))

    times = spoken_times(strange, short, np.array([0.12, 0.24]))

    assert (times >= 0.3).all()


def test_surplus_vowels_and_surplus_notes_do_no_harm():
    one_note = SungWord("river", 0.0, 1.0, 0, (Note(0.05, 1.0, 60),))
    notes = tuple(Note(0.05 + i, 1.0 + i, 60) for i in range(3))
    three_notes = SungWord("river", 0.0, 3.0, 0, notes)

    for word in (one_note, three_notes):
        times = spoken_times(RIVER, word, np.linspace(word.start, word.end, 50))
        assert (np.diff(times) >= 0).all()
        assert times[-1] == pytest.approx(0.36)


def test_a_word_without_vowels_is_spread_evenly():
    times = spoken_times((Phone("m", 0, 0.2),), SUNG_RIVER, np.array([0.95, 1.475, 2.0]))

    assert times == pytest.approx([0.0, 0.1, 0.2])


def test_voiceless_sounds_have_no_pitch():
    assert not Phone("s", 0, 1).is_voiced
    assert Phone("z", 0, 1).is_voiced
    assert Phone("er", 0, 1).is_vowel


def test_pitch_sits_on_the_note_with_a_little_vibrato():
    times = np.arange(0.95, 2.0, FRAME_S)

    pitch = pitch_curve([SUNG_RIVER], times)

    second = pitch[(times > 1.6) & (times < 1.95)]
    cents = 1200 * np.log2(second / (440 * 2 ** ((64 - 69) / 12)))
    assert np.abs(cents).max() <= 26
    assert np.abs(cents).max() > 5


def test_pitch_glides_between_notes():
    times = np.arange(0.95, 2.0, FRAME_S)

    cents = 1200 * np.log2(pitch_curve([SUNG_RIVER], times))

    assert len(cents) == len(times)
    assert np.abs(np.diff(cents)).max() < 90

import pytest

from engine.training.harmony import Key, Mode, above, chord_name, voiced


@pytest.mark.parametrize("tonic", range(12))
@pytest.mark.parametrize("mode", Mode)
def test_every_chord_of_a_key_is_made_of_its_scale(tonic, mode):
    key = Key(tonic, mode)

    for degree in range(7):
        assert set(key.chord(degree)) <= set(key.classes)


def test_known_chords_have_their_known_tones():
    assert Key(0, Mode.MAJOR).chord(4) == (7, 11, 2)
    assert Key(9, Mode.MINOR).chord(0) == (9, 0, 4)


def test_keys_are_named_by_tonic_and_mode():
    assert Key(3, Mode.MAJOR).name == "Eb major"
    assert Key(9, Mode.MINOR).name == "A minor"


def test_a_scale_stays_within_its_range():
    assert Key(0, Mode.MAJOR).scale(60, 72) == (60, 62, 64, 65, 67, 69, 71, 72)


@pytest.mark.parametrize("lowest", range(40, 53))
def test_voicing_starts_within_an_octave_and_rises(lowest):
    pitches = voiced((0, 4, 7), lowest, 5)

    assert lowest <= pitches[0] < lowest + 12
    assert list(pitches) == sorted(set(pitches))
    assert {pitch % 12 for pitch in pitches} == {0, 4, 7}


def test_above_is_the_first_pitch_of_a_class():
    assert above(0, 60) == 60
    assert above(11, 60) == 71


def test_chords_are_named_as_players_write_them():
    key = Key(0, Mode.MAJOR)

    assert [chord_name(key.chord(degree)) for degree in (0, 1, 4, 6)] == ["C", "Dm", "G", "Bdim"]
    sevenths = [chord_name(key.chord(degree, 4)) for degree in (0, 1, 4, 6)]
    assert sevenths == ["Cmaj7", "Dm7", "G7", "Bm7b5"]


@pytest.mark.parametrize("mode", Mode)
def test_every_chord_of_every_key_has_a_name(mode):
    names = {
        chord_name(Key(tonic, mode).chord(degree, tones))
        for tonic in range(12)
        for degree in range(7)
        for tones in (3, 4)
    }

    assert len(names) == 7 * 12

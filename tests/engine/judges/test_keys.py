"""Notes and keys: what was played is what is heard."""

import numpy as np
import pytest

from engine.judges.keys import chance_of_best_key, in_best_key, in_key
from engine.judges.notes import Transcriber
from tests.engine.judges.sounds import C_MAJOR, noise, tones


@pytest.fixture(scope="module")
def transcriber():
    return Transcriber()


def classes(notes):
    pitches = np.zeros(12)
    for note in notes:
        pitches[note.pitch % 12] += 1
    return pitches


def test_a_scale_is_heard_note_by_note(transcriber):
    notes = transcriber.notes(tones(C_MAJOR))

    assert [note.pitch for note in sorted(notes, key=lambda note: note.start)] == list(C_MAJOR)
    for number, note in enumerate(sorted(notes, key=lambda note: note.start)):
        assert note.start == pytest.approx(number / 2, abs=0.05)


def test_a_scale_lies_in_its_key_and_its_relative_and_in_no_far_one(transcriber):
    pitches = classes(transcriber.notes(tones(C_MAJOR)))

    assert in_key(pitches, "C major") == in_key(pitches, "A minor") == 1
    assert in_key(pitches, "F# major") < 0.4
    assert in_best_key(pitches) == 1


def test_times_go_on_where_windows_of_the_network_meet(transcriber):
    """Now and then a partial is taken for a note; all that was played is there at its time."""
    played = C_MAJOR * 2
    notes = transcriber.notes(tones(played))

    for number, pitch in enumerate(played):
        starts = [note.start for note in notes if note.pitch == pitch]
        assert min(abs(start - number / 2) for start in starts) < 0.03
    assert len(notes) <= len(played) + 3


def test_all_twelve_notes_are_in_no_key():
    assert in_best_key(np.ones(12)) == pytest.approx(7 / 12)
    assert 7 / 12 < chance_of_best_key(500) < chance_of_best_key(30) < 0.8


def test_noise_and_silence_have_no_notes(transcriber):
    assert in_best_key(classes(transcriber.notes(noise(2)))) < 0.85
    assert in_best_key(np.zeros(12)) == 0

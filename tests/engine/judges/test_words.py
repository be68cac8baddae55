"""A recogniser knows spoken words from others."""

import pytest

from engine.audio.files import Channels, read_audio
from engine.judges.words import Listener
from engine.training.tools import run_program
from engine.types import Audio
from tests.engine.judges.sounds import noise

SAID = ("over the hills and far away", "seven green bottles on the table")


@pytest.fixture(scope="module")
def listener():
    return Listener()


@pytest.fixture(scope="module")
def spoken(tmp_path_factory):
    """Each line, spoken by flite."""
    folder = tmp_path_factory.mktemp("spoken")
    sounds: list[Audio] = []
    for number, line in enumerate(SAID):
        file = folder / f"{number}.wav"
        run_program("flite", "-voice", "slt", "-t", line, str(file))
        sounds.append(read_audio(file, 22050, Channels.MONO, 60.0))
    return sounds


def test_what_was_said_goes_better_than_what_was_not(listener, spoken):
    for number, sound in enumerate(spoken):
        mine, other = SAID[number], SAID[1 - number]
        assert listener.preference(sound, mine, [other]) == 1
        assert listener.preference(sound, other, [mine]) == 0


def test_the_same_words_are_a_draw_and_unknown_ones_are_passed_over(listener, spoken):
    assert listener.preference(spoken[0], SAID[0], [SAID[0].upper()]) == 0.5
    assert listener.likeness(spoken[0], f"qzxv {SAID[0]}") == listener.likeness(spoken[0], SAID[0])
    assert listener.likeness(spoken[0], "qzxv") == 0


def test_a_moment_says_nothing(listener):
    assert listener.likeness(noise(0.05), SAID[0]) == 0

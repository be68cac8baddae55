from dataclasses import replace

import numpy as np
import pytest

from engine.training.composer import compose
from engine.training.mixing import CEILING, TARGET_RMS
from engine.training.render import RATE, SOUNDFONT, Studio
from engine.training.tools import ToolError


def test_a_missing_soundfont_is_named_with_advice(tmp_path):
    with pytest.raises(ToolError, match=r"nothing\.sf2.*fluid-soundfont-gm"):
        Studio(tmp_path / "nothing.sf2", tmp_path)


@pytest.fixture(scope="module")
def studio(tmp_path_factory):
    return Studio(SOUNDFONT, tmp_path_factory.mktemp("words"))


@pytest.fixture(scope="module")
def line():
    """The first line of a hymn."""
    song = next(song for song in map(compose, range(10, 200, 12)) if song.words)
    words = [word for word in song.words if word.start < song.words[0].start + 4]
    return replace(song, words=tuple(words), seconds=words[-1].end + 1)


def test_a_song_is_as_long_and_loud_as_it_should_be(studio, line):
    samples = studio.render(line).samples

    assert len(samples) == round(line.seconds * RATE)
    assert np.abs(samples).max() <= CEILING + 1e-6
    loud = samples[np.abs(samples) > 1e-4]
    assert np.sqrt(np.mean(loud**2)) == pytest.approx(TARGET_RMS, rel=0.1)


def test_words_sound_where_the_labels_say(studio, line):
    """The voice alone: nothing before the first word and after the last, sound within each."""
    alone = replace(line, parts=tuple(replace(part, volume=0) for part in line.parts))

    samples = studio.render(alone).samples

    def level(start, end):
        return float(np.sqrt(np.mean(samples[round(start * RATE) : round(end * RATE)] ** 2)))

    quietest = min(level(word.notes[0].start, word.end) for word in line.words)
    assert quietest > 10 * level(0, line.words[0].start - 0.05)
    assert quietest > 10 * level(line.words[-1].end + 0.05, line.seconds)

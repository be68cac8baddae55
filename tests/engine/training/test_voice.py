from itertools import pairwise

import numpy as np
import pytest

from engine.training.composer import compose
from engine.training.score import SungWord
from engine.training.singing import Phone
from engine.training.voice import (
    SpokenWord,
    formants_moved,
    phrases,
    read_phones,
    read_word,
    write_word,
)


def test_phones_start_at_the_first_sound():
    phones, silence_s = read_phones("pau:0.232 r:0.312 ih:0.328 v:0.384 er:0.546 pau:0.715 \n")

    assert silence_s == pytest.approx(0.232)
    assert [phone.name for phone in phones] == ["r", "ih", "v", "er"]
    assert phones[0].start == 0
    assert phones[-1].end == pytest.approx(0.314)
    assert all(a.end == b.start for a, b in pairwise(phones))


def test_a_breath_parts_phrases():
    ends = ((0.0, 0.5), (0.5, 1.0), (1.07, 1.5), (1.59, 2.0), (2.0, 2.2))
    words = [SungWord(name, *stretch, 0, ()) for name, stretch in zip("abcde", ends, strict=True)]

    lines = ["".join(word.text for word in phrase) for phrase in phrases(words)]

    assert lines == ["abc", "de"]
    assert phrases([]) == []


def test_phrases_hold_every_word_once_in_order():
    words = compose(0).words

    found = phrases(words)

    assert tuple(word for phrase in found for word in phrase) == words
    assert 1 < len(found) < len(words)


def test_a_stored_word_comes_back(tmp_path):
    rng = np.random.default_rng(0)
    word = SpokenWord((Phone("m", 0.0, 0.1),), rng.normal(size=(20, 50)), rng.normal(size=(20, 1)))

    write_word(tmp_path / "m.npz", word)
    back = read_word(tmp_path / "m.npz")

    assert back.phones == word.phones
    assert np.allclose(back.envelope, word.envelope, atol=1e-6)
    assert np.allclose(back.aperiodicity, word.aperiodicity, atol=1e-6)


@pytest.mark.parametrize("scale", [0.9, 1.0, 1.1])
def test_formants_move_by_their_scale(scale):
    spectrum = np.exp(-(((np.arange(513) - 200) / 10.0) ** 2))[None] + 1e-6

    moved = formants_moved(spectrum, scale)

    assert moved.shape == spectrum.shape
    assert abs(int(moved[0].argmax()) - 200 * scale) <= 1

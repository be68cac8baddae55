import random

import pytest

from engine.training import words


@pytest.mark.parametrize("syllables", [6, 7, 8, 9])
@pytest.mark.parametrize("stanza", [words.verse, words.chorus])
def test_lines_have_the_wished_number_of_syllables(stanza, syllables):
    lines = stanza(40, syllables, random.Random(1))

    assert [sum(word.syllables for word in line) for line in lines] == [syllables] * 40


def test_lines_end_on_different_words_of_one_rhyme():
    lines = words.verse(40, 7, random.Random(2))

    ends = [line[-1].text for line in lines]
    partners = dict(zip(ends[::2], ends[1::2], strict=True))
    assert all(first != second for first, second in partners.items())
    assert {"night", "day", "sea"} & set(ends)


def test_vocabulary_holds_every_word_that_is_written():
    known = set(words.vocabulary())

    lines = words.verse(200, 8, random.Random(3)) + words.chorus(200, 8, random.Random(4))

    assert {word for line in lines for word in line} <= known


def test_every_word_is_one_pronounceable_token():
    for word in words.vocabulary():
        assert word.text.isascii() and word.text.isalpha()
        assert word.text == "I" or word.text.islower()
        assert 1 <= word.syllables <= 3


def test_no_spelling_is_counted_two_ways():
    spellings = [word.text for word in words.vocabulary()]

    assert len(spellings) == len(set(spellings))
    assert len(spellings) > 200

import random

import pytest

from engine.training import words
from engine.training.lexicon import Word, lexicon
from engine.training.words import Lyricist, Stanza

EVERYDAY = Lyricist(words.everyday())


@pytest.mark.parametrize("syllables", [6, 7, 8, 9, 10])
@pytest.mark.parametrize("kind", Stanza)
def test_lines_have_the_wished_number_of_syllables(kind, syllables):
    for seed in range(10):
        lines = EVERYDAY.stanza(kind, [syllables] * 4, "aabb", random.Random(seed))
        assert [sum(word.syllables for word in line) for line in lines] == [syllables] * 4


@pytest.mark.parametrize("scheme", ["aabb", ".a.a", "abab"])
def test_lines_of_one_letter_end_on_different_words_of_one_rhyme(scheme):
    groups = [{word.text for word in group} for group in lexicon().rhymes]
    for seed in range(20):
        lines = EVERYDAY.stanza(Stanza.VERSE, [8] * 4, scheme, random.Random(seed))
        for letter in set(scheme) - {"."}:
            first, second = (
                line[-1].text for line, own in zip(lines, scheme, strict=True) if own == letter
            )
            assert first != second
            assert any({first, second} <= group for group in groups)


def test_more_than_three_thousand_words_can_be_drawn():
    spellings = {word.text.lower() for word in EVERYDAY.vocabulary()}

    assert len(spellings) > 3000


def test_words_are_drawn_all_over_the_lexicon():
    """Half of all words turn up within 3,000 lines, and some of every kind."""
    rng = random.Random(1)
    drawn = {
        word
        for kind in Stanza
        for _ in range(250)
        for line in EVERYDAY.stanza(kind, [7, 8, 9, 10], "aabb", rng)
        for word in line
    }

    assert drawn <= EVERYDAY.vocabulary()
    assert len({word.text.lower() for word in drawn}) > 1800
    for kind, known in words.everyday().kinds.items():
        assert drawn & set(known), kind


def test_every_word_is_one_pronounceable_token():
    for word in EVERYDAY.vocabulary():
        assert word.text.isascii() and word.text.replace("'", "").isalpha()
        assert word.text[1:].lower() == word.text[1:]
        assert 1 <= word.syllables <= 6


def test_no_spelling_is_counted_two_ways():
    counted = {(word.text.lower(), word.syllables) for word in EVERYDAY.vocabulary()}

    assert len(counted) == len({spelling for spelling, _ in counted})


def test_articles_fit_the_word_that_follows():
    rng = random.Random(2)
    lines = [
        line for _ in range(300) for line in EVERYDAY.stanza(Stanza.VERSE, [8] * 4, "aabb", rng)
    ]
    pairs = [(line[i].text, line[i + 1].text) for line in lines for i in range(len(line) - 1)]

    assert ("an" in {first for first, _ in pairs}) and ("a" in {first for first, _ in pairs})
    assert all(second[0] in "aeiouhAEIO" for first, second in pairs if first == "an")
    assert not any(second[0] in "aeio" for first, second in pairs if first == "a")


def test_held_out_words_are_no_everyday_words():
    everyday = {word for known in words.everyday().kinds.values() for word in known}
    held_out = {word for known in lexicon().kinds.values() for word in known} - everyday

    assert 80 < len(held_out) < 250
    assert all(words.is_held_out(word) for word in held_out)
    assert not any(word in group for group in lexicon().rhymes for word in held_out)
    assert not held_out & EVERYDAY.vocabulary()
    assert held_out <= Lyricist(words.unheard()).vocabulary()


def test_the_word_i_is_written_large():
    assert Word("I", 1) in EVERYDAY.vocabulary()


@pytest.mark.parametrize("syllables", range(6, 11))
@pytest.mark.parametrize("kind", Stanza)
def test_few_words_make_lines_of_every_length_too(kind, syllables):
    """Held-out words are so few that some lengths go with no rhyme."""
    writer = Lyricist(words.unheard())
    for seed in range(20):
        stanza = writer.stanza(kind, (syllables,) * 4, "aabb", random.Random(seed))
        assert all(sum(word.syllables for word in line) == syllables for line in stanza)

import pytest

from engine.training.lexicon import Word, gerund, lexicon, past, plural, third_person
from engine.training.singing import Phone
from engine.training.tools import run_program


@pytest.mark.parametrize(
    ("base", "form"),
    [
        (Word("walk", 1), Word("walks", 1)),
        (Word("dance", 1), Word("dances", 2)),
        (Word("wish", 1), Word("wishes", 2)),
        (Word("carry", 2), Word("carries", 2)),
        (Word("play", 1), Word("plays", 1)),
    ],
)
def test_third_person(base, form):
    assert third_person(base) == form


@pytest.mark.parametrize(
    ("base", "form"),
    [
        (Word("walk", 1), Word("walking", 2)),
        (Word("dance", 1), Word("dancing", 2)),
        (Word("run", 1), Word("running", 2)),
        (Word("see", 1), Word("seeing", 2)),
        (Word("lie", 1), Word("lying", 2)),
        (Word("rain", 1), Word("raining", 2)),
        (Word("open", 2), Word("opening", 3)),
    ],
)
def test_gerund(base, form):
    assert gerund(base) == form


@pytest.mark.parametrize(
    ("base", "form"),
    [
        (Word("walk", 1), Word("walked", 1)),
        (Word("want", 1), Word("wanted", 2)),
        (Word("stop", 1), Word("stopped", 1)),
        (Word("carry", 2), Word("carried", 2)),
        (Word("invite", 2), Word("invited", 3)),
        (Word("sing", 1), Word("sang", 1)),
    ],
)
def test_past(base, form):
    assert past(base, {"sing": Word("sang", 1)}) == form


def test_irregular_plurals_come_first():
    assert plural(Word("foot", 1), {"foot": Word("feet", 1)}) == Word("feet", 1)
    assert plural(Word("fox", 1), {}) == Word("foxes", 2)


def test_all_forms_are_there_for_every_kind():
    kinds = lexicon().kinds

    assert "rivers" in {word.text for word in kinds["natures"]}
    assert "began" in {word.text for word in kinds["went"]}
    assert "forgetting" in {word.text for word in kinds["taking"]}
    for base, forms in (("go", ("goes", "going", "went")), ("take", ("takes", "taking", "took"))):
        assert all(len(kinds[form]) == len(kinds[base]) for form in forms)


def test_no_word_stands_twice_in_a_kind():
    for kind, words in lexicon().kinds.items():
        assert len(words) == len(set(words)), kind


def test_rhymes_have_partners_and_are_told_apart():
    spellings = [word.text for group in lexicon().rhymes for word in group]

    assert all(len(group) > 1 for group in lexicon().rhymes)
    assert len(spellings) == len(set(spellings))


def test_the_singer_sings_as_many_syllables_as_are_counted():
    """Of one word in 40: flite starts anew for each."""
    words = sorted({word for kind in lexicon().kinds.values() for word in kind}, key=str)[::40]

    for word in words:
        printed = run_program("flite", "-voice", "rms", "-ps", "-t", word.text, "-o", "none")
        vowels = [name for name in printed.split() if Phone(name, 0, 1).is_vowel]
        assert len(vowels) == word.syllables, word.text

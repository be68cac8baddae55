import json
from pathlib import Path

import pytest

from engine.errors import TaskError, UnknownNameError
from engine.text.vocabulary import ExactVocabulary, WordVocabulary, closest

GOLDEN = Path(__file__).parents[4] / "shared" / "golden" / "open" / "E_labels" / "cases.json"

EXACT = ExactVocabulary(
    {"unknown": 0, "the beatles": 1, "céline dion": 2, "ac/dc": 3},
    {"unknown": 0, "rock": 1, "country rock": 2, "jazz": 3},
)
WORDS = WordVocabulary(
    {"": 0, "unknown": 0, "the_beatles": 1, "c_line_dion": 2, "r_e_m": 3, "r_e_m_": 4},
    {"unknown": 0, "rock": 8, "country": 11, "n": 27, "roll": 28},
)


def test_exact_names_differ_only_in_capitals():
    assert EXACT.artist_id("Céline DION") == 2
    with pytest.raises(UnknownNameError):
        EXACT.artist_id("Celine Dion")


def test_word_names_are_reduced_to_letters_digits_and_underscores():
    assert WORDS.artist_id("Céline Dion!") == 2
    assert WORDS.artist_id("R.E.M.") == 3


def test_exact_genre_is_one_entry_and_word_genre_several():
    assert EXACT.genre_ids(["Country Rock"], 3) == (2, -1, -1)
    assert WORDS.genre_ids(["Country Rock"], 5) == (11, 8, -1, -1, -1)
    assert WORDS.genre_ids(["Rock 'n' Roll", "country"], 5) == (8, 27, 28, 11, -1)


@pytest.mark.parametrize("vocabulary", [EXACT, WORDS])
@pytest.mark.parametrize("name", ["", "  ", "any", "Any"])
def test_no_name_leaves_the_choice_to_the_model(vocabulary, name):
    assert vocabulary.artist_id(name) == 0
    assert vocabulary.genre_ids([name], 2) == (0, -1)
    assert vocabulary.genre_ids([], 2) == (0, -1)


@pytest.mark.parametrize("name", ["!!!", "😀", "Nobody at all", "x" * 100_000])
@pytest.mark.parametrize("vocabulary", [EXACT, WORDS])
def test_unknown_names_are_never_replaced_silently(vocabulary, name):
    with pytest.raises(UnknownNameError) as artist:
        vocabulary.artist_id(name)
    with pytest.raises(UnknownNameError) as genre:
        vocabulary.genre_ids([name], 5)

    assert (artist.value.kind, genre.value.kind) == ("artist", "genre")
    assert len(str(artist.value)) < 200


@pytest.mark.parametrize(
    ("vocabulary", "wrong", "meant"),
    [(EXACT, "Beatles", "the beatles"), (EXACT, "The Beatels", "the beatles"),
     (WORDS, "beatles", "the beatles"), (EXACT, "Celine Dion", "céline dion")],
)  # fmt: skip
def test_suggestions_start_with_what_was_meant(vocabulary, wrong, meant):
    with pytest.raises(UnknownNameError) as caught:
        vocabulary.artist_id(wrong)

    assert caught.value.suggestions[0] == meant
    assert f"“{meant}”" in str(caught.value)


def test_too_many_genres_are_refused_with_the_limit():
    with pytest.raises(TaskError, match=r"1 genre word at most.*makes 2"):
        EXACT.genre_ids(["rock", "jazz"], 1)


def test_names_that_are_not_known_are_heard_as_any_and_told():
    heard = WORDS.heard("Nobody", ["Country Polka", "rock"], 5)

    assert heard.artist == 0
    assert heard.genres == (11, 0, 8, -1, -1)
    assert heard.unknown == ("Nobody", "polka")
    assert heard.left_out == ()


def test_where_words_are_more_than_slots_unknown_ones_leave_first_and_then_the_last():
    heard = WORDS.heard("", ["Polka Country Rock 'n' Roll"], 3)

    assert heard.genres == (11, 8, 27)
    assert heard.left_out == ("polka", "roll")


@pytest.mark.parametrize("vocabulary", [EXACT, WORDS])
@pytest.mark.parametrize("genres", [[], ["any"], ["rock"], ["Country Rock", "rock"]])
def test_names_that_are_known_are_heard_as_their_numbers(vocabulary, genres):
    heard = vocabulary.heard("The Beatles", genres, 4)

    assert heard.artist == vocabulary.artist_id("The Beatles")
    assert heard.genres == vocabulary.genre_ids(genres, 4)
    assert heard.unknown == heard.left_out == ()


@pytest.mark.parametrize("vocabulary", [EXACT, WORDS])
def test_every_shown_name_can_be_asked_for(vocabulary):
    assert vocabulary.artist_names and vocabulary.genre_names
    for name in vocabulary.artist_names:
        assert vocabulary.artist_id(name) > 0
    for name in vocabulary.genre_names:
        assert vocabulary.genre_ids([name], 5)[0] > 0


def test_names_that_nobody_can_write_are_not_shown():
    assert WORDS.artist_names.count("r e m") == 1


def test_closest_prefers_names_that_contain_the_word():
    names = ["blues rock", "rock", "pock", "folk"]

    assert closest("rock", names)[0] == "rock"
    assert closest("zzzzzzzz", names) == ()


def test_looking_up_equals_the_reference():
    """Golden data: known names get the reference's numbers, unknown ones raise instead of 0."""
    if not GOLDEN.exists():
        pytest.skip(f"the golden data is not at {GOLDEN}")
    golden = json.loads(GOLDEN.read_text())
    lists = golden["id_list_entries_used"]
    kinds = {"v2": WordVocabulary, "v3": ExactVocabulary}
    vocabularies = {
        name: kind(lists[f"{name}_artists"], lists[f"{name}_genres"])
        for name, kind in kinds.items()
    }

    for case in golden["cases"]:
        for name, vocabulary in vocabularies.items():
            asked, expected = case["input"], case[name]
            _same_number(vocabulary, asked["artist"], expected)
            _same_numbers(vocabulary, asked["genre"], expected)


def _same_number(vocabulary, artist, expected):
    known = expected["artist_key"] in vocabulary.artists and expected["artist_key"]
    if known or not artist.strip():
        assert vocabulary.artist_id(artist) == expected["artist_id"]
    else:
        with pytest.raises(UnknownNameError):
            vocabulary.artist_id(artist)


def _same_numbers(vocabulary, genre, expected):
    ids = expected["genre_ids"]
    known = all(word and word in vocabulary.genres for word in expected["genre_words"])
    if known or not genre.strip():
        assert vocabulary.genre_ids([genre], len(ids) + 1) == (*ids, -1)
    else:
        with pytest.raises(UnknownNameError):
            vocabulary.genre_ids([genre], len(ids) + 1)

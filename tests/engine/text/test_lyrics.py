import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.text.lyrics import ALPHABET_V2, ALPHABET_V3

GOLDEN = Path(__file__).parents[4] / "shared" / "golden" / "open" / "E_labels" / "cases.json"
NEWER_UNIDECODE = "lyrics_clean_with_unidecode_1_4_0"


@pytest.mark.parametrize(("alphabet", "size"), [(ALPHABET_V2, 80), (ALPHABET_V3, 79)])
def test_numbers_are_dense_and_start_after_the_empty_one(alphabet, size):
    assert alphabet.size == size
    assert sorted(alphabet.ids.values()) == list(range(1, size))


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("It’s — “so” …", 'It\'s -- "so" ...'),
        ("éàü", "eau"),
        ("one\\two", "one\ntwo"),
        ("one\r\ntwo\t!", "one\ntwo\t!"),
        ("{}<>@#", ""),
        ("你好", "Ni Hao "),
        ("\udcff\ud800x", "x"),
    ],
)
def test_text_is_transliterated_and_the_rest_dropped(text, clean):
    assert ALPHABET_V3.clean(text) == clean


def test_plus_is_sung_by_v2_only():
    assert ALPHABET_V2.clean("1+1") == "1+1"
    assert ALPHABET_V3.clean("1+1") == "11"


def test_cleaning_twice_is_cleaning_once():
    text = "Ünïcödé — “quotes”\\ 你好 😀 \t+\r\n"

    for alphabet in (ALPHABET_V2, ALPHABET_V3):
        assert alphabet.clean(alphabet.clean(text)) == alphabet.clean(text)


def test_lost_names_the_characters_that_leave_nothing():
    text = "a😀b{é—"

    assert ALPHABET_V3.lost(text) == (1, 3)


def test_a_hundred_thousand_characters_are_one_number_each():
    assert len(ALPHABET_V3.encode("la " * 33_334)) == 100_002


def test_encoding_equals_the_reference():
    """Golden data: 72 texts with accents, other scripts, emoji, control characters."""
    if not GOLDEN.exists():
        pytest.skip(f"the golden data is not at {GOLDEN}")
    cases = json.loads(GOLDEN.read_text())

    for case in cases["cases"]:
        expected = {name: case[name] for name in ("v2", "v3")}
        for name, alphabet in (("v2", ALPHABET_V2), ("v3", ALPHABET_V3)):
            assert alphabet.ids == cases["vocab"][name]["symbol_to_id"]
            text = case["input"]["lyrics"]
            if NEWER_UNIDECODE in expected[name]:
                assert alphabet.clean(text) == expected[name][NEWER_UNIDECODE]
                continue
            assert alphabet.clean(text) == expected[name].get(
                "lyrics_clean", expected["v2"]["lyrics_clean"]
            )
            assert len(alphabet.encode(text)) == expected[name]["n_full_tokens"]
            if "full_tokens" in expected[name]:
                assert list(alphabet.encode(text)) == expected[name]["full_tokens"]


@given(st.text())
def test_every_character_read_comes_from_one_that_was_written(text):
    for alphabet in (ALPHABET_V2, ALPHABET_V3):
        origins, lost = alphabet.origins(text), alphabet.lost(text)

        read = "".join(alphabet.clean(text[place]) for place in sorted(set(origins)))
        assert read == alphabet.clean(text)
        assert len(origins) == len(read)
        assert sorted({*origins, *lost}) == list(range(len(text)))


@given(st.text())
def test_numbers_say_what_is_read(text):
    for alphabet in (ALPHABET_V2, ALPHABET_V3):
        assert alphabet.decode((0, 0, *alphabet.encode(text))) == alphabet.clean(text)


@pytest.mark.parametrize("number", [-1, 80, 2127])
def test_a_number_that_stands_for_no_character_is_told(number):
    with pytest.raises(ValueError, match="from 0 to 79"):
        ALPHABET_V2.decode([5, number])

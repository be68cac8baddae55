from dataclasses import replace

import pytest

from engine.catalog.names import (
    HalfKnownName,
    half_known_names,
    level_names,
    listed_artists,
    listed_genres,
)
from engine.catalog.released import released_config
from engine.errors import TaskError, UnknownNameError
from engine.text.vocabulary import ExactVocabulary, WordVocabulary
from engine.types import Level, Prompt, Share

BELOW = WordVocabulary({"unknown": 0, "zac_brown": 1069, "old_hand": 7}, {"country": 11, "rock": 8})
TOP = ExactVocabulary(
    {"zac brown": 7169, "new hand": 5},
    {"country": 507, "country rock": 546, "zouk": 600, "a b c d e f": 3},
)
LEVELS = level_names(released_config("1b_lyrics").priors, (BELOW, BELOW, TOP))


def prompt(artist="", *genres):
    return Prompt(artist, genres, "", 1)


@pytest.mark.parametrize(
    "wish",
    [prompt(), prompt("any", "any"), prompt("Zac Brown", "Country Rock"), prompt("", "Country")],
)
def test_what_every_level_knows_needs_no_word(wish):
    assert half_known_names(wish, LEVELS) == ()


@pytest.mark.parametrize(
    ("wish", "levels", "kind", "unheard"),
    [
        (prompt("New Hand"), (Level.MIDDLE, Level.BOTTOM), "artist", ("New Hand",)),
        (prompt("old hand"), (Level.TOP,), "artist", ("old hand",)),
        (prompt("", "Zouk"), (Level.MIDDLE, Level.BOTTOM), "genre", ("zouk",)),
        (prompt("", "rock"), (Level.TOP,), "genre", ("rock",)),
    ],
)
def test_a_name_that_some_levels_do_not_know_is_told_and_allowed(wish, levels, kind, unheard):
    told = half_known_names(wish, LEVELS)

    name = wish.artist or wish.genres[0]
    assert told == tuple(HalfKnownName(kind, name, level, unheard) for level in levels)
    assert all(name in str(each) and str(each).endswith(".") for each in told)


def test_words_that_lower_levels_do_not_hear_are_told_one_by_one():
    told = half_known_names(prompt("", "A b C d e f"), LEVELS)

    assert {each.level for each in told} == {Level.MIDDLE, Level.BOTTOM}
    assert told[0].unheard == ("a", "b", "c", "d", "e", "f")


@pytest.mark.parametrize(("artist", "genre"), [("New Hant", ""), ("", "Countri Rock")])
def test_a_name_that_no_level_knows_is_a_mistake_with_suggestions_of_the_top(artist, genre):
    with pytest.raises(UnknownNameError) as caught:
        half_known_names(prompt(artist, genre), LEVELS)

    assert caught.value.suggestions[0] in ("new hand", "country rock")


def test_only_the_top_level_limits_how_many_genres_are_asked_for():
    with pytest.raises(TaskError, match=r"1 genre word at most"):
        half_known_names(prompt("", "Country", "Country Rock"), LEVELS)


def test_without_labels_every_name_is_as_good_as_another():
    assert half_known_names(prompt("Whoever", "whatever"), ()) == ()


def test_every_name_of_a_blend_is_looked_up_at_every_level():
    blend = replace(prompt("Zac Brown"), other_artists=(Share("New Hand", 0.25),))

    told = half_known_names(blend, LEVELS)
    below, *_, top = (level.heard(blend).blend for level in LEVELS)

    assert {(each.name, each.level) for each in told} == {
        ("New Hand", Level.MIDDLE),
        ("New Hand", Level.BOTTOM),
    }
    assert top.artists == ((7169, 0.75), (5, 0.25))
    assert below.artists == ((1069, 0.75), (0, 0.25))


def test_a_name_in_a_blend_that_no_level_knows_is_a_mistake():
    blend = replace(prompt("Zac Brown"), other_artists=(Share("New Hant", 0.25),))

    with pytest.raises(UnknownNameError, match="New Hant"):
        half_known_names(blend, LEVELS)


def test_in_a_blend_every_genre_has_the_slots_to_itself():
    blend = Prompt("", ("Country", "Country Rock"), "", 1, genre_shares=(3, 1))

    half_known_names(blend, LEVELS)
    below, *_, top = (level.heard(blend).blend for level in LEVELS)

    assert top.genres == ((507, 0.75), (546, 0.25))
    assert below.genres == ((11, 0.75), (11, 0.25), (8, 0.25))


def test_every_name_that_can_be_asked_for_is_listed_once_with_the_levels_that_lack_it():
    below = (Level.MIDDLE, Level.BOTTOM)

    assert list(listed_artists(LEVELS).items()) == [
        ("new hand", below),
        ("old hand", (Level.TOP,)),
        ("zac brown", ()),
    ]
    assert listed_genres(LEVELS) == {
        "a b c d e f": below,
        "country": (),
        "country rock": (),
        "rock": (Level.TOP,),
        "zouk": below,
    }
    assert listed_artists(()) == {}

from __future__ import annotations

import sys
from types import FrameType
from typing import Any

import pytest

from app.song.names import NameIndex, alias_key, folded
from app.song.taste import Taste
from engine.types import Level
from tests.benchmarks.names import many_names

ARTISTS = NameIndex(
    (
        "Beach House",
        "Bob Marley",
        "Celine Dion",
        "Guns N' Roses",
        "Marlow Finch",
        "Motörhead",
        "Ólafur Arnalds",
        "Simon & Garfunkel",
        "The Beatles",
    )
)
NOTHING = Taste()


def search(typed: str, taste: Taste = NOTHING) -> tuple[str, ...]:
    return ARTISTS.search(typed, taste)


def test_capitals_and_outer_spaces_do_not_matter() -> None:
    assert ARTISTS.same("  the beatles ") == "The Beatles"
    assert ARTISTS.same("ÓLAFUR ARNALDS") == "Ólafur Arnalds"


def test_another_name_is_never_taken_for_the_same() -> None:
    assert ARTISTS.same("The Beatle") is None
    assert ARTISTS.same("") is None


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("beatles", "The Beatles"),
        ("Beatles, The", "The Beatles"),
        ("simon and garfunkel", "Simon & Garfunkel"),
        ("Simon + Garfunkel", "Simon & Garfunkel"),
        ("Céline Dion", "Celine Dion"),
        ("motorhead", "Motörhead"),
        ("olafur  arnalds", "Ólafur Arnalds"),
        ("guns and roses", "Guns N' Roses"),
        ("the bob marley", "Bob Marley"),
        ("beachhouse", "Beach House"),
    ],
)
def test_a_name_is_known_by_its_aliases(typed: str, meant: str) -> None:
    assert ARTISTS.same(typed) is None
    assert ARTISTS.meant(typed) == meant


OWN = (("Fab Four", "the beatles"), ("فيروز", "Celine Dion"), ("ghost", "Nobody"))


def test_a_name_is_found_by_what_somebody_calls_it() -> None:
    mine = ARTISTS.calling(OWN)

    assert mine.meant("fab  four") == "The Beatles" and ARTISTS.meant("fab four") is None
    assert mine.meant("فيروز") == "Celine Dion"
    assert mine.search("fab", NOTHING)[0] == mine.search("four", NOTHING)[0] == "The Beatles"
    assert mine.search("فير", NOTHING) == ("Celine Dion",)
    assert mine.search("bea", NOTHING) == ARTISTS.search("bea", NOTHING)
    assert mine.own("The Beatles") == ("Fab Four",) and mine.own("Bob Marley") == ()


def test_what_stands_for_nothing_in_the_list_hides_no_name() -> None:
    mine = ARTISTS.calling((*OWN, ("the bob marley", "Beach House")))

    assert mine.meant("ghost") is None
    assert mine.meant("bob marley") == "Bob Marley", "the list's own name comes first"


def test_an_alias_of_two_names_is_neither_and_both_are_near() -> None:
    both = NameIndex(("A-Ha", "AHA", "National", "The National"))

    assert both.meant("national") == "National"
    assert both.meant("The National") == "The National"
    assert both.meant("National, The") is None
    assert set(both.near("National, The")) == {"National", "The National"}
    assert both.meant("a ha") == "A-Ha"


def test_a_name_of_articles_and_signs_alone_is_still_a_name() -> None:
    odd = NameIndex(("The The", "!!!", "The"))

    assert odd.meant("the the") == "The The"
    assert odd.meant("the") == "The"
    assert odd.meant("!!!") == "!!!"
    assert odd.meant("???") is None
    assert alias_key("The The") == alias_key("the  THE")


def test_names_that_begin_so_come_before_words_and_these_before_parts() -> None:
    index = NameIndex(("Abba", "Barbara", "Big Bar", "Bar None", "Crowbar", "Rhubarb Bars"))

    assert index.search("bar", NOTHING) == (
        "Bar None",
        "Barbara",
        "Big Bar",
        "Rhubarb Bars",
        "Crowbar",
    )


def test_accents_and_signs_do_not_hide_a_name() -> None:
    assert search("motor") == ("Motörhead",)
    assert search("óla")[0] == "Ólafur Arnalds"
    assert search("simon and g")[0] == "Simon & Garfunkel"


def test_what_is_misspelt_is_found_after_all() -> None:
    assert search("beatels")[0] == "The Beatles"
    assert search("finch marlow")[0] == "Marlow Finch"


def test_favourites_come_first_and_then_those_used_lately() -> None:
    taste = Taste(favourites=("the beatles", "Not of this model"), recent=("Bob Marley",))

    assert search("", taste)[:3] == ("The Beatles", "Bob Marley", "Beach House")
    assert len(search("", taste)) == len(ARTISTS.names)
    assert search("b", taste) == ("The Beatles", "Bob Marley", "Beach House")


def test_a_misspelt_name_finds_its_right_form_first() -> None:
    assert ARTISTS.near("beatels")[0] == "The Beatles"
    assert ARTISTS.near("Bob Marely")[0] == "Bob Marley"


def test_nothing_is_found_for_gibberish() -> None:
    assert ARTISTS.near("qqqzzz") == () and search("qqqzzz") == ()
    assert ARTISTS.near("人工知能") == ()
    assert search("!?") == ()
    assert NameIndex(()).search("a", NOTHING) == NameIndex(()).near("abc") == ()


def test_chance_draws_the_same_for_the_same_seed_and_never_what_is_there() -> None:
    drawn = [ARTISTS.drawn(seed) for seed in range(50)]

    assert drawn == [ARTISTS.drawn(seed) for seed in range(50)]
    assert len(set(drawn)) > 5
    assert all(ARTISTS.drawn(seed, but="Bob Marley") != "Bob Marley" for seed in range(50))
    assert NameIndex(("Solo",)).drawn(1, but="Solo") == ""


@pytest.mark.parametrize("typed", ["b", "ba", "the", "e", "x", "rose river", "zqxwv", "artst 77"])
def test_a_key_costs_the_same_work_among_eight_thousand_names_as_among_eight_hundred(
    typed: str,
) -> None:
    """Counted in lines of Python that run, which no busy machine can change."""
    few, many = NameIndex(many_names(800)), NameIndex(many_names(8000))
    taste = Taste(many.names[10:40], many.names[50:60])

    assert lines_run(many, typed, taste) < 2000
    assert lines_run(many, typed, taste) <= 1.5 * lines_run(few, typed, taste) + 600


def lines_run(index: NameIndex, typed: str, taste: Taste) -> int:
    """How many lines of this project's code a search runs."""
    count = 0

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal count
        if not frame.f_code.co_filename.endswith(("names.py", "taste.py")):
            return None
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        index.search(typed, taste)
    finally:
        sys.settrace(before)
    return count


def test_folding_twice_is_folding_once() -> None:
    for name in (*ARTISTS.names, "Björk & Ko.", "AC/DC", "人工知能"):
        assert folded(folded(name)) == folded(name)


def test_names_to_take_instead_are_known_to_every_level() -> None:
    index = NameIndex(("Ida Moon", "Ida Moor", "Ida Moonwell"), {"Ida Moor": (Level.BOTTOM,)})

    assert index.near_whole("ida moonwell") == ("Ida Moon",)
    assert index.near("ida moonwell")[0] == "Ida Moonwell"

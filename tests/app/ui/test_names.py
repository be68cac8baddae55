from __future__ import annotations

import time

from app.ui import names

ARTISTS = ("Marlow Finch", "The Beatles", "Beach House", "Bob Marley", "Ólafur Arnalds")


def test_capitals_and_outer_spaces_do_not_matter() -> None:
    assert names.same("  the beatles ", ARTISTS) == "The Beatles"
    assert names.same("ÓLAFUR ARNALDS", ARTISTS) == "Ólafur Arnalds"


def test_another_name_is_never_taken_for_the_same() -> None:
    assert names.same("The Beatle", ARTISTS) is None
    assert names.same("", ARTISTS) is None


def test_a_misspelt_name_finds_its_right_form_first() -> None:
    assert names.near("beatels", ARTISTS)[0] == "The Beatles"
    assert names.near("Bob Marely", ARTISTS)[0] == "Bob Marley"


def test_nothing_is_suggested_for_gibberish() -> None:
    assert names.near("qqqzzz", ARTISTS) == ()
    assert names.near("人工知能", ARTISTS) == ()


def test_ten_thousand_names_are_searched_while_one_frame_is_drawn() -> None:
    many = tuple(f"Artist number {n} of the land" for n in range(10_000))
    start = time.process_time()

    names.near("Artst nmber 77", many)

    assert time.process_time() - start < 0.1

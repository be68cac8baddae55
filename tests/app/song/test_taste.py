from __future__ import annotations

from dataclasses import asdict

import pytest

from app.song import taste
from app.song.taste import MOST_RECENT, Taste


def test_a_star_given_twice_is_taken_back() -> None:
    once = Taste().starred("Ada")

    assert once.likes("ADA ") and once.starred("ada") == Taste()


def test_the_latest_names_come_first_and_once() -> None:
    used = Taste(recent=("Bix", "Ada")).used(("ada", "Cora"))

    assert used.recent == ("ada", "Cora", "Bix")


def test_only_so_many_are_remembered() -> None:
    used = Taste()
    for number in range(40):
        used = used.used((f"Name {number}",))

    assert len(used.recent) == MOST_RECENT and used.recent[0] == "Name 39"


def test_what_is_kept_comes_back() -> None:
    liked = Taste(("Ada",), ("Bix", "Ada"), (("countess", "Ada"),))

    assert taste.from_dict(asdict(liked)) == liked


@pytest.mark.parametrize(
    "data",
    [None, 7, [], {"favourites": 3}, {"recent": [1, None, "x" * 999]}, {"aliases": [["one"], 3]}],
)
def test_what_makes_no_sense_is_as_if_never_given(data: object) -> None:
    assert taste.from_dict(data) == Taste()

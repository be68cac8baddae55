from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.text import blends
from engine.types import MAX_BLENDED, Prompt, Share

BLANK = Prompt("", (), "", 100)
NAMES = ("a", "b", "c", "d", "e", "f", "g", "h")


@pytest.mark.parametrize(
    ("text", "names", "weights"),
    [
        ("Ann:2, Bo:1", ("Ann", "Bo"), (2, 1)),
        ("earth, wind & fire:.5,bo:1.5", ("earth, wind & fire", "bo"), (0.5, 1.5)),
    ],
)
def test_names_with_weights_are_a_blend(
    text: str, names: tuple[str, ...], weights: tuple[float, ...]
) -> None:
    shares = blends.parsed(text)

    assert tuple(share.name for share in shares) == names
    assert tuple(share.weight for share in shares) == weights


@pytest.mark.parametrize("text", ["", "Ann", "Ann, Bo", "blink:182", "Ann:2, Bo", "12:51, x"])
def test_what_is_no_blend_of_two_names_is_left_alone(text: str) -> None:
    assert blends.parsed(text) == ()


@pytest.mark.parametrize("weight", [1, 7.5])
def test_one_name_alone_is_that_name_whatever_it_weighs(weight: float) -> None:
    assert blends.with_artists(BLANK, [Share("Ann", weight)]) == Prompt("Ann", (), "", 100)
    assert blends.with_genres(BLANK, [Share("folk", weight)]) == Prompt("", ("folk",), "", 100)


@given(weights=st.lists(st.floats(0.01, 100), min_size=2, max_size=MAX_BLENDED))
def test_shares_make_the_whole_and_keep_their_proportions(weights: list[float]) -> None:
    asked = [Share(name, weight) for name, weight in zip(NAMES, weights, strict=False)]

    artists = blends.with_artists(BLANK, asked).artists
    genres = blends.parts_of_genres(blends.with_genres(BLANK, asked))

    for shares in (artists, genres):
        assert sum(share.weight for share in shares) == pytest.approx(1)
        for share, wanted in zip(shares, asked, strict=True):
            assert share.name == wanted.name
            assert share.weight / shares[0].weight == pytest.approx(wanted.weight / weights[0])


@given(weights=st.lists(st.floats(0.01, 100), min_size=2, max_size=MAX_BLENDED))
def test_a_blend_made_anew_of_its_own_fields_is_the_same(weights: list[float]) -> None:
    asked = [Share(name, weight) for name, weight in zip(NAMES, weights, strict=False)]
    once = blends.with_genres(blends.with_artists(BLANK, asked), asked)

    again = Prompt(once.artist, once.genres, once.lyrics, once.song_length, once.other_artists,
                   once.genre_shares)  # fmt: skip

    assert again == once


def test_the_words_for_a_blend_are_percentages() -> None:
    assert blends.worded(blends.parsed("Ann:3, Bo:1")) == "Ann 75%, Bo 25%"
    assert blends.worded((Share("Ann", 1),)) == "Ann"

    together = Prompt("", ("folk", "rock"), "", 1)
    assert blends.genre_words(together) == "folk, rock"
    assert blends.genre_words(blends.with_genres(together, blends.parsed("folk:3, rock:1"))) == (
        "folk 75%, rock 25%"
    )


@pytest.mark.parametrize(
    "change",
    [
        {"other_artists": (Share("Ann", 0.5),)},
        {"other_artists": (Share("Bo", 0.5), Share("bo", 0.2))},
        {"other_artists": (Share("Bo", 1.0),)},
        {"other_artists": tuple(Share(name, 0.01) for name in NAMES)},
        {"genre_shares": (0.5,)},
        {"genre_shares": (0.5, -0.5)},
        {"genre_shares": (0.5, float("nan"))},
    ],
)
def test_a_blend_that_makes_no_sense_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"\."):
        Prompt("Ann", ("folk", "rock"), "", 100, **change)  # type: ignore[arg-type]


@given(
    weights=st.lists(st.floats(0.01, 100), min_size=2, max_size=MAX_BLENDED),
    place=st.integers(0, 1),
    part=st.floats(0.005, 0.995),
)
def test_one_part_moved_leaves_the_others_in_proportion(
    weights: list[float], place: int, part: float
) -> None:
    before = [Share(name, weight) for name, weight in zip(NAMES, weights, strict=False)]

    after = blends.with_part(before, place, part)

    assert after[place].weight == part
    assert sum(share.weight for share in after) == pytest.approx(1)
    others = [at for at in range(len(before)) if at != place]
    for at in others:
        ratio = before[at].weight / before[others[0]].weight
        assert after[at].weight / after[others[0]].weight == pytest.approx(ratio)
    assert blends.with_artists(BLANK, after).artists[place].weight == pytest.approx(part)


def test_one_more_gets_as_much_as_one_gets_on_average() -> None:
    more = blends.with_another([Share("a", 6), Share("b", 2)], "c")

    assert [share.name for share in more] == ["a", "b", "c"]
    assert [share.weight for share in more] == pytest.approx([1 / 2, 1 / 6, 1 / 3])

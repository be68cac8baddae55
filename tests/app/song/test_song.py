from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from app.song.song import NO_MODEL, Quality, Settings, Song, TakeId, blank_song
from engine.types import Level, Span
from tests.app.kit import PROMPT, SPEC, song, take


def test_qualities_build_on_each_other() -> None:
    for coarser, finer in ((Quality.DRAFT, Quality.MID), (Quality.MID, Quality.FULL)):
        assert finer.levels[:-1] == coarser.levels
    assert [quality.finest for quality in Quality] == [Level.TOP, Level.MIDDLE, Level.BOTTOM]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"seconds": 0}, "above 0"),
        ({"seconds": float("nan")}, "above 0"),
        ({"seconds": 601}, "at most 600"),
        ({"takes": 0}, "1 to 64"),
        ({"seed": -1}, "seed"),
        ({"temperature": 11}, "up to 10"),
    ],
)
def test_settings_say_what_is_allowed(change: dict[str, float], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        replace(Settings(), **change)


def test_a_song_refuses_takes_that_are_no_tree() -> None:
    root = take("a", 0, 2)
    child = take("b", 2, 3, parent=root.id)

    assert song(root, child).take(child.id) == child
    for wrong in ((child, root), (root, root)):
        with pytest.raises(ValueError, match=r"departs|Two takes"):
            song(*wrong)
    with pytest.raises(ValueError, match="not in the song"):
        replace(song(root), current=TakeId("0" * 32))


def test_a_take_refuses_what_cannot_be() -> None:
    with pytest.raises(ValueError, match="cannot hold"):
        take("a", 0, 2, length=1)
    with pytest.raises(ValueError, match="begins the song"):
        take("a", 1, 2)
    with pytest.raises(ValueError, match="time zone"):
        take("a", 0, 2, made=datetime(2026, 1, 1))
    with pytest.raises(ValueError, match="one level"):
        take("a", 0, 2, levels=())


def test_a_blank_song_suits_its_model() -> None:
    for spec in (SPEC, NO_MODEL, replace(SPEC, min_song_length=90 * SPEC.sample_rate)):
        length = blank_song(spec).prompt.song_length

        assert spec.min_song_length <= length < spec.max_song_length


def test_songs_are_equal_by_value() -> None:
    assert song(take("a", 0, 2)) == song(take("a", 0, 2))
    assert Song("", SPEC.id, PROMPT) != Song("x", SPEC.id, PROMPT)
    assert take("a", 0, 2) != take("a", 0, 3)
    assert Span(0, 1) == Span(0, 1)

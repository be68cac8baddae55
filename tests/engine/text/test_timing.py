import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.text.timing import SungWord, lrc, srt, sung_lines, sung_words

LYRICS = "Over the hills\n\n and far away,\nlittle drum"


def words(places, weights=None, lyrics=LYRICS, start_s=0.0):
    weights = np.ones(len(places)) if weights is None else np.array(weights, float)
    return sung_words(lyrics, np.array(places, int), weights, start_s, 0.1)


def test_words_are_sung_from_their_first_code_to_the_end_of_their_last():
    assert words([0, 1, 1, 3, 5, 5, -1, 9], start_s=10) == (
        SungWord("Over", 0, 10.0, 10.4),
        SungWord("the", 5, 10.4, pytest.approx(10.6)),
        SungWord("hills", 9, pytest.approx(10.7), pytest.approx(10.8)),
    )


def test_a_stray_look_back_or_ahead_changes_nothing():
    straight = words([0, 1, 2, 5, 6, 9, 10])
    stray = words([0, 1, 40, 5, 6, 0, 10])

    assert [word.text for word in stray] == [word.text for word in straight]


def test_the_heavier_way_is_taken():
    light = words([21, 0, 5], [0.9, 0.1, 0.1])
    heavy = words([21, 0, 5], [0.1, 0.9, 0.9])

    assert [word.text for word in light] == ["far"]
    assert [word.text for word in heavy] == ["Over", "the"]


@given(
    st.lists(st.tuples(st.integers(-1, len(LYRICS) - 1), st.floats(0, 1)), max_size=60),
    st.floats(0, 1000),
)
def test_words_come_in_order_each_once_and_time_never_runs_backwards(looks, start_s):
    places, weights = [place for place, _ in looks], [weight for _, weight in looks]

    sung = words(places, weights, start_s=start_s)

    assert sorted({word.place for word in sung}) == [word.place for word in sung]
    for word in sung:
        assert LYRICS[word.place :].startswith(word.text)
        assert start_s <= word.start_s < word.end_s <= start_s + 0.1 * len(looks) + 1e-6
    ends = [time for word in sung for time in (word.start_s, word.end_s - 0.1)]
    assert ends == pytest.approx(sorted(ends))


@pytest.mark.parametrize("places", [[], [-1, -1], [4, 4]])
def test_where_no_word_is_looked_at_none_is_sung(places):
    assert words(places) == ()
    assert sung_lines(LYRICS, ()) == ()
    assert lrc(()) == srt(()) == ""


def test_lines_are_those_of_which_a_word_is_sung():
    lines = sung_lines(LYRICS, words([0, 9, 32, 39], lyrics=LYRICS))

    assert [line.text for line in lines] == ["Over the hills", "little drum"]
    assert [[word.text for word in line.words] for line in lines] == [
        ["Over", "hills"],
        ["little", "drum"],
    ]


def test_lrc_has_a_line_each_with_minutes_seconds_and_hundredths():
    lines = sung_lines(LYRICS, words([0, 5, 32], start_s=3599.999))

    assert lrc(lines) == "[60:00.00]Over the hills\n[60:00.20]little drum\n"


def test_srt_shows_each_line_until_it_is_sung_but_never_two_at_once():
    lines = sung_lines(LYRICS, words([0, 0, 0, 32], start_s=3600.25))

    assert srt(lines) == (
        "1\n01:00:00,250 --> 01:00:00,550\nOver the hills\n\n"
        "2\n01:00:00,550 --> 01:00:01,050\nlittle drum\n"
    )


@given(st.lists(st.integers(0, len(LYRICS) - 1), min_size=1, max_size=40))
def test_subtitles_never_overlap(places):
    text = srt(sung_lines(LYRICS, words(places)))

    times = re.findall(r"(\S+) --> (\S+)", text)
    flat = [moment for pair in times for moment in pair]
    assert flat == sorted(flat)

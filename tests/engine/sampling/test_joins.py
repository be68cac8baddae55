"""Joining lays every code once, each from one of the windows, where they agree best."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.sampling.joins import Joiner, best_join
from engine.sampling.plan import overlapping_windows

VECTORS = np.random.default_rng(0).standard_normal((60_000, 2)).astype(np.float32)


@given(st.data())
def test_every_code_of_the_span_comes_once_and_from_a_window_that_drew_it(data):
    context = data.draw(st.integers(4, 30))
    overlap = data.draw(st.integers(1, context // 2))
    start = data.draw(st.integers(0, 40))
    end = start + data.draw(st.integers(1, 120))
    windows = overlapping_windows(0, start, end, context, context // 2, overlap)
    drawn = [
        np.arange(w.first_drawn, w.end)[None] + 200 * number + np.array([[0], [30_000]])
        for number, w in enumerate(windows)
    ]
    joiner = Joiner(VECTORS, overlap, end)

    settled = []
    for window, codes in zip(windows, drawn, strict=True):
        for count in sorted({*data.draw(st.sets(st.integers(1, 30))), codes.shape[1]}):
            settled.append(joiner.add(window, codes[:, :count]))

    whole = np.concatenate(settled, axis=1)
    assert whole.shape == (2, end - start)
    for take, codes in enumerate(whole):
        places = np.arange(start, end)
        sources, rest = np.divmod(codes.astype(int) - 30_000 * take - places, 200)
        assert not rest.any()
        assert (np.diff(sources) >= 0).all()
        for number, window in enumerate(windows):
            mine = places[sources == number]
            assert ((mine >= window.fresh) & (mine < window.end)).all()
    assert joiner.rest().shape[1] == 0


@given(st.data())
def test_what_is_held_back_when_all_ends_early_follows_what_was_given(data):
    windows = overlapping_windows(0, 0, 100, 20, 10, 5)
    joiner, given_so_far = Joiner(VECTORS, 5, 100), 0
    last = data.draw(st.integers(0, len(windows) - 1))
    for number, window in enumerate(windows[: last + 1]):
        codes = np.arange(window.first_drawn, window.end)[None]
        count = data.draw(st.integers(1, codes.shape[1])) if number == last else codes.shape[1]
        given_so_far += joiner.add(window, codes[:, :count]).shape[1]

    rest = joiner.rest()[0]

    assert rest.tolist() == list(range(given_so_far, given_so_far + len(rest)))


@pytest.mark.parametrize("place", [6, 20, 31])
def test_the_join_lies_where_both_agree(place):
    before, after = np.random.default_rng(place).standard_normal((2, 40, 3))
    after[place - 4 : place + 4] = before[place - 4 : place + 4]

    assert best_join(before, after, least=4) == place


def test_versions_that_agree_everywhere_are_joined_as_late_as_possible():
    same = np.ones((12, 2))

    assert best_join(same, same, least=3) == 12


def test_a_window_that_has_not_warmed_up_is_not_joined():
    before, after = np.random.default_rng(0).standard_normal((2, 40, 3))
    after[:8] = before[:8]

    assert best_join(before, after, least=10) >= 10

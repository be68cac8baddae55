from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.song.snapping import Snap, Snapper, quiet_moment
from engine.types import Span

RATE, GRID, LENGTH = 22_050, 256, 40 * 256
BEATS = (1000, 3000, 5000, 7000)


def snapper(snap: Snap) -> Snapper:
    time_s = np.arange(LENGTH) / RATE
    sound = (np.sin(2 * np.pi * 440 * time_s) * (1.1 + np.sin(2 * np.pi * 4 * time_s))).astype(
        np.float32
    )
    return Snapper(snap, LENGTH, GRID, RATE, sound, BEATS)


@pytest.mark.parametrize(
    ("snap", "moment", "near"),
    [
        (Snap.FREE, 1234, 1234),
        (Snap.GRID, 1234, 5 * GRID),
        (Snap.GRID, LENGTH - 1, LENGTH),
        (Snap.BEAT, 1900, 1000),
        (Snap.BEAT, 2100, 3000),
        (Snap.BEAT, 300, 0),
        (Snap.BEAT, LENGTH - 9, LENGTH),
    ],
)
def test_the_nearest_moment_is_taken(snap: Snap, moment: int, near: int) -> None:
    assert snapper(snap).near(moment) == near


def test_zero_is_where_the_sound_is_quiet_and_crosses_zero() -> None:
    sound = snapper(Snap.ZERO).samples
    for moment in range(2000, LENGTH - 2000, 777):
        quiet = quiet_moment(sound, moment, RATE)

        assert abs(quiet - moment) <= 0.06 * RATE
        assert sound[quiet - 1] * sound[quiet] <= 0
        here = np.square(sound[quiet - 55 : quiet + 55]).sum()
        around = [
            np.square(sound[at - 55 : at + 55]).sum()
            for at in range(moment - 1200, moment + 1200, 100)
        ]
        assert here <= 1.3 * min(around)


def test_silence_leaves_a_moment_where_it_is() -> None:
    assert quiet_moment(np.zeros(LENGTH, np.float32), 500, RATE) == 500
    assert quiet_moment(np.zeros(0, np.float32), 0, RATE) == 0


def test_only_the_edge_that_was_dragged_is_drawn() -> None:
    before = Span(1111, 4000)

    assert snapper(Snap.BEAT).snapped(Span(1111, 4600), before) == Span(1111, 5000)
    assert snapper(Snap.BEAT).snapped(Span(1111, 4600), None) == Span(1000, 5000)


@pytest.mark.parametrize("snap", [Snap.BEAT, Snap.GRID, Snap.ZERO])
def test_each_step_of_a_key_moves_an_edge_on(snap: Snap) -> None:
    selection, seen = Span(0, 1000), [1000]
    while seen[-1] < LENGTH - 2700:
        selection = snapper(snap).stepped(Span(0, selection.end + 10), selection)
        assert selection.start == 0 and selection.end > seen[-1]
        seen.append(selection.end)
    selection = snapper(snap).stepped(Span(0, selection.end - 10), selection)
    assert selection.end < seen[-1]


@given(st.sampled_from(Snap), st.integers(0, LENGTH))
def test_what_was_drawn_stays(snap: Snap, moment: int) -> None:
    drawn = snapper(snap).near(moment)

    assert 0 <= drawn <= LENGTH
    if snap is not Snap.ZERO:
        assert snapper(snap).near(drawn) == drawn

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.song import tasks
from app.song.errors import OrderError
from app.song.song import Origin, Song
from app.song.stereo import sides_of, spread
from engine.types import NO_CODE, Codes, Level, Span
from tests.app.kit import GRID, SPEC, codes_like, song, take

DRAFT = take("a", 0, 8, levels=(Level.TOP,), name="Verse")
RANDOM = np.random.default_rng(4)
CENTRE, LEFT, RIGHT = (RANDOM.uniform(-0.9, 0.9, 500).astype(np.float32) for _ in range(3))


def draft_codes(units: int = 8) -> Codes:
    empty = np.empty(0, np.uint16)
    return Codes((empty, empty, codes_like(0, units, Level.TOP)))


def rendered() -> Song:
    """A draft with its three upsamplings, the last of them current."""
    order = tasks.in_stereo(song(DRAFT), SPEC, draft_codes(), seed=3)
    return replace(song(DRAFT, *order.takes), current=order.takes[2].id)


def test_three_takes_upsample_the_same_draft_by_one_seed() -> None:
    order = tasks.in_stereo(song(DRAFT), SPEC, draft_codes(), seed=3)

    assert order.task.levels == (Level.MIDDLE, Level.BOTTOM)
    assert order.task.span == Span(0, 8 * GRID)
    assert (order.task.settings.seed, order.task.settings.variations) == (3, 3)
    assert [each.variation for each in order.takes] == [0, 1, 2]
    assert [each.name for each in order.takes] == [
        "Verse · centre", "Verse · left", "Verse · right",
    ]  # fmt: skip
    assert {(each.parent, each.origin) for each in order.takes} == {(DRAFT.id, Origin.RENDERED)}


def test_a_recording_before_what_was_composed_is_left_alone() -> None:
    given = take("a", 0, 8, origin=Origin.IMPORTED, settings=None)
    onward = take("b", 4, 12, parent=given.id, origin=Origin.CONTINUED)

    order = tasks.in_stereo(song(given, onward), SPEC, draft_codes(12), seed=3)

    assert order.task.span == Span(4 * GRID, 12 * GRID)


@pytest.mark.parametrize("nothing", [
    Song("Tune", SPEC.id, DRAFT.prompt),
    song(take("a", 0, 8, origin=Origin.IMPORTED, settings=None)),
])  # fmt: skip
def test_where_nothing_was_composed_there_is_nothing_to_render(nothing: Song) -> None:
    codes = draft_codes(8 if nothing.takes else 0)

    with pytest.raises(OrderError, match="nothing composed"):
        tasks.in_stereo(nothing, SPEC, codes, seed=3)


def test_each_of_the_three_finds_the_others_in_their_places() -> None:
    three = rendered()
    _, centre, left, right = (each.id for each in three.takes)

    assert {sides_of(three, each) for each in (centre, left, right)} == {(centre, left, right)}
    assert sides_of(three, DRAFT.id) is None


def test_without_one_of_them_or_of_another_draw_there_is_no_stereo() -> None:
    three = rendered()
    draft, centre, left, right = three.takes
    other = replace(right, settings=replace(right.settings, seed=4))

    assert sides_of(song(draft, centre, left), left.id) is None
    assert sides_of(song(draft, centre, left, other), left.id) is None
    alone = take("b", 0, 8, parent=draft.id, origin=Origin.RENDERED)
    assert sides_of(song(draft, alone), alone.id) is None


def test_no_width_is_the_middle_in_both_channels_sample_for_sample() -> None:
    flat = spread(CENTRE, LEFT, RIGHT, 0)

    assert flat.shape == (500, 2) and flat.dtype == np.float32
    assert np.array_equal(flat[:, 0], CENTRE) and np.array_equal(flat[:, 1], CENTRE)


@given(width=st.floats(0, 1))
def test_no_peak_grows_and_sides_differ_by_the_width(width: float) -> None:
    wide = spread(CENTRE, LEFT, RIGHT, width)

    assert np.abs(wide).max() <= max(np.abs(each).max() for each in (CENTRE, LEFT, RIGHT)) + 1e-6
    apart = np.float32(width) * (LEFT - RIGHT) / np.float32(1 + width)
    assert np.allclose(wide[:, 0] - wide[:, 1], apart, atol=1e-6)


@given(width=st.floats(0, 1), alike=st.floats(0, 1))
def test_in_mono_nothing_cancels(width: float, alike: float) -> None:
    """Upsamplings of one draft agree in part; the worst case is that they agree in nothing."""
    middle, left, right = (alike * CENTRE + (1 - alike) * side for side in (CENTRE, LEFT, RIGHT))

    mono = spread(middle, left, right, width).mean(axis=1)

    # Noises that agree in nothing, added with these weights, keep this much of their power.
    least = (1 + width**2 / 2) / (1 + width) ** 2
    quietest = min((each**2).mean() for each in (middle, left, right))
    assert (mono**2).mean() >= 0.85 * least * quietest


def test_holes_in_the_draft_end_what_is_rendered() -> None:
    top = codes_like(0, 8, Level.TOP)
    top[5 * GRID // SPEC.hop(Level.TOP) :] = NO_CODE
    empty = np.empty(0, np.uint16)

    order = tasks.in_stereo(song(DRAFT), SPEC, Codes((empty, empty, top)), seed=3)

    assert order.task.span == Span(0, 5 * GRID)

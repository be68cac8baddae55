from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ui.timeline.viewport import SMALLEST_VIEW, Viewport
from engine.types import Span

LENGTH = 1_000_000


@st.composite
def viewports(draw: st.DrawFn) -> Viewport:
    whole = Viewport.fitting(draw(st.integers(SMALLEST_VIEW, 10**8)), draw(st.integers(1, 4000)))
    anchor = draw(st.floats(0, 1)) * whole.width
    return whole.zoomed(draw(st.floats(1, 1000)), anchor)


def on_timeline(view: Viewport) -> bool:
    return view.start >= -1e-6 and view.end <= view.length * (1 + 1e-9)


@given(viewports(), st.floats(0.01, 100), st.floats(0, 1), st.floats(-1e8, 1e8))
def test_no_gesture_leaves_the_timeline(
    view: Viewport, factor: float, place: float, distance: float
) -> None:
    for moved in (view.zoomed(factor, place * view.width), view.scrolled(distance)):
        assert on_timeline(moved)
        assert moved.visible >= SMALLEST_VIEW


@given(viewports(), st.floats(0, 1))
def test_a_pixel_and_its_moment_belong_together(view: Viewport, place: float) -> None:
    x = place * view.width

    assert view.x_of(view.sample_at(x)) == pytest.approx(x, abs=1 / view.per_pixel + 1e-6)


def test_zooming_keeps_the_moment_under_the_pointer() -> None:
    view = Viewport.fitting(LENGTH, 1000)

    closer = view.zoomed(4, 300)

    assert closer.visible == LENGTH / 4
    assert closer.sample_at(300) == view.sample_at(300)


def test_showing_a_span_puts_all_of_it_on_screen() -> None:
    span = Span(200_000, 300_000)

    view = Viewport.fitting(LENGTH, 1000).showing(span)

    assert view.start < span.start and span.end < view.end
    assert view.visible == pytest.approx(span.length * 1.1)


def test_the_page_turns_when_the_playhead_leaves() -> None:
    view = Viewport.fitting(LENGTH, 1000).zoomed(10, 0)

    assert view.following(50_000) == view
    assert view.following(150_000).start == pytest.approx(145_000)


def test_a_fitted_view_stays_fitted_as_the_song_grows() -> None:
    view = Viewport.fitting(LENGTH, 1000).lengthened(2 * LENGTH)

    assert view.fits and view.length == 2 * LENGTH


def test_a_closer_view_stays_where_it_is_as_the_song_grows() -> None:
    view = Viewport.fitting(LENGTH, 1000).zoomed(10, 500)

    longer = view.lengthened(2 * LENGTH)

    assert (longer.start, longer.visible) == (view.start, view.visible)

from __future__ import annotations

from app.ui.timeline import gestures
from app.ui.timeline.gestures import Edge
from app.ui.timeline.viewport import Viewport
from engine.types import Span

VIEW = Viewport.fitting(100_000, 1000)
SELECTION = Span(20_000, 60_000)


def test_a_drag_selects_in_either_direction() -> None:
    drag = gestures.pressed(300, None, VIEW)

    assert drag.span_at(500, VIEW) == Span(30_000, 50_000)
    assert drag.span_at(100, VIEW) == Span(10_000, 30_000)


def test_an_edge_can_be_grabbed_within_six_pixels() -> None:
    assert gestures.edge_at(206, SELECTION, VIEW) is Edge.START
    assert gestures.edge_at(595, SELECTION, VIEW) is Edge.END
    assert gestures.edge_at(207, SELECTION, VIEW) is None
    assert gestures.edge_at(200, None, VIEW) is None


def test_dragging_an_edge_leaves_the_other_one() -> None:
    drag = gestures.pressed(601, SELECTION, VIEW)

    assert drag.span_at(800, VIEW) == Span(20_000, 80_000)
    assert drag.span_at(100, VIEW) == Span(10_000, 20_000)


def test_a_drag_of_three_pixels_is_a_click_but_not_at_an_edge() -> None:
    assert gestures.pressed(300, SELECTION, VIEW).is_click(303)
    assert not gestures.pressed(300, SELECTION, VIEW).is_click(304)
    assert not gestures.pressed(200, SELECTION, VIEW).is_click(201)


def test_shift_moves_the_nearer_edge() -> None:
    assert gestures.extended(100, SELECTION, 0, VIEW).span_at(100, VIEW) == Span(10_000, 60_000)
    assert gestures.extended(700, SELECTION, 0, VIEW).span_at(700, VIEW) == Span(20_000, 70_000)


def test_shift_without_a_selection_reaches_out_from_the_playhead() -> None:
    assert gestures.extended(500, None, 40_000, VIEW).span_at(500, VIEW) == Span(40_000, 50_000)


def test_an_edge_moved_past_the_other_leaves_nothing() -> None:
    assert gestures.moved_edge(SELECTION, Edge.END, -40_000, 100_000) is None
    assert gestures.moved_edge(SELECTION, Edge.START, 50_000, 100_000) is None


def test_a_moved_edge_stays_on_the_timeline() -> None:
    assert gestures.moved_edge(SELECTION, Edge.END, 90_000, 100_000) == Span(20_000, 100_000)
    assert gestures.moved_edge(SELECTION, Edge.START, -90_000, 100_000) == Span(0, 60_000)

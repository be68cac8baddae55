from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.ui import theme
from app.ui.timeline.items import RIBBON_PX
from app.ui.timeline.ruler import RULER_PX
from app.ui.timeline.view import Timeline
from engine.types import Level, Span

RATE = 1000
LENGTH = 60 * RATE
MIDDLE = Qt.KeyboardModifier.NoModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


class Loud:
    """A sound that fills the whole height everywhere."""

    def columns(
        self, start: int, end: int, width: int
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        return -np.ones(width, np.float32), np.ones(width, np.float32)


class Soft(Loud):
    """A sound that fills half of the height everywhere."""

    def columns(
        self, start: int, end: int, width: int
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        lows, highs = super().columns(start, end, width)
        half = np.float32(0.5)
        return lows * half, highs * half


@pytest.fixture
def timeline(qtbot: QtBot, qapp: QApplication) -> Iterator[Timeline]:
    theme.apply(qapp, theme.DARK)
    window = QWidget()
    widget = Timeline(RATE, window)
    qtbot.addWidget(window)
    window.resize(600, 240)
    widget.resize(600, 240)
    window.show()
    qtbot.waitExposed(window)
    widget.show_take(Loud(), ((Span(0, LENGTH // 2), Level.TOP),), LENGTH)
    for asked in (widget.selection_asked, widget.selection_dragged, widget.selection_stepped):
        asked.connect(widget.show_selection)
    yield widget


def drag(timeline: Timeline, start: int, end: int, y: int = 120) -> None:
    """Press, walk and release with the left button; x in pixels."""
    canvas, button = timeline.viewport(), Qt.MouseButton.LeftButton
    QTest.mousePress(canvas, button, MIDDLE, QPoint(start, y))
    QTest.mouseMove(canvas, QPoint((start + end) // 2, y))
    QTest.mouseMove(canvas, QPoint(end, y))
    QTest.mouseRelease(canvas, button, MIDDLE, QPoint(end, y))


def wheel(timeline: Timeline, x: int, notches: int, keys: Qt.KeyboardModifier = MIDDLE) -> None:
    at = QPointF(x, 120)
    event = QWheelEvent(
        at,
        at,
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        keys,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(timeline.viewport(), event)


def test_the_whole_take_is_on_screen_at_first(timeline: Timeline) -> None:
    assert timeline.view.fits
    assert timeline.view.width == 600


def test_what_is_made_lower_shows_all_of_the_waveform(timeline: Timeline) -> None:
    timeline.show_take(Soft(), ((Span(0, LENGTH), Level.TOP),), LENGTH)
    timeline.viewport().grab()

    timeline.resize(600, 160)
    QApplication.processEvents()

    picture, bottom = timeline.viewport().grab().toImage(), 160 - RIBBON_PX
    colours = [picture.pixelColor(100, y) for y in range(RULER_PX, bottom)]
    drawn = [y for y, each in enumerate(colours) if each == QColor(theme.DARK.draft)]
    assert len(drawn) == pytest.approx(len(colours) / 2, abs=2)
    assert drawn[0] == pytest.approx(len(colours) - 1 - drawn[-1], abs=2), "it is in the middle"


def test_a_drag_selects_what_it_covers(timeline: Timeline) -> None:
    drag(timeline, 100, 300)

    assert timeline.selection == Span(10 * RATE, 30 * RATE)


def test_dragging_an_edge_moves_it(timeline: Timeline) -> None:
    drag(timeline, 100, 300)

    drag(timeline, 301, 400)

    assert timeline.selection == Span(10 * RATE, 40 * RATE)


def test_a_click_clears_the_selection_and_points(timeline: Timeline, qtbot: QtBot) -> None:
    drag(timeline, 100, 300)

    with qtbot.waitSignal(timeline.seek_asked) as asked:
        QTest.mouseClick(timeline.viewport(), Qt.MouseButton.LeftButton, MIDDLE, QPoint(450, 120))

    assert asked.args == [45 * RATE]
    assert timeline.selection is None


def test_a_click_in_the_ruler_points_and_keeps_the_selection(
    timeline: Timeline, qtbot: QtBot
) -> None:
    drag(timeline, 100, 300)

    with qtbot.waitSignal(timeline.seek_asked) as asked:
        QTest.mouseClick(
            timeline.viewport(), Qt.MouseButton.LeftButton, MIDDLE, QPoint(200, RULER_PX // 2)
        )

    assert asked.args == [20 * RATE]
    assert timeline.selection == Span(10 * RATE, 30 * RATE)


def test_a_double_click_selects_the_stretch_of_one_quality(timeline: Timeline) -> None:
    QTest.mouseDClick(timeline.viewport(), Qt.MouseButton.LeftButton, MIDDLE, QPoint(100, 120))

    assert timeline.selection == Span(0, 30 * RATE)


def test_the_wheel_zooms_at_the_pointer(timeline: Timeline) -> None:
    wheel(timeline, 300, 4)

    assert timeline.view.visible < LENGTH / 2
    assert timeline.view.sample_at(300) == pytest.approx(30 * RATE, abs=20)


def test_the_wheel_with_shift_scrolls(timeline: Timeline) -> None:
    wheel(timeline, 300, 4)
    before = timeline.view

    wheel(timeline, 300, -1, SHIFT)

    assert timeline.view.start == pytest.approx(before.start + before.visible / 10)
    assert timeline.view.visible == before.visible


def test_keys_do_what_the_mouse_does(timeline: Timeline, qtbot: QtBot) -> None:
    timeline.setFocus()
    timeline.show_playhead(20 * RATE)
    step = 10 * RATE // 10

    QTest.keyClick(timeline, Qt.Key.Key_Right, SHIFT)
    assert timeline.selection == Span(20 * RATE, 20 * RATE + step)

    QTest.keyClick(timeline, Qt.Key.Key_Left, SHIFT)
    assert timeline.selection == Span(20 * RATE - step, 20 * RATE + step)

    QTest.keyClick(timeline, Qt.Key.Key_Left, SHIFT | Qt.KeyboardModifier.ControlModifier)
    assert timeline.selection == Span(20 * RATE - step, 20 * RATE)

    QTest.keyClick(timeline, Qt.Key.Key_End, SHIFT)
    assert timeline.selection == Span(20 * RATE, LENGTH)

    QTest.keyClick(timeline, Qt.Key.Key_Escape)
    assert timeline.selection is None

    with qtbot.waitSignal(timeline.seek_asked) as asked:
        QTest.keyClick(timeline, Qt.Key.Key_Right)
    assert asked.args == [20 * RATE + step]


def test_brackets_put_the_edges_at_the_playhead(timeline: Timeline) -> None:
    timeline.show_playhead(10 * RATE)
    QTest.keyClick(timeline, Qt.Key.Key_BracketLeft)
    timeline.show_playhead(20 * RATE)
    QTest.keyClick(timeline, Qt.Key.Key_BracketRight)

    assert timeline.selection == Span(10 * RATE, 20 * RATE)


def test_sound_is_drawn_in_its_quality_and_nothing_where_there_is_none(
    timeline: Timeline,
) -> None:
    picture = timeline.grab().toImage()

    assert picture.pixelColor(150, 100) == QColor(theme.DARK.draft)
    assert picture.pixelColor(452, 100) == QColor(theme.DARK.canvas)


def test_new_sound_is_drawn_when_it_is_shown(timeline: Timeline) -> None:
    quality = ((Span(0, LENGTH // 2), Level.TOP), (Span(LENGTH // 2, LENGTH), Level.BOTTOM))

    timeline.show_take(Loud(), quality, LENGTH)

    assert timeline.grab().toImage().pixelColor(452, 100) == QColor(theme.DARK.full)


def test_the_theme_changes_under_an_open_window(timeline: Timeline, qapp: QApplication) -> None:
    theme.apply(qapp, theme.LIGHT)

    picture = timeline.grab().toImage()

    assert picture.pixelColor(150, 100) == QColor(theme.LIGHT.draft)
    assert picture.pixelColor(452, 60) == QColor(theme.LIGHT.canvas)


def test_what_is_selected_is_told_in_words(timeline: Timeline) -> None:
    drag(timeline, 100, 300)

    assert timeline.accessibleDescription() == "Selected from 0:10.0 to 0:30.0."


def test_zooming_to_the_selection_fills_the_screen_with_it(timeline: Timeline) -> None:
    drag(timeline, 100, 160)

    timeline.zoom_to_selection()

    assert timeline.view.visible == pytest.approx(6.6 * RATE)

    timeline.zoom_to_fit()
    assert timeline.view.fits

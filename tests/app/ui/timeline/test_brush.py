from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.song.song import Quality
from app.ui.timeline.items import RIBBON_PX
from app.ui.timeline.view import Timeline
from engine.types import Level, Span

LENGTH = 100_000
NONE, CONTROL = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def timeline(qtbot: QtBot) -> Iterator[Timeline]:
    window = QWidget()
    widget = Timeline(22_050, window)
    qtbot.addWidget(window)
    window.resize(800, 300)
    widget.resize(800, 300)
    window.show()
    qtbot.waitExposed(window)
    widget.show_take(None, ((Span(0, LENGTH), Level.TOP),), LENGTH)
    yield widget


def drag(timeline: Timeline, first: int, last: int, keys: Qt.KeyboardModifier) -> None:
    area, y = timeline._area(), round(timeline._area().bottom()) - RIBBON_PX // 2
    places = [QPoint(round(area.left()) + x, y) for x in (first, (first + last) // 2, last)]
    canvas = timeline.viewport()
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, keys, places[0])
    for place in places[1:]:
        move(timeline, place, keys)
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, keys, places[-1])


def move(timeline: Timeline, place: QPoint, keys: Qt.KeyboardModifier) -> None:
    canvas = timeline.viewport()
    where = QPointF(place)
    left = Qt.MouseButton.LeftButton
    event = QMouseEvent(
        QEvent.Type.MouseMove, where, QPointF(canvas.mapToGlobal(place)), left, left, keys
    )
    timeline.mouseMoveEvent(event)


@pytest.mark.parametrize(
    ("keys", "first", "last", "quality"),
    [
        (NONE, 100, 300, Quality.FULL),
        (CONTROL, 300, 100, Quality.MID),
        (SHIFT, 100, 300, Quality.DRAFT),
    ],
)
def test_a_drag_along_the_ribbon_paints(
    timeline: Timeline,
    qtbot: QtBot,
    keys: Qt.KeyboardModifier,
    first: int,
    last: int,
    quality: Quality,
) -> None:
    selections: list[object] = []
    timeline.selection_asked.connect(selections.append)

    with qtbot.waitSignal(timeline.brush.painted) as told:
        drag(timeline, first, last, keys)

    assert told.args is not None
    span, wanted = told.args
    per_pixel = timeline.view.per_pixel
    assert span.start == pytest.approx(100 * per_pixel, abs=2 * per_pixel)
    assert span.end == pytest.approx(300 * per_pixel, abs=2 * per_pixel)
    assert wanted is quality
    assert selections == [] and not timeline.brush.painting


def test_a_click_on_the_ribbon_paints_nothing(timeline: Timeline, qtbot: QtBot) -> None:
    painted: list[object] = []
    timeline.brush.painted.connect(lambda span, _: painted.append(span))

    drag(timeline, 200, 200, NONE)

    assert painted == []


def test_what_waits_is_outlined_in_the_colour_of_what_comes(
    timeline: Timeline, qtbot: QtBot
) -> None:
    before = timeline.grab().toImage()

    timeline.brush.show_planned(((Span(20_000, 80_000), Level.BOTTOM),))
    after = timeline.grab().toImage()

    area = timeline._area()
    y = round(area.bottom()) - RIBBON_PX + 2
    changed = [
        x
        for x in range(after.width())
        if any(before.pixel(x, y + dy) != after.pixel(x, y + dy) for dy in range(3))
    ]
    assert changed
    first, last = (area.left() + timeline.view.x_of(at) for at in (20_000, 80_000))
    assert first - 3 <= min(changed) and max(changed) <= last + 3

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.ui import theme
from app.ui.timeline.overview import Overview
from app.ui.timeline.viewport import Viewport
from engine.types import Level, Span

LENGTH = 100_000
WHOLE = Viewport.fitting(LENGTH, 500)


class Loud:
    def columns(
        self, start: float, end: float, width: int
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        return np.full(width, -1, np.float32), np.full(width, 1, np.float32)


@pytest.fixture
def overview(qtbot: QtBot, qapp: QApplication) -> Overview:
    theme.apply(qapp, theme.DARK)
    widget = Overview()
    qtbot.addWidget(widget)
    widget.resize(500, 34)
    widget.show_take(Loud(), ((Span(0, LENGTH // 2), Level.BOTTOM),))
    widget.show_view(WHOLE)
    return widget


def test_the_whole_take_is_drawn_whatever_the_timeline_shows(overview: Overview) -> None:
    overview.show_view(WHOLE.zoomed(4, 0))

    picture = overview.grab().toImage()

    assert picture.pixelColor(60, 10) == QColor(theme.DARK.full)
    assert picture.pixelColor(60, 10) != picture.pixelColor(200, 10) != QColor(theme.DARK.canvas)


def test_a_click_brings_its_moment_to_the_middle(overview: Overview, qtbot: QtBot) -> None:
    overview.show_view(WHOLE.zoomed(10, 0))

    with qtbot.waitSignal(overview.view_asked) as asked:
        QTest.mouseClick(
            overview, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(250, 10)
        )

    view = asked.args[0]
    assert view.start + view.visible / 2 == pytest.approx(LENGTH / 2)
    assert view.visible == LENGTH / 10

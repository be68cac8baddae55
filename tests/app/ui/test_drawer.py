from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QScrollArea, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.ui.drawer import Drawer


def test_a_drawer_opens_and_closes(qtbot: QtBot) -> None:
    content = QLabel("inside")
    drawer = Drawer("Advanced", content)
    qtbot.addWidget(drawer)
    drawer.show()
    assert not content.isVisible()

    QTest.mouseClick(drawer.button, Qt.MouseButton.LeftButton)
    assert content.isVisible()

    QTest.mouseClick(drawer.button, Qt.MouseButton.LeftButton)
    assert not content.isVisible()


def test_what_is_opened_below_the_edge_is_scrolled_into_view(qtbot: QtBot) -> None:
    content = QLabel("inside")
    content.setFixedHeight(80)
    body, area = QWidget(), QScrollArea()
    column = QVBoxLayout(body)
    above = QWidget()
    above.setFixedHeight(250)
    drawer = Drawer("Advanced", content)
    column.addWidget(above)
    column.addWidget(drawer)
    area.setWidget(body)
    area.setWidgetResizable(True)
    area.resize(200, 300)
    qtbot.addWidget(area)
    area.show()

    QTest.mouseClick(drawer.button, Qt.MouseButton.LeftButton)

    qtbot.waitUntil(lambda: content.visibleRegion().boundingRect().height() == 80)

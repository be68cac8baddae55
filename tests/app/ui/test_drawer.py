from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
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

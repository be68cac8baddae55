from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.ui.focus_ring import FocusRing
from app.ui.main_window import MainWindow


def test_the_ring_follows_the_keyboard(window: MainWindow, qtbot: QtBot) -> None:
    ring = window.findChild(FocusRing)
    assert ring is not None
    window.findChild(QWidget, "artist").setFocus()
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)

    qtbot.waitUntil(ring.isVisible)

    assert ring.widget() is QApplication.focusWidget()
    assert ring.geometry().width() >= ring.widget().width()


def test_a_click_needs_no_ring(window: MainWindow, qtbot: QtBot) -> None:
    ring = window.findChild(FocusRing)
    lyrics = window.findChild(QWidget, "lyrics")
    assert ring is not None
    QTest.mousePress(lyrics.viewport(), Qt.MouseButton.LeftButton)
    lyrics.setFocus(Qt.FocusReason.MouseFocusReason)
    QTest.mouseRelease(lyrics.viewport(), Qt.MouseButton.LeftButton)

    assert lyrics.hasFocus()
    assert not ring.isVisible() or ring.widget() is not lyrics

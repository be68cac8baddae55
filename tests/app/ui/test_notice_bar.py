from __future__ import annotations

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from app.ui.notice_bar import NoticeBar


@pytest.fixture
def bar(qtbot: QtBot) -> NoticeBar:
    widget = NoticeBar()
    qtbot.addWidget(widget)
    return widget


def test_a_notice_says_what_happened_and_what_to_do(bar: NoticeBar) -> None:
    bar.show_notice("error", "The disk is full.", "Make room and save again.")

    assert bar.words == "The disk is full. Make room and save again."
    assert bar.accessibleName() == bar.words
    assert not bar.isHidden()


def test_only_good_news_goes_away_by_itself(bar: NoticeBar) -> None:
    timer = bar.findChild(QTimer)
    assert timer is not None

    bar.show_notice("info", "Exported.", "")
    assert timer.isActive()

    bar.show_notice("warning", "The engine stopped.", "Try again.")
    assert not timer.isActive()


def test_a_notice_is_closed_with_a_click(bar: NoticeBar, qtbot: QtBot) -> None:
    bar.show_notice("error", "The disk is full.", "")
    close = bar.findChild(QToolButton)
    assert close is not None

    with qtbot.waitSignal(bar.closed):
        QTest.mouseClick(close, Qt.MouseButton.LeftButton)

    assert bar.isHidden()

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.ui.history_list import BEGINNING, HistoryList

LABELS = ("", "Generate", "Lyrics", "Continue")


@pytest.fixture
def steps(qtbot: QtBot) -> HistoryList:
    widget = HistoryList()
    qtbot.addWidget(widget)
    widget.show_history(LABELS, 2)
    widget.show()
    qtbot.waitExposed(widget)
    return widget


def test_the_present_step_is_chosen_and_undone_ones_say_so(steps: HistoryList) -> None:
    words = [steps.item(row).text() for row in range(steps.count())]
    spoken = steps.item(3).data(Qt.ItemDataRole.AccessibleTextRole)

    assert words == [BEGINNING, *LABELS[1:]]
    assert steps.currentRow() == 2
    assert spoken == "Continue, undone"


def test_a_click_asks_for_a_step(steps: HistoryList, qtbot: QtBot) -> None:
    with qtbot.waitSignal(steps.step_asked) as asked:
        place = steps.visualItemRect(steps.item(0)).center()
        QTest.mouseClick(steps.viewport(), Qt.MouseButton.LeftButton, pos=place)

    assert asked.args == [0]


def test_showing_steps_asks_for_none(steps: HistoryList, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(steps.step_asked):
        steps.show_history(LABELS[:2], 1)

    assert (steps.count(), steps.currentRow()) == (2, 1)

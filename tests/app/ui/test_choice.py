from __future__ import annotations

from enum import Enum

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.ui.choice import Choice


class Size(Enum):
    SMALL = 1
    LARGE = 2


@pytest.fixture
def choice(qtbot: QtBot) -> Choice[Size]:
    widget: Choice[Size] = Choice(((Size.SMALL, "Small", ""), (Size.LARGE, "Large", "")))
    qtbot.addWidget(widget)
    widget.show_choice(Size.SMALL)
    widget.show()
    qtbot.waitExposed(widget)
    return widget


def test_a_click_chooses_one_and_lets_the_other_go(choice: Choice[Size], qtbot: QtBot) -> None:
    with qtbot.waitSignal(choice.chosen) as chosen:
        QTest.mouseClick(choice.buttons[1], Qt.MouseButton.LeftButton)

    assert chosen.args == [Size.LARGE]
    assert [button.isChecked() for button in choice.buttons] == [False, True]


def test_showing_a_choice_tells_nothing(choice: Choice[Size], qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(choice.chosen):
        choice.show_choice(Size.LARGE)

    assert choice.buttons[1].isChecked()


def test_arrow_keys_choose(choice: Choice[Size], qtbot: QtBot) -> None:
    choice.buttons[0].setFocus()

    with qtbot.waitSignal(choice.chosen) as chosen:
        QTest.keyClick(choice.buttons[0], Qt.Key.Key_Right)

    assert chosen.args == [Size.LARGE]

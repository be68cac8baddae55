from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from app.ui.take_list import TakeList, TakeRow


def row(name: str, parent: str = "", length: str = "24 s") -> TakeRow:
    return TakeRow(name.lower(), parent, (name, "", "Generated", "", "Full", length, "7"), "")


ROWS = (row("One"), row("Two", "one"), row("Three", "two"), row("Four"))


@pytest.fixture
def takes(qtbot: QtBot) -> TakeList:
    widget = TakeList()
    qtbot.addWidget(widget)
    widget.resize(700, 240)
    widget.show_takes(ROWS, "two")
    widget.show()
    qtbot.waitExposed(widget)
    return widget


def place(takes: TakeList, name: str) -> QPoint:
    found = takes.findItems(name, Qt.MatchFlag.MatchExactly | Qt.MatchFlag.MatchRecursive)[0]
    return takes.visualItemRect(found).center()


def test_a_take_hangs_below_the_one_it_departs_from(takes: TakeList) -> None:
    tops = [takes.topLevelItem(n).text(0) for n in range(takes.topLevelItemCount())]

    assert tops == ["One", "Four"]
    assert takes.topLevelItem(0).child(0).child(0).text(0) == "Three"
    assert takes.currentItem().text(0) == "Two"


def test_a_click_chooses(takes: TakeList, qtbot: QtBot) -> None:
    with qtbot.waitSignal(takes.chosen) as chosen:
        QTest.mouseClick(
            takes.viewport(),
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
            place(takes, "Four"),
        )

    assert chosen.args == ["four"]


def test_showing_takes_tells_nothing(takes: TakeList, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(takes.chosen), qtbot.assertNotEmitted(takes.renamed):
        takes.show_takes((*ROWS, row("Five")), "five")

    assert takes.currentItem().text(0) == "Five"


def test_arrow_keys_choose_and_return_plays(takes: TakeList, qtbot: QtBot) -> None:
    takes.setFocus()
    with qtbot.waitSignal(takes.chosen) as chosen:
        QTest.keyClick(takes, Qt.Key.Key_Down)
    assert chosen.args == ["three"]

    with qtbot.waitSignal(takes.audition_asked) as asked:
        QTest.keyClick(takes, Qt.Key.Key_Return)
    assert asked.args == ["three"]


def test_delete_asks_for_removal(takes: TakeList, qtbot: QtBot) -> None:
    with qtbot.waitSignal(takes.removal_asked) as asked:
        QTest.keyClick(takes, Qt.Key.Key_Delete)

    assert asked.args == ["two"]


def test_a_new_name_is_typed_in_place(takes: TakeList, qtbot: QtBot) -> None:
    takes.rename_chosen()
    editor = takes.findChild(QLineEdit)
    assert editor is not None

    with qtbot.waitSignal(takes.renamed) as renamed:
        editor.setText("Better")
        QTest.keyClick(editor, Qt.Key.Key_Return)

    assert renamed.args == ["two", "Better"]


def test_a_name_being_typed_survives_news_of_progress(takes: TakeList) -> None:
    takes.rename_chosen()
    editor = takes.findChild(QLineEdit)
    assert editor is not None
    editor.setText("Half a na")

    takes.show_takes(tuple(row(r.cells[0], r.parent, "25 s") for r in ROWS), "two")

    assert takes.findChild(QLineEdit) is editor and editor.text() == "Half a na"
    assert takes.topLevelItem(0).text(5) == "25 s"


def test_its_words_are_its_rows_and_which_is_chosen(takes: TakeList) -> None:
    lines = takes.words.split("\n")

    assert [line.split("\t")[1] for line in lines] == ["One", "Two", "Three", "Four"]
    assert [line.split("\t")[0] for line in lines] == ["", "*", "", ""]

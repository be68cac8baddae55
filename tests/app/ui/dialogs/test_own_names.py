from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialogButtonBox
from pytestqt.qtbot import QtBot

from app.song.names import NameIndex
from app.ui.dialogs.own_names import OwnNamesDialog

KNOWN = NameIndex(("Ada Vale", "Bix"))


@pytest.fixture
def dialog(qtbot: QtBot) -> OwnNamesDialog:
    made = OwnNamesDialog((KNOWN, (("countess", "Ada Vale"),)), (NameIndex(("folk",)), ()))
    qtbot.addWidget(made)
    made.show()
    return made


def ok(dialog: OwnNamesDialog):
    (box,) = dialog.findChildren(QDialogButtonBox)
    return box.button(QDialogButtonBox.StandardButton.Ok)


def test_what_is_typed_is_what_is_chosen(dialog: OwnNamesDialog) -> None:
    dialog.artists.moveCursor(dialog.artists.textCursor().MoveOperation.End)
    QTest.keyClick(dialog.artists, Qt.Key.Key_Return)
    QTest.keyClicks(dialog.artists, "horn=Bix")
    QTest.keyClicks(dialog.genres, "old = folk")

    assert dialog.chosen == ((("countess", "Ada Vale"), ("horn", "Bix")), (("old", "folk"),))
    assert ok(dialog).isEnabled()


def test_a_line_that_is_not_whole_is_told_and_not_taken(dialog: OwnNamesDialog) -> None:
    QTest.keyClicks(dialog.genres, "just words")

    assert "“just words”" in dialog._note.text() and not ok(dialog).isEnabled()


def test_a_name_that_this_model_lacks_is_told_and_kept(dialog: OwnNamesDialog) -> None:
    dialog.artists.setPlainText("x = Nobody Ever")

    assert "“Nobody Ever”" in dialog._note.text() and ok(dialog).isEnabled()
    assert dialog.chosen[0] == (("x", "Nobody Ever"),)

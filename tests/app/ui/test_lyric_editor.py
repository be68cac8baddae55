from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from app.ui.lyric_editor import MOST_MARKS, LyricEditor


@pytest.fixture
def editor(qtbot: QtBot) -> LyricEditor:
    widget = LyricEditor()
    qtbot.addWidget(widget)
    widget.show()
    qtbot.waitExposed(widget)
    return widget


def words(editor: LyricEditor) -> str:
    return " ".join(label.text() for label in editor.findChildren(QLabel) if label.isVisible())


def test_typing_tells_the_whole_text(editor: LyricEditor, qtbot: QtBot) -> None:
    editor.show_lyrics("la ")
    editor.text.moveCursor(editor.text.textCursor().MoveOperation.End)

    with qtbot.waitSignal(editor.edited) as edited:
        QTest.keyClick(editor.text, Qt.Key.Key_B)

    assert edited.args == ["la b"]


def test_showing_lyrics_tells_nothing_and_keeps_the_cursor(
    editor: LyricEditor, qtbot: QtBot
) -> None:
    editor.show_lyrics("one two")
    cursor = editor.text.textCursor()
    cursor.setPosition(3)
    editor.text.setTextCursor(cursor)

    with qtbot.assertNotEmitted(editor.edited):
        editor.show_lyrics("one too")

    assert editor.text.textCursor().position() == 3


def test_dropped_characters_are_marked_where_they_stand(editor: LyricEditor) -> None:
    """Emoji take two places in Qt's texts; marks after them must not slip."""
    text = "a🎵b☃c"
    editor.show_lyrics(text)

    editor.show_lost((1, 3))

    marked = [mark.cursor.selectedText() for mark in editor.text.extraSelections()]
    assert marked == ["🎵", "☃"]
    assert "2 characters" in words(editor) and "🎵 ☃" in words(editor)


def test_a_text_that_can_be_sung_has_no_marks_and_no_warning(editor: LyricEditor) -> None:
    editor.show_lyrics("☃")
    editor.show_lost((0,))
    editor.show_lyrics("snow")
    editor.show_lost(())

    assert editor.text.extraSelections() == []
    assert words(editor) == "4 characters · 1 line"


def test_a_hundred_thousand_lost_characters_get_a_bounded_number_of_marks(
    editor: LyricEditor,
) -> None:
    editor.show_lyrics("☃" * 100_000)

    editor.show_lost(tuple(range(100_000)))

    assert len(editor.text.extraSelections()) == MOST_MARKS
    assert "100,000 characters" in words(editor)


def test_undo_is_left_to_the_window(editor: LyricEditor, qtbot: QtBot) -> None:
    undone: list[bool] = []
    shortcut = QShortcut(QKeySequence.StandardKey.Undo, editor)
    shortcut.activated.connect(lambda: undone.append(True))
    editor.text.setFocus()
    QTest.keyClick(editor.text, Qt.Key.Key_X)

    QTest.keyClick(editor.text, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)

    assert undone == [True]
    assert editor.text.toPlainText() == "x"


def test_tab_leaves_the_editor(editor: LyricEditor, qapp: QApplication) -> None:
    assert editor.text.tabChangesFocus()

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolButton
from pytestqt.qtbot import QtBot

from app.ui.genre_field import GenreField


@pytest.fixture
def field(qtbot: QtBot) -> GenreField:
    widget = GenreField()
    qtbot.addWidget(widget)
    widget.set_names(("Folk", "Pop", "Waltz"), most=2)
    widget.changed.connect(widget.show_genres)
    widget.show()
    qtbot.waitExposed(widget)
    return widget


def enter(field: GenreField, text: str) -> None:
    QTest.keyClicks(field.field.line, text)
    field.field.line.completer().popup().hide()
    QTest.keyClick(field.field.line, Qt.Key.Key_Return)


def chips(field: GenreField) -> list[QToolButton]:
    QApplication.processEvents()
    buttons = field.findChildren(QToolButton)
    return [b for b in buttons if b.property("role") == "chip" and not b.isHidden()]


def test_each_known_genre_becomes_a_chip_once(field: GenreField) -> None:
    enter(field, "folk")
    enter(field, "Folk")
    enter(field, "waltz")

    assert field.genres == ("Folk", "Waltz")
    assert [chip.text() for chip in chips(field)] == ["Folk", "Waltz"]
    assert field.field.text == ""


def test_an_unknown_genre_is_an_error_and_changes_nothing(field: GenreField) -> None:
    enter(field, "Flok")

    assert field.genres == () and not field.valid


def test_a_chip_is_removed_with_a_click(field: GenreField) -> None:
    enter(field, "folk")

    QTest.mouseClick(chips(field)[0], Qt.MouseButton.LeftButton)

    assert field.genres == ()
    assert field.field.line.placeholderText() == "Any genre"


def test_no_more_genres_can_be_typed_than_the_model_takes(field: GenreField) -> None:
    field.show_genres(("Folk", "Pop"))

    assert not field.field.line.isEnabled()
    assert field.field.line.placeholderText() == "No room for more genres"

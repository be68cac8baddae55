from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QToolButton
from pytestqt.qtbot import QtBot

from app.song.names import NameIndex
from app.song.taste import Taste
from app.ui.genre_field import GenreField
from engine.types import Share


@pytest.fixture
def field(qtbot: QtBot) -> GenreField:
    widget = GenreField()
    qtbot.addWidget(widget)
    widget.set_names(NameIndex(("Folk", "Pop", "Waltz")), Taste(), most=2)
    widget.changed.connect(widget.show_genres)
    widget.weighed.connect(lambda shares: widget.show_genres(tuple(s.name for s in shares), shares))
    widget.show()
    qtbot.waitExposed(widget)
    return widget


def enter(field: GenreField, text: str) -> None:
    QTest.keyClicks(field.field.line, text)
    field.field.list.hide()
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


def test_genres_are_weighed_and_weighed_no_longer(field: GenreField) -> None:
    field.show_genres(("Folk", "Pop"))

    field.blend.click()

    assert field.rows.shares == (Share("Folk", 0.5), Share("Pop", 0.5))
    assert chips(field) == []
    field.blend.click()
    assert field.rows.shares == () and len(chips(field)) == 2


def test_a_model_of_one_genre_blends_two(field: GenreField) -> None:
    field.set_names(NameIndex(("Folk", "Pop", "Waltz")), Taste(), most=1)
    field.show_genres(("Folk",))
    assert not field.field.line.isEnabled()

    field.blend.click()
    enter(field, "pop")

    assert field.rows.shares == (Share("Folk", 0.5), Share("Pop", 0.5))
    assert not field.blend.isVisible(), "two do not fit at full strength"


def test_a_genre_of_another_model_is_told_and_replaced_at_a_click(field: GenreField) -> None:
    field.show_genres(("Folk Rock", "Pop"))
    told = " ".join(label.text() for label in field.findChildren(QLabel) if label.isVisible())

    assert not field.valid
    assert "knows no genre “Folk Rock”" in told

    field._notes.picked.emit("Folk Rock", "Folk")
    assert field.genres == ("Folk", "Pop") and field.valid

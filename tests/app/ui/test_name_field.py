from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from app.ui.name_field import NameField

ARTISTS = ("Marlow Finch", "The Beatles", "Beach House")


@pytest.fixture
def field(qtbot: QtBot) -> NameField:
    widget = NameField("artist", "Any artist")
    qtbot.addWidget(widget)
    widget.set_names(ARTISTS)
    widget.show()
    qtbot.waitExposed(widget)
    widget.line.setFocus()
    return widget


def problems(field: NameField) -> str:
    return " ".join(label.text() for label in field.findChildren(QLabel) if label.isVisible())


def enter(field: NameField, text: str) -> None:
    QTest.keyClicks(field.line, text)
    completer = field.line.completer()
    completer.popup().hide()
    QTest.keyClick(field.line, Qt.Key.Key_Return)


def test_a_known_name_is_entered_as_the_list_has_it(field: NameField, qtbot: QtBot) -> None:
    with qtbot.waitSignal(field.entered) as entered:
        enter(field, "the BEATLES")

    assert entered.args == ["The Beatles"]
    assert field.text == "The Beatles" and field.valid


def test_an_unknown_name_is_an_error_and_stays_as_typed(field: NameField, qtbot: QtBot) -> None:
    with qtbot.waitSignal(field.entered) as entered:
        enter(field, "beatels")

    assert entered.args == ["beatels"]
    assert field.text == "beatels" and not field.valid
    assert "knows no artist “beatels”" in problems(field)


def test_a_suggestion_mends_the_name(field: NameField, qtbot: QtBot) -> None:
    enter(field, "beatels")
    offers = {button.text(): button for button in field.findChildren(QPushButton)}

    with qtbot.waitSignal(field.entered) as entered:
        QTest.mouseClick(offers["The Beatles"], Qt.MouseButton.LeftButton)

    assert entered.args == ["The Beatles"]
    assert field.valid and problems(field) == ""


@pytest.mark.parametrize("words", ["", "any", "Any artist"])
def test_any_artist_is_said_and_never_guessed(field: NameField, qtbot: QtBot, words: str) -> None:
    with qtbot.waitSignal(field.entered) as entered:
        enter(field, words)

    assert entered.args == [""]
    assert field.valid and field.line.placeholderText() == "Any artist"


def test_typing_offers_names_that_contain_it_anywhere(field: NameField) -> None:
    QTest.keyClicks(field.line, "fin")
    completer = field.line.completer()

    assert completer.completionCount() == 1
    assert completer.currentCompletion() == "Marlow Finch"


def test_the_offered_name_can_be_taken_with_keys(field: NameField, qtbot: QtBot) -> None:
    QTest.keyClicks(field.line, "fin")
    popup = field.line.completer().popup()
    qtbot.waitUntil(popup.isVisible)

    with qtbot.waitSignal(field.entered) as entered:
        QTest.keyClick(popup, Qt.Key.Key_Down)
        QTest.keyClick(popup, Qt.Key.Key_Return)

    assert entered.args == ["Marlow Finch"]


def test_another_models_names_are_checked_anew(field: NameField) -> None:
    field.line.clearFocus()
    field.show_name("Beach House")

    field.set_names(("Somebody Else",))

    assert not field.valid and field.text == "Beach House"


def test_ten_thousand_names_can_be_searched(field: NameField) -> None:
    field.set_names(tuple(f"Artist {n:05}" for n in range(10_000)))

    QTest.keyClicks(field.line, "7654")

    assert field.line.completer().completionCount() == 1

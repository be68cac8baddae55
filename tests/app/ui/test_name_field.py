from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from app.song.names import NameIndex
from app.song.taste import Taste
from app.ui.name_field import NameField
from app.ui.name_list import star_zone
from engine.types import Level
from tests.benchmarks.names import many_names

ARTISTS = NameIndex(("Beach House", "Marlow Finch", "The Beatles"))


@pytest.fixture
def field(qtbot: QtBot) -> NameField:
    widget = NameField("artist", "Any artist")
    qtbot.addWidget(widget)
    widget.set_names(ARTISTS, Taste())
    widget.show()
    qtbot.waitExposed(widget)
    widget.line.setFocus()
    return widget


def problems(field: NameField) -> str:
    return " ".join(label.text() for label in field.findChildren(QLabel) if label.isVisible())


def enter(field: NameField, text: str) -> None:
    QTest.keyClicks(field.line, text)
    field.list.hide()
    QTest.keyClick(field.line, Qt.Key.Key_Return)


def star(field: NameField, name: str) -> None:
    """Press the star of a name in the open list."""
    row = field.list.model().index(field.offered.index(name), 0)
    point = star_zone(field.list, field.list.visualRect(row)).center()
    QTest.mouseClick(field.list.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(point))


@pytest.mark.parametrize("typed", ["the BEATLES", "beatles", "Beatles, The"])
def test_a_known_name_is_entered_as_the_list_has_it(
    field: NameField, qtbot: QtBot, typed: str
) -> None:
    with qtbot.waitSignal(field.entered) as entered:
        enter(field, typed)

    assert entered.args == ["The Beatles"]
    assert field.text == "The Beatles" and field.valid


def test_an_unknown_name_is_an_error_and_stays_as_typed(field: NameField, qtbot: QtBot) -> None:
    with qtbot.waitSignal(field.entered) as entered:
        enter(field, "beatels")

    assert entered.args == ["beatels"]
    assert field.text == "beatels" and not field.valid
    assert "knows no artist “beatels”" in problems(field)


def test_a_name_that_another_model_knows_is_told_to_be(field: NameField) -> None:
    field.ask_elsewhere(lambda name: ("Jukebox 5B",) if name == "abba" else ())

    enter(field, "abba")

    assert "Jukebox 5B knows it." in problems(field)


def test_a_suggestion_mends_the_name(field: NameField) -> None:
    enter(field, "beatels")
    offers = {button.text(): button for button in field.findChildren(QPushButton)}
    entered: list[str] = []
    field.entered.connect(entered.append)

    QTest.mouseClick(offers["The Beatles"], Qt.MouseButton.LeftButton)

    assert entered[-1] == "The Beatles"
    assert field.valid and problems(field) == ""


def test_a_suggestion_mends_the_one_wrong_name_of_a_blend(field: NameField) -> None:
    enter(field, "marlow finch: 2, beatels: 1")
    offers = {button.text(): button for button in field.findChildren(QPushButton)}
    entered: list[str] = []
    field.entered.connect(entered.append)

    QTest.mouseClick(offers["The Beatles"], Qt.MouseButton.LeftButton)

    assert entered[-1] == "marlow finch: 2, The Beatles: 1"
    assert field.valid


@pytest.mark.parametrize("words", ["", "any", "Any artist"])
def test_any_artist_is_said_and_never_guessed(field: NameField, qtbot: QtBot, words: str) -> None:
    with qtbot.waitSignal(field.entered) as entered:
        enter(field, words)

    assert entered.args == [""]
    assert field.valid and field.line.placeholderText() == "Any artist"


def test_typing_offers_names_with_a_word_that_begins_so(field: NameField) -> None:
    QTest.keyClicks(field.line, "fin")

    assert field.offered == ("Marlow Finch",)


def test_the_offered_name_can_be_taken_with_keys(field: NameField, qtbot: QtBot) -> None:
    QTest.keyClicks(field.line, "fin")
    qtbot.waitUntil(field.list.isVisible)

    with qtbot.waitSignal(field.entered) as entered:
        QTest.keyClick(field.list, Qt.Key.Key_Down)
        QTest.keyClick(field.list, Qt.Key.Key_Return)

    assert entered.args == ["Marlow Finch"]


def test_the_down_key_opens_all_names_with_favourites_first(field: NameField, qtbot: QtBot) -> None:
    field.set_names(ARTISTS, Taste(favourites=("The Beatles",), recent=("Marlow Finch",)))

    QTest.keyClick(field.line, Qt.Key.Key_Down)
    qtbot.waitUntil(field.list.isVisible)
    with qtbot.waitSignal(field.entered) as entered:
        QTest.keyClick(field.list, Qt.Key.Key_Down)
        QTest.keyClick(field.list, Qt.Key.Key_Down)
        QTest.keyClick(field.list, Qt.Key.Key_Return)

    assert field.offered == ("Any artist", "The Beatles", "Marlow Finch", "Beach House")
    assert entered.args == ["The Beatles"]


def test_a_star_is_given_in_the_list_and_chooses_nothing(field: NameField, qtbot: QtBot) -> None:
    QTest.keyClick(field.line, Qt.Key.Key_Down)
    qtbot.waitUntil(field.list.isVisible)

    with qtbot.waitSignal(field.star_asked) as asked, qtbot.assertNotEmitted(field.entered):
        star(field, "Beach House")

    assert asked.args == ["Beach House"]
    assert field.list.isVisible()


def test_a_star_is_given_by_a_key_in_the_list_and_in_the_field(
    field: NameField, qtbot: QtBot
) -> None:
    asked: list[str] = []
    field.star_asked.connect(asked.append)
    control = Qt.KeyboardModifier.ControlModifier
    QTest.keyClicks(field.line, "beat")
    QTest.keyClick(field.list, Qt.Key.Key_Down)
    QTest.keyClick(field.list, Qt.Key.Key_D, control)
    QTest.keyClick(field.list, Qt.Key.Key_Return)

    QTest.keyClick(field.line, Qt.Key.Key_D, control)

    assert asked == ["The Beatles", "The Beatles"]
    assert field.text == "The Beatles"


def test_a_name_that_some_levels_do_not_know_is_marked_in_the_list(field: NameField) -> None:
    gaps = {"Beach House": (Level.MIDDLE, Level.BOTTOM)}
    field.set_names(NameIndex(ARTISTS.names, gaps), Taste(favourites=("Beach House",)))

    QTest.keyClicks(field.line, "bea")

    row = field.list.model().index(0, 0)
    spoken = row.data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "Beach House, favourite, not in Mid + Full"


def test_another_models_names_are_checked_anew(field: NameField) -> None:
    field.line.clearFocus()
    field.show_name("Beach House")

    field.set_names(NameIndex(("Somebody Else",)), Taste())

    assert not field.valid and field.text == "Beach House"


def test_eight_thousand_names_can_be_searched(field: NameField, qtbot: QtBot) -> None:
    names = many_names(8000)
    field.set_names(NameIndex(names), Taste())

    QTest.keyClicks(field.line, names[4321][:-1])
    qtbot.waitUntil(field.list.isVisible)

    assert names[4321] in field.offered[:3]
    assert len(field.offered) <= 60

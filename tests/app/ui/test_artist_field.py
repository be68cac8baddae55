from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from app.song.names import NameIndex
from app.song.taste import Taste
from app.ui.artist_field import ArtistField
from engine.catalog.names import HalfKnownName
from engine.types import Level, Share

NAMES = NameIndex(("Ada Vale", "Bix", "Cora Lane", "Cora Land"), {"Bix": (Level.MIDDLE,)})


@pytest.fixture
def field(qtbot: QtBot) -> ArtistField:
    widget = ArtistField()
    qtbot.addWidget(widget)
    widget.set_names(NAMES, Taste())
    widget.changed.connect(lambda artists: widget.show_artists(artists or (Share("", 1),), ()))
    widget.show()
    qtbot.waitExposed(widget)
    widget.field.line.setFocus()
    return widget


def enter(field: ArtistField, text: str) -> None:
    QTest.keyClicks(field.field.line, text)
    field.field.list.hide()
    QTest.keyClick(field.field.line, Qt.Key.Key_Return)


def told(field: ArtistField) -> str:
    return " ".join(label.text() for label in field.findChildren(QLabel) if label.isVisible())


def test_one_artist_stands_in_the_field_alone(field: ArtistField) -> None:
    enter(field, "ada vale")

    assert field.field.text == "Ada Vale" and not field.rows.isVisible()
    assert field.blend.isVisible()


def test_another_artist_is_blended_in_with_half_of_the_whole(field: ArtistField) -> None:
    enter(field, "ada vale")
    field.blend.click()
    enter(field, "cora lane")

    assert field.rows.shares == (Share("Ada Vale", 0.5), Share("Cora Lane", 0.5))
    assert field.field.text == ""


def test_a_blend_that_is_typed_becomes_rows_with_the_names_of_the_list(field: ArtistField) -> None:
    enter(field, "ada vale: 3, bix: 1")

    assert [share.name for share in field.rows.shares] == ["Ada Vale", "Bix"]


def test_a_weight_moved_leaves_the_others_their_proportions(field: ArtistField) -> None:
    field.show_artists((Share("Ada Vale", 0.5), Share("Bix", 0.25), Share("Cora Lane", 0.25)), ())

    field.rows._rows[0].slider.setValue(80)

    weights = [share.weight for share in field.rows.shares]
    assert weights == pytest.approx([0.8, 0.1, 0.1])
    assert [row.field.value() for row in field.rows._rows] == [80, 10, 10]


@pytest.mark.parametrize(("percent", "part"), [(0, 0.005), (100, 0.995)])
def test_everybody_in_a_blend_keeps_some_part(
    field: ArtistField, percent: int, part: float
) -> None:
    field.show_artists((Share("Ada Vale", 0.5), Share("Bix", 0.5)), ())

    field.rows._rows[0].field.setValue(percent)

    assert field.rows.shares[0].weight == pytest.approx(part)
    assert field.rows.shares[1].weight > 0


def test_the_last_but_one_that_is_taken_out_leaves_an_artist_alone(field: ArtistField) -> None:
    field.show_artists((Share("Ada Vale", 0.5), Share("Bix", 0.5)), ())

    field.rows._rows[0].remove.click()

    assert field.field.text == "Bix" and field.rows.shares == ()


def test_the_same_artist_does_not_come_twice(field: ArtistField, qtbot: QtBot) -> None:
    field.show_artists((Share("Ada Vale", 0.5), Share("Bix", 0.5)), ())

    with qtbot.assertNotEmitted(field.changed):
        enter(field, "bix")


def test_what_a_level_hears_instead_is_told_with_names_that_all_know(field: ArtistField) -> None:
    half = (HalfKnownName("artist", "Cora Lane", Level.MIDDLE, ("Cora Lane",)),
            HalfKnownName("artist", "Cora Lane", Level.BOTTOM, ("Cora Lane",)))  # fmt: skip

    field.show_artists((Share("Cora Lane", 1),), half)

    assert "Mid + Full: “Cora Lane” is not known there" in told(field)
    assert "any artist instead" in told(field)
    offers = {button.text(): button for button in field.findChildren(QPushButton)}
    offers["Cora Land"].click()
    assert field.field.text == "Cora Land"
    assert field.valid, "a name that is known to some may be asked for"


def test_an_unknown_name_in_a_blend_is_wrong_until_it_is_replaced(field: ArtistField) -> None:
    field.show_artists((Share("Ada Vale", 0.75), Share("Cora Lame", 0.25)), ())
    assert not field.valid

    field._notes.picked.emit("Cora Lame", "Cora Lane")

    assert field.valid
    assert field.rows.shares == (Share("Ada Vale", 0.75), Share("Cora Lane", 0.25))

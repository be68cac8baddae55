from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from app.song.status import Choice, Offer
from app.ui.offer_bar import OfferBar


@pytest.fixture
def bar(qtbot: QtBot) -> OfferBar:
    made = OfferBar()
    qtbot.addWidget(made)
    return made


def offer(*words: str) -> Offer:
    choices = tuple(Choice(each, lambda: None) for each in words)
    return Offer("A song was left.", "It waits.", choices)


def buttons(bar: OfferBar) -> list[QPushButton]:
    return [each for each in bar.findChildren(QPushButton) if not each.isHidden()]


def test_an_offer_is_told_with_a_button_for_each_choice(bar: OfferBar) -> None:
    bar.show_offer(offer("Open It", "Later"))

    assert not bar.isHidden()
    assert [button.text() for button in buttons(bar)] == ["Open It", "Later"]
    assert bar.accessibleName() == "A song was left. It waits."


def test_a_choice_is_taken_with_a_click_or_with_the_keyboard(bar: OfferBar, qtbot: QtBot) -> None:
    made = offer("Open It", "Later")
    bar.show_offer(made)
    bar.show()
    taken: list[Choice] = []
    bar.taken.connect(taken.append)
    first, second = buttons(bar)

    qtbot.mouseClick(first, Qt.MouseButton.LeftButton)
    qtbot.keyClick(second, Qt.Key.Key_Space)

    assert taken == list(made.choices)


def test_an_offer_takes_the_place_of_the_one_before_until_there_is_none(bar: OfferBar) -> None:
    bar.show_offer(offer("Open It", "Later"))
    bar.show_offer(offer("Resume"))
    assert [button.text() for button in buttons(bar)] == ["Resume"]

    bar.show_offer(None)

    assert bar.isHidden() and buttons(bar) == []

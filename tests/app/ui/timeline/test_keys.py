from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from pytestqt.qtbot import QtBot

from app.ui.dialogs.shortcuts import sections
from app.ui.main_window import MainWindow
from app.ui.timeline.keys import KEYS, MOUSE, Deed, deed_of
from app.ui.timeline.view import Timeline

DEEDS = [(keys, deed) for row in KEYS for keys, deed in row.deeds.items()]
NONE, KEYPAD = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier


def pressed(keys: str, more: Qt.KeyboardModifier = NONE) -> QKeyEvent:
    combination = QKeySequence(keys)[0]
    modifiers = combination.keyboardModifiers() | more
    return QKeyEvent(QEvent.Type.KeyPress, combination.key(), modifiers)


@pytest.mark.parametrize(("keys", "deed"), DEEDS, ids=lambda value: str(value))
def test_every_key_of_the_cheat_sheet_does_what_it_says(keys: str, deed: Deed) -> None:
    assert deed_of(pressed(keys)) is deed
    assert deed_of(pressed(keys, KEYPAD)) is deed


def test_every_deed_has_a_key_and_a_way_and_no_key_has_two(qtbot: QtBot) -> None:
    timeline = Timeline(22_050)
    qtbot.addWidget(timeline)

    assert {deed for _, deed in DEEDS} == set(Deed) == set(timeline._ways(1))
    assert len({keys for keys, _ in DEEDS}) == len(DEEDS)


def test_a_key_that_means_nothing_here_is_left_to_others() -> None:
    assert deed_of(pressed("Ctrl+Left")) is None
    assert deed_of(pressed("Q")) is None


def test_the_cheat_sheet_shows_the_timelines_table(window: MainWindow) -> None:
    *_, timeline, _names, mouse = sections(window.actions_by_name)

    assert [words for _, words in timeline[1]] == [row.words for row in KEYS]
    assert [keys.count(", ") + 1 for keys, _ in timeline[1]] == [len(row.deeds) for row in KEYS]
    assert mouse[1] == list(MOUSE)

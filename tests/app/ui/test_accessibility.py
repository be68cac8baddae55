"""What holds for everybody who does not use a mouse, or does not see the screen."""

from __future__ import annotations

import re

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialog, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from app import language
from app.session import Session
from app.ui.main_window import MainWindow
from app.ui.menus import MENUS
from tests.app.listening import Wait

TAB = Qt.FocusPolicy.TabFocus


def test_every_widget_that_takes_the_focus_has_a_name(window: MainWindow) -> None:
    assert nameless(window) == []


def nameless(top: QWidget) -> list[str]:
    """What takes the focus and has nothing to tell those who listen."""
    found: list[str] = []
    for widget in top.findChildren(QWidget):
        if widget.isVisible() and widget.focusPolicy() & TAB and widget.focusProxy() is None:
            face = QAccessible.queryAccessibleInterface(widget)
            if not face.text(QAccessible.Text.Name) and widget.objectName()[:3] != "qt_":
                found.append(f"{type(widget).__name__} {widget.objectName()}")
    return found


def test_tab_walks_from_the_prompt_to_generate_and_on_to_the_sound(
    window: MainWindow, session: Session, qtbot: QtBot
) -> None:
    session.set_artist("Ada")
    names = ["artist", "genre", "lyrics", "seconds", "songLength", "takeCount", "seed"]
    window.findChild(QWidget, "artist").setFocus()
    walked: list[str] = []

    for _ in range(40):
        focused = QApplication.focusWidget()
        if focused is not None and focused.objectName() not in walked:
            walked.append(focused.objectName())
        QTest.keyClick(focused, Qt.Key.Key_Tab)

    assert [name for name in walked if name in names] == names
    assert walked.index("seed") < walked.index("generate")


def test_every_command_is_in_a_menu(window: MainWindow) -> None:
    told = {name for names in MENUS.values() for name in names}

    assert {command.name for command, _ in window.actions_by_name.all} <= told


def test_no_two_commands_share_a_key(window: MainWindow) -> None:
    keys = [
        shortcut.toString()
        for _, action in window.actions_by_name.all
        for shortcut in action.shortcuts()
    ]

    assert len(keys) == len(set(keys))


def test_buttons_say_what_they_do(window: MainWindow) -> None:
    silent = [
        button.objectName()
        for button in window.findChildren(QAbstractButton)
        if button.isVisible() and not (button.text() or button.toolTip())
        if not isinstance(button.parent(), QLineEdit)
    ]

    assert silent == []


@pytest.mark.parametrize("code", language.languages())
def test_letters_that_a_menu_underlines_are_unlike_within_it(
    session: Session, settings: QSettings, qtbot: QtBot, code: str
) -> None:
    language.speak(code)
    window = MainWindow(session, settings)
    qtbot.addWidget(window, before_close_func=lambda _: session.discard())
    alike: list[str] = []
    for top in window.menuBar().actions():
        texts = [action.text() for action in top.menu().actions() if action.text()]
        letters = [found.group(1) for text in texts if (found := re.search("&([^&])", text))]
        alike += [text for text in texts if letters.count(mnemonic(text)) > 1]

    assert alike == []


def mnemonic(text: str) -> str:
    found = re.search("&([^&])", text)
    return found.group(1) if found else ""


@pytest.mark.parametrize("name", ["shortcuts", "about", "models", "export", "record", "tour"])
def test_every_widget_of_a_dialog_that_takes_the_focus_has_a_name(
    window: MainWindow, session: Session, done: Wait, name: str
) -> None:
    session.generate()
    done(session)
    window.actions_by_name[name].trigger()
    dialogs = [each for each in window.findChildren(QDialog) if each.isVisible()]
    top = dialogs[0] if dialogs else window

    assert nameless(top) == []

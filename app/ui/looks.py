"""The look and the language that the user chose: kept with the window's settings, and two menus.

Knows themes and languages. Knows nothing of songs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QSettings
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from app import language
from app.language import mark, tr
from app.ui import languages, theme
from app.ui.theme import Appearance

T = TypeVar("T")

_APPEARANCE = "window/appearance"
_APPEARANCES = {
    Appearance.SYSTEM: mark("&Like the System"),
    Appearance.LIGHT: mark("&Light"),
    Appearance.DARK: mark("&Dark"),
    Appearance.CONTRAST_LIGHT: mark("&High Contrast, Light"),
    Appearance.CONTRAST_DARK: mark("High &Contrast, Dark"),
}


def appearance(settings: QSettings) -> Appearance:
    """The look that the user chose."""
    stored = settings.value(_APPEARANCE)
    return Appearance(stored) if stored in list(Appearance) else Appearance.SYSTEM


def appearance_menu(settings: QSettings, parent: QWidget) -> QMenu:
    """A menu to choose the look, which changes at once."""

    def choose(chosen: Appearance) -> None:
        settings.setValue(_APPEARANCE, str(chosen))
        theme.apply_appearance(chosen)

    menu = QMenu(tr("&Appearance"), parent)
    options = tuple((each, tr(_APPEARANCES[each])) for each in Appearance)
    _fill(menu, options, appearance(settings), choose)
    return menu


def language_menu(settings: QSettings, tell: Callable[[str], object], parent: QWidget) -> QMenu:
    """A menu to choose the language; `tell` says that it is spoken from the next start on."""

    def choose(chosen: str) -> None:
        languages.choose(settings, chosen)
        tell(languages.own_name(chosen or languages.of_system()))

    menu = QMenu(tr("&Language"), parent)
    codes = ((code, languages.own_name(code)) for code in language.languages())
    options = ((languages.SYSTEM, tr("&Like the System")), *codes)
    _fill(menu, options, languages.choice(settings), choose)
    return menu


def _fill(
    menu: QMenu, options: tuple[tuple[T, str], ...], chosen: T, choose: Callable[[T], object]
) -> None:
    """One entry per option, of which one is ticked."""
    group = QActionGroup(menu)
    for value, words in options:
        action = QAction(words, group)
        action.setCheckable(True)
        action.setChecked(value == chosen)
        action.triggered.connect(lambda _=False, value=value: choose(value))
        menu.addAction(action)

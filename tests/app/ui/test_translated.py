"""Nothing on screen goes past the translations: a language of brackets brackets all words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from gettext import NullTranslations

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QGraphicsScene,
    QGroupBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QTabBar,
    QTabWidget,
    QTreeWidget,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app import language
from app.session import Session
from app.ui.main_window import MainWindow
from tests.app.kit import MODEL
from tests.app.listening import Wait

KEYS = re.compile(r" \([^()]*\+[^()]*\)| \(\w{1,5}\)")
"""A shortcut at the end of a tooltip; the system names its keys."""

DATA = {
    *MODEL.artists,
    *MODEL.genres,
    MODEL.spec.title,
    MODEL.spec.licence,
    "Jukebox Studio",
    "English",
    "MP3",
    "OGG Vorbis",
    "Opus",
    "kHz",
    "LUFS",
}
"""What is called the same in every language, or is the user's own."""


class Brackets(NullTranslations):
    """A language in which every text is the English one in brackets."""

    def gettext(self, message: str) -> str:
        return f"⟦{message}⟧"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return f"⟦{msgid1 if n == 1 else msgid2}⟧"


@pytest.fixture(autouse=True)
def brackets(monkeypatch: pytest.MonkeyPatch) -> None:
    voice = language._Voice("en", Brackets(), right_to_left=False)
    monkeypatch.setattr(language, "_voice", voice)


def bare(text: str) -> str:
    """What of a text stands outside of brackets and is made of words."""
    before = None
    while before != text:
        before, text = text, re.sub("⟦[^⟦⟧]*⟧", "", text)
    for known in sorted(DATA, key=len, reverse=True):
        text = text.replace(known, "")
    return text if re.search("[A-Za-z]{3}", text) else ""


def words(widget: QWidget) -> Iterator[str]:
    """All that a widget says to eyes and ears."""
    yield from (widget.toolTip(), widget.accessibleName(), widget.accessibleDescription())
    if isinstance(widget, QLabel | QAbstractButton) and widget.property("role") != "key":
        yield widget.text()
    if isinstance(widget, QGroupBox):
        yield widget.title()
    if isinstance(widget, QLineEdit | QPlainTextEdit):
        yield widget.placeholderText()
    if isinstance(widget, QAbstractSpinBox):
        yield getattr(widget, "suffix", str)()
    if isinstance(widget, QComboBox):
        yield from (widget.itemText(row) for row in range(widget.count()))
    if isinstance(widget, QTabWidget):
        yield from (widget.tabText(page) for page in range(widget.count()))
    if isinstance(widget, QTreeWidget):
        header = widget.headerItem()
        yield from (header.text(column) for column in range(widget.columnCount()))
    if widget.isWindow():
        yield widget.windowTitle()


def untranslated(top: QWidget) -> list[str]:
    own = (each for each in (top, *top.findChildren(QWidget)) if not_qts(each))
    said = [text for widget in own for text in words(widget)]
    actions = (a for a in top.findChildren(QAction) if not isinstance(a.parent(), QGraphicsScene))
    said += [part for action in actions for part in (action.text(), action.toolTip())]
    return sorted({text for text in said if bare(KEYS.sub("", text))})


def not_qts(widget: QWidget) -> bool:
    """Qt's own buttons speak by Qt's own translations."""
    qts = isinstance(widget.parent(), QDialogButtonBox | QTabBar)
    return not qts and not widget.objectName().startswith("qt_")


def test_all_of_the_window_is_translated(
    session: Session, settings: QSettings, qtbot: QtBot, done: Wait
) -> None:
    window = MainWindow(session, settings)
    qtbot.addWidget(window, before_close_func=lambda _: session.discard())
    window.show()
    session.generate()
    done(session)

    assert untranslated(window) == []


@pytest.mark.parametrize("name", ["shortcuts", "about", "models", "export"])
def test_all_of_a_dialog_is_translated(
    session: Session, settings: QSettings, qtbot: QtBot, done: Wait, name: str
) -> None:
    window = MainWindow(session, settings)
    qtbot.addWidget(window, before_close_func=lambda _: session.discard())
    window.show()
    session.generate()
    done(session)
    window.actions_by_name[name].trigger()
    dialog = next(each for each in window.findChildren(QDialog) if each.isVisible())

    assert untranslated(dialog) == []

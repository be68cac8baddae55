"""The cheat sheet: every key of the program on one page, made from the commands themselves."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QDialog, QGridLayout, QVBoxLayout, QWidget

from app.language import mark, tr
from app.ui import widgets
from app.ui.actions import Actions
from app.ui.menus import MENUS
from app.ui.name_field import STAR_KEYS
from app.ui.take_commands import NUMBERED
from app.ui.timeline.keys import KEYS, MOUSE

TIMELINE = mark("On the timeline")
NAMES = mark("In the fields for artist and genres")
NAME_KEYS = (
    ("Down", mark("Show all names, favourites and those used lately first")),
    (STAR_KEYS, mark("Make the name a favourite, or no longer")),
)
WITH_THE_MOUSE = mark("With the mouse")
_SIZE = (1080, 660)
_COLUMNS = 3
_LONG = 16

Section = tuple[str, list[tuple[str, str]]]
"""A heading, and pairs of keys and what they do."""


class ShortcutsDialog(QDialog):
    """Every key on one page, which scrolls where the screen is small."""

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Keyboard Shortcuts"))
        self.setObjectName("shortcutsDialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        page = QWidget()
        page.setObjectName("cheatSheet")
        row = widgets.beside(*_columns(sections(actions)), spacing=24)
        row.setContentsMargins(12, 10, 12, 10)
        page.setLayout(row)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 16, 18, 16)
        column.setSpacing(14)
        column.addWidget(widgets.scrolling(page, tr("Keyboard Shortcuts")))
        column.addWidget(widgets.close_box(self))
        widgets.fit(self, _SIZE)


def sections(actions: Actions) -> tuple[Section, ...]:
    """All keys: menu by menu, then those of the timeline, of fields for names and the mouse."""
    menus = ((tr(title).replace("&", ""), _rows(actions, names)) for title, names in MENUS.items())
    timeline = [(", ".join(map(_native, row.deeds)), tr(row.words)) for row in KEYS]
    mouse = [(tr(way), tr(words)) for way, words in MOUSE]
    names = [(_native(keys), tr(words)) for keys, words in NAME_KEYS]
    rest = ((tr(TIMELINE), timeline), (tr(NAMES), names), (tr(WITH_THE_MOUSE), mouse))
    return (*(each for each in menus if each[1]), *rest)


def _rows(actions: Actions, names: tuple[str, ...]) -> list[tuple[str, str]]:
    known = {command.name: (command.text, action) for command, action in actions.all}
    digits = {f"take{number}" for number in range(1, NUMBERED + 1)}
    rows = [
        (_keys(known[name][1]), known[name][0].replace("&", ""))
        for name in names
        if name in known and name not in digits and known[name][1].shortcuts()
    ]
    if digits & set(names):
        rows.append((f"1 – {NUMBERED}", tr("Hear another of the takes made alike")))
    return rows


def _keys(action: QAction) -> str:
    native = QKeySequence.SequenceFormat.NativeText
    return ", ".join(keys.toString(native) for keys in action.shortcuts())


def _native(keys: str) -> str:
    return QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)


def _stacked(keys: str) -> str:
    """Long names of keys below each other."""
    return keys.replace(", ", "\n") if len(keys) > _LONG else keys


def _columns(parts: tuple[Section, ...]) -> list[QWidget]:
    """The sections in columns of about one height, in their order."""
    height = sum(len(rows) + 2 for _, rows in parts) / _COLUMNS
    columns: list[list[Section]] = [[]]
    filled = 0
    for part in parts:
        if filled >= height * len(columns) and len(columns) < _COLUMNS:
            columns.append([])
        columns[-1].append(part)
        filled += len(part[1]) + 2
    return [_column(each) for each in columns]


def _column(parts: list[Section]) -> QWidget:
    result = QWidget()
    grid = QGridLayout(result)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(14)
    grid.setVerticalSpacing(5)
    grid.setColumnStretch(1, 1)
    row = 0
    for heading, rows in parts:
        grid.addWidget(widgets.label(heading, role="section"), row, 0, 1, 2)
        for keys, words in rows:
            row += 1
            key = widgets.label(_stacked(keys), role="key")
            key.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
            grid.addWidget(key, row, 0, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeading)
            grid.addWidget(widgets.paragraph(words), row, 1)
        grid.setRowMinimumHeight(row + 1, 10)
        row += 2
    grid.setRowStretch(row, 1)
    return result

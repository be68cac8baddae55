"""The takes of the song, each below the one it departs from.

Shows what it was told last, and says what the user asks for. Knows nothing of sessions.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QHeaderView,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

_ID = Qt.ItemDataRole.UserRole
_COLUMNS = ("Take", "Made by", "New part", "Quality", "Length", "Seed")


@dataclass(frozen=True, slots=True)
class TakeRow:
    """A take in words.

    Attributes:
        id, parent: which take, and which one it departs from; "" for none.
        cells: the words of each column.
        tip: all that is known of it.
    """

    id: str
    parent: str
    cells: tuple[str, ...]
    tip: str


class TakeList(QTreeWidget):
    """A tree to choose, hear, rename and remove takes.

    Signals:
        chosen: the id of a take.
        renamed: the id of a take, and its new name.
        audition_asked: the id of a take to hear from where it is new.
        removal_asked: the id of a take.
    """

    chosen = Signal(str)
    renamed = Signal(str, str)
    audition_asked = Signal(str)
    removal_asked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[TakeRow, ...] = ()
        self._items: dict[str, QTreeWidgetItem] = {}
        self._build()

    def show_takes(self, rows: tuple[TakeRow, ...], chosen: str | None) -> None:
        """Show these takes, and which one is chosen."""
        self.blockSignals(True)
        if [(row.id, row.parent) for row in rows] != [(row.id, row.parent) for row in self._rows]:
            self._rebuild(rows)
        for row in rows:
            self._fill(self._items[row.id], row)
        self._rows = rows
        current = self._items.get(chosen or "")
        self.setCurrentItem(current)  # pyright: ignore[reportArgumentType]
        self.blockSignals(False)

    def rename_chosen(self) -> None:
        """Let the user type another name for the chosen take."""
        item = self.currentItem()
        if item is not None:  # pyright: ignore[reportUnnecessaryComparison]
            self.editItem(item, 0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return plays, Delete removes."""
        take = self._id(self.currentItem())
        playing = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if take and playing and self.state() is not self.State.EditingState:
            self.audition_asked.emit(take)
        elif take and event.key() == Qt.Key.Key_Delete:
            self.removal_asked.emit(take)
        else:
            super().keyPressEvent(event)

    def _rebuild(self, rows: tuple[TakeRow, ...]) -> None:
        self.clear()
        self._items = {}
        for row in rows:
            owner = self._items.get(row.parent, self)
            item = QTreeWidgetItem(owner)
            item.setData(0, _ID, row.id)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
            self._items[row.id] = item
        self.expandAll()

    def _fill(self, item: QTreeWidgetItem, row: TakeRow) -> None:
        for column, words in enumerate(row.cells):
            if item.text(column) != words:
                item.setText(column, words)
            item.setToolTip(column, row.tip)

    def _id(self, item: QTreeWidgetItem | None) -> str:
        return "" if item is None else str(item.data(0, _ID))

    def _tell_chosen(self, item: QTreeWidgetItem | None) -> None:
        if item is not None:
            self.chosen.emit(self._id(item))

    def _tell_audition(self, item: QTreeWidgetItem) -> None:
        self.audition_asked.emit(self._id(item))

    def _tell_renamed(self, item: QTreeWidgetItem, column: int) -> None:
        if column == 0:
            self.renamed.emit(self._id(item), item.text(0).strip())

    def _build(self) -> None:
        self.setObjectName("takes")
        self.setAccessibleName("Takes")
        self.setColumnCount(len(_COLUMNS))
        self.setHeaderLabels(list(_COLUMNS))
        self.setUniformRowHeights(True)
        self.setAllColumnsShowFocus(True)
        self.setEditTriggers(self.EditTrigger.NoEditTriggers)
        self.setIndentation(18)
        self.setMinimumHeight(96)
        header = self.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column in range(1, len(_COLUMNS)):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        self.currentItemChanged.connect(self._tell_chosen)
        self.itemChanged.connect(self._tell_renamed)
        self.itemDoubleClicked.connect(self._tell_audition)

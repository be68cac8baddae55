"""The takes of the song, each below the one it departs from.

Shows what it was told last, and says what the user asks for. Knows nothing of sessions.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QBrush, QIcon, QKeyEvent, QPalette, QPixmap
from PySide6.QtWidgets import (
    QHeaderView,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from app.language import mark, tr
from app.ui import icons

_ID = Qt.ItemDataRole.UserRole
_MARK = Qt.ItemDataRole.UserRole + 1
_MARK_PX = 20
_COLUMNS = (
    mark("Take"),
    mark("Key"),
    mark("Made by"),
    mark("New part"),
    mark("Quality"),
    mark("Length"),
    mark("Seed"),
)


@dataclass(frozen=True, slots=True)
class TakeRow:
    """A take in words.

    Attributes:
        id, parent: which take, and which one it departs from; "" for none.
        cells: the words of each column.
        tip: all that is known of it.
        mark: the icon beside its name, "" for none.
        rejected: whether it steps back behind the others.
    """

    id: str
    parent: str
    cells: tuple[str, ...]
    tip: str
    mark: str = ""
    rejected: bool = False


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
        self._target = ""
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

    @property
    def words(self) -> str:
        """All of it in words: a line for each take, its columns between tabs, a star before one."""
        chosen = self._id(self.currentItem())
        lines = ("\t".join(("*" if row.id == chosen else "", *row.cells)) for row in self._rows)
        return "\n".join(lines)

    def take_at(self, point: QPoint) -> str:
        """The id of the take under a point of the viewport, "" for none."""
        return self._id(self.itemAt(point))

    def show_target(self, take_id: str) -> None:
        """Mark the take on which something carried would be dropped; "" for none."""
        if take_id == self._target:
            return
        for name, marked in ((self._target, False), (take_id, True)):
            if (item := self._items.get(name)) is not None:
                brush = self.palette().mid() if marked else QBrush()
                self.blockSignals(True)
                for column in range(len(_COLUMNS)):
                    item.setBackground(column, brush)
                self.blockSignals(False)
        self._target = take_id

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
        self._mark(item, row)

    def _mark(self, item: QTreeWidgetItem, row: TakeRow) -> None:
        shown = (row.mark, row.rejected)
        if item.data(0, _MARK) == shown:
            return
        item.setData(0, _MARK, shown)
        item.setIcon(0, icons.tinted(self, row.mark) if row.mark else _blank())
        dimmed = self.palette().brush(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Text)
        for column in range(len(_COLUMNS)):
            item.setData(column, Qt.ItemDataRole.ForegroundRole, dimmed if row.rejected else None)

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
        self.setAccessibleName(tr("Takes"))
        self.setColumnCount(len(_COLUMNS))
        self.setHeaderLabels([tr(column) for column in _COLUMNS])
        self.setUniformRowHeights(True)
        self.setAllColumnsShowFocus(True)
        self.setEditTriggers(self.EditTrigger.NoEditTriggers)
        self.setIndentation(18)
        self.setMinimumHeight(60)
        header = self.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column in range(1, len(_COLUMNS)):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        self.currentItemChanged.connect(self._tell_chosen)
        self.itemChanged.connect(self._tell_renamed)
        self.itemDoubleClicked.connect(self._tell_audition)


def _blank() -> QIcon:
    """Keeps names of takes without a mark below those with one."""
    nothing = QPixmap(_MARK_PX, _MARK_PX)
    nothing.fill(Qt.GlobalColor.transparent)
    return QIcon(nothing)

"""The queue: what the engine is asked to make, in order, how far each job is, how long it takes.

Shows what it was told last, and says what the user asks for. Knows nothing of sessions.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRect, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.language import mark, tr, trn
from app.song.status import JobPhase
from app.ui import clock, theme, widgets

_COLUMNS = (mark("Job"), mark("Takes"), mark("Made"), mark("Time left"), mark("State"))
_NUMBER = Qt.ItemDataRole.UserRole
_SHARE = Qt.ItemDataRole.UserRole + 1
_MADE = 2
_KEYS = (Qt.Key.Key_Space, Qt.Key.Key_Delete, Qt.Key.Key_Up, Qt.Key.Key_Down)
_BAR_PX, _BAR_WIDTH = 6, 120
PHASE_NAMES = {
    JobPhase.RUNNING: mark("Running"),
    JobPhase.WAITING: mark("Waiting"),
    JobPhase.PAUSED: mark("Paused"),
}


@dataclass(frozen=True, slots=True)
class JobRow:
    """A job in words.

    Attributes:
        share: how much of it is made, 0…1.
        cells: the words of each column.
    """

    number: int
    phase: JobPhase
    share: float
    cells: tuple[str, ...]


class QueuePanel(QWidget):
    """A list of jobs, and buttons to reorder, pause and cancel them.

    Signals:
        pause_asked, resume_asked, cancel_asked: the number of a job.
        move_asked: the number of a job, and by how many places, negative for sooner.
    """

    pause_asked = Signal(int)
    resume_asked = Signal(int)
    cancel_asked = Signal(int)
    move_asked = Signal(int, int)

    def __init__(self, *buttons: QWidget) -> None:
        super().__init__()
        self.list = _JobList()
        self._words = widgets.label("", role="dim")
        self.sooner = widgets.IconButton("sooner", tr("Sooner (Alt+Up)"))
        self.later = widgets.IconButton("later", tr("Later (Alt+Down)"))
        self.rest = widgets.IconButton("pause", tr("Pause or resume this job (Space)"))
        self.cancel = widgets.IconButton("close", tr("Cancel this job, keep what is made (Delete)"))
        self._build(buttons)

    def show_queue(self, rows: tuple[JobRow, ...], remaining_s: float | None) -> None:
        """Show these jobs, and how long all of them take."""
        self.list.show_rows(rows)
        self._words.setText(queue_words(len(rows), remaining_s))
        self._enable()

    def _build(self, buttons: tuple[QWidget, ...]) -> None:
        mine = (self.sooner, self.later, self.rest, self.cancel)
        for name, button in zip(("Sooner", "Later", "Rest", "Cancel"), mine, strict=True):
            button.setObjectName(f"queue{name}")
        row = widgets.beside(*mine, 8, self._words, 1, *buttons)
        row.setContentsMargins(12, 4, 12, 4)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(self.list, 1)
        self.sooner.clicked.connect(lambda: self._move(-1))
        self.later.clicked.connect(lambda: self._move(1))
        self.rest.clicked.connect(self._rest_or_resume)
        self.cancel.clicked.connect(self._cancel)
        self.list.moved.connect(self._move)
        self.list.rest_asked.connect(self._rest_or_resume)
        self.list.cancel_asked.connect(self._cancel)
        self.list.currentItemChanged.connect(self._enable)
        self._enable()

    def _enable(self, *_: object) -> None:
        at, count = self.list.place, self.list.rows
        self.sooner.setEnabled(at > 0)
        self.later.setEnabled(0 <= at < count - 1)
        for button in (self.rest, self.cancel):
            button.setEnabled(at >= 0)

    def _move(self, places: int) -> None:
        if (row := self.list.chosen) is not None:
            self.move_asked.emit(row.number, places)

    def _rest_or_resume(self) -> None:
        if (row := self.list.chosen) is not None:
            paused = row.phase is JobPhase.PAUSED
            (self.resume_asked if paused else self.pause_asked).emit(row.number)

    def _cancel(self) -> None:
        if (row := self.list.chosen) is not None:
            self.cancel_asked.emit(row.number)


class _JobList(QTreeWidget):
    """The jobs, one below the other; the chosen one stays chosen wherever it moves."""

    moved = Signal(int)
    rest_asked = Signal()
    cancel_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._shown: tuple[JobRow, ...] = ()
        self._items: list[QTreeWidgetItem] = []
        self.setObjectName("queue")
        self.setAccessibleName(tr("Queue"))
        self.setColumnCount(len(_COLUMNS))
        self.setHeaderLabels([tr(name) for name in _COLUMNS])
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setAllColumnsShowFocus(True)
        self.setItemDelegateForColumn(_MADE, _Bar(self))
        header = self.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(_MADE, QHeaderView.ResizeMode.Fixed)
        header.resizeSection(_MADE, _BAR_WIDTH + 60)

    @property
    def rows(self) -> int:
        """How many jobs there are."""
        return len(self._shown)

    @property
    def words(self) -> str:
        """All of it in words: a line for each job, its columns between tabs."""
        return "\n".join("\t".join(row.cells) for row in self._shown)

    @property
    def place(self) -> int:
        """Which of them is chosen; −1 for none."""
        item = self.currentItem()
        return -1 if item is None else self.indexFromItem(item).row()

    @property
    def chosen(self) -> JobRow | None:
        """The job that is chosen."""
        number = self._number(self.currentItem())
        return next((row for row in self._shown if row.number == number), None)

    def show_rows(self, rows: tuple[JobRow, ...]) -> None:
        """Show these, and keep the same job chosen."""
        if rows == self._shown:
            return
        number = self._number(self.currentItem())
        self._shown = rows
        self.blockSignals(True)
        while self.topLevelItemCount() > len(rows):
            self.takeTopLevelItem(self.topLevelItemCount() - 1)
        while self.topLevelItemCount() < len(rows):
            self._items.append(QTreeWidgetItem(self))
        del self._items[len(rows) :]
        for item, row in zip(self._items, rows, strict=True):
            self._fill(item, row)
            if row.number == number:
                self.setCurrentItem(item)
        self.blockSignals(False)
        if self._items and self.currentItem() is None:
            self.setCurrentItem(self._items[0])

    def event(self, event: QEvent) -> bool:
        """Keep the keys that mean something here from the window's shortcuts: Space plays there."""
        override = event.type() is QEvent.Type.ShortcutOverride
        if override and isinstance(event, QKeyEvent) and event.key() in _KEYS:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Alt and arrows move a job, Space lets it rest or go on, Delete cancels it."""
        alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        key = event.key()
        if alt and key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.moved.emit(-1 if key == Qt.Key.Key_Up else 1)
        elif key == Qt.Key.Key_Space:
            self.rest_asked.emit()
        elif key == Qt.Key.Key_Delete:
            self.cancel_asked.emit()
        else:
            super().keyPressEvent(event)

    def _fill(self, item: QTreeWidgetItem, row: JobRow) -> None:
        item.setData(0, _NUMBER, row.number)
        item.setData(_MADE, _SHARE, row.share)
        item.setTextAlignment(_MADE, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        for column, words in enumerate(row.cells):
            item.setText(column, words)

    def _number(self, item: QTreeWidgetItem | None) -> int:
        return -1 if item is None else int(item.data(0, _NUMBER))


class _Bar(QStyledItemDelegate):
    """Words, and a bar beside them of how much there is."""

    def __init__(self, owner: QWidget) -> None:
        super().__init__(owner)
        self._owner = owner

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Draw a cell."""
        super().paint(painter, option, index)
        area = QRect(option.rect)  # pyright: ignore[reportAttributeAccessIssue] — Qt's own field
        colours = theme.of(self._owner)
        bar = QRect(area.left() + 4, area.center().y() - _BAR_PX // 2, _BAR_WIDTH, _BAR_PX)
        painter.fillRect(bar, QColor(colours.border))
        bar.setWidth(round(_BAR_WIDTH * float(index.data(_SHARE) or 0.0)))
        painter.fillRect(bar, QColor(colours.accent))


def queue_words(jobs: int, remaining_s: float | None) -> str:
    """How much there is to be made, in words."""
    if not jobs:
        return tr("Nothing waits to be made.")
    words = trn("{count} job", "{count} jobs", jobs)
    if remaining_s is None or not remaining_s:
        return words
    return tr("{jobs}, {time}", jobs=words, time=clock.remaining(remaining_s))

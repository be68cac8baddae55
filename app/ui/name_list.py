"""The list that opens below a field for names; a click gives favourites their star, or takes it.

Shows names and what is to be said of each. Knows nothing of models and of how names are found.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QMouseEvent, QPainter
from PySide6.QtWidgets import (
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from app.language import tr
from app.ui import icons, theme

STAR = Qt.ItemDataRole.UserRole
NOTE = Qt.ItemDataRole.UserRole + 1
_STAR_PX = 16
_ZONE_PX = 30

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class NameRow:
    """A row of the list.

    Attributes:
        note: a word or two beside the name, "" for none.
        star: whether it is a favourite; None for what cannot be one.
    """

    name: str
    note: str = ""
    star: bool | None = False


class NameRows(QAbstractListModel):
    """The rows of the list, replaced as a whole."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._rows: tuple[NameRow, ...] = ()

    def show_rows(self, rows: tuple[NameRow, ...]) -> None:
        """Have these rows; what is open stays open where only stars and notes differ."""
        alike = [row.name for row in rows] == [row.name for row in self._rows]
        if not alike:
            self.beginResetModel()
        self._rows = rows
        if not alike:
            self.endResetModel()
        elif rows:
            self.dataChanged.emit(self.index(0), self.index(len(rows) - 1))

    @property
    def names(self) -> tuple[str, ...]:
        """The names, from top to bottom."""
        return tuple(row.name for row in self._rows)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """How many rows there are."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """What a row shows."""
        row = self._rows[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return row.name
        if role == Qt.ItemDataRole.AccessibleTextRole:
            favourite = (tr("favourite"),) if row.star else ()
            return ", ".join((row.name, *favourite, *filter(None, (row.note,))))
        return {STAR: row.star, NOTE: row.note}.get(role)


class NameList(QListView):
    """The open list.

    Signals:
        star_asked: the name of the row whose star was pressed.
    """

    star_asked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("nameList")
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def paint_stars(self) -> None:
        """Paint rows as they are meant; a completer puts a delegate of its own in its popup."""
        self.setItemDelegate(_NameDelegate(self))

    def star_current(self) -> None:
        """Ask for the star of the row that the keys are on."""
        self._ask(self.currentIndex())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """On a star, nothing is chosen."""
        if not self._on_star(event):
            super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A star is given or taken."""
        if self._on_star(event):
            self._ask(self.indexAt(event.position().toPoint()))
        else:
            super().mouseReleaseEvent(event)

    def _on_star(self, event: QMouseEvent) -> bool:
        point = event.position().toPoint()
        index = self.indexAt(point)
        can_be_liked = index.isValid() and index.data(STAR) is not None
        return can_be_liked and star_zone(self, self.visualRect(index)).contains(point)

    def _ask(self, index: QModelIndex) -> None:
        if index.isValid() and index.data(STAR) is not None:
            self.star_asked.emit(index.data())


def star_zone(widget: QWidget, row: QRect) -> QRect:
    """Where in a row the star is."""
    trailing = row.adjusted(row.width() - _ZONE_PX, 0, 0, 0)
    return QStyle.visualRect(widget.layoutDirection(), row, trailing)


class _NameDelegate(QStyledItemDelegate):
    """Paints a row: the name, what is to be said of it, and its star."""

    def __init__(self, view: NameList) -> None:
        super().__init__(view)
        self._view = view

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        """Leave room for the note and the star."""
        super().initStyleOption(option, index)
        note = option.fontMetrics.horizontalAdvance(index.data(NOTE) or "")
        room = option.rect.width() - note - _ZONE_PX - 16
        elide = Qt.TextElideMode.ElideRight
        option.text = option.fontMetrics.elidedText(option.text, elide, room)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a row."""
        super().paint(painter, option, index)
        colours = theme.of(self._view)
        zone = star_zone(self._view, option.rect)
        if note := index.data(NOTE):
            self._paint_note(painter, option, note)
        under = option.state & (QStyle.StateFlag.State_MouseOver | QStyle.StateFlag.State_Selected)
        if index.data(STAR):
            self._paint_star(painter, zone, "star", colours.accent)
        elif index.data(STAR) is not None and under:
            self._paint_star(painter, zone, "star-outline", colours.dim)

    def _paint_note(self, painter: QPainter, option: QStyleOptionViewItem, note: str) -> None:
        room = option.rect.adjusted(0, 0, -_ZONE_PX, 0)
        room = QStyle.visualRect(self._view.layoutDirection(), option.rect, room)
        painter.setPen(QColor(theme.of(self._view).dim))
        place = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignTrailing
        painter.drawText(room, QStyle.visualAlignment(self._view.layoutDirection(), place), note)

    def _paint_star(self, painter: QPainter, zone: QRect, name: str, colour: str) -> None:
        ratio = self._view.devicePixelRatioF()
        picture = icons.pixmap(name, QColor(colour), round(_STAR_PX * ratio))
        picture.setDevicePixelRatio(ratio)
        place = QRect(zone.center(), QSize(_STAR_PX, _STAR_PX))
        place.moveCenter(zone.center())
        painter.drawPixmap(place.topLeft(), picture)

"""The text of the lyrics, with a margin that shows times of lines and which lines are in view.

Lines are numbered from 0. A line can be dragged out of the margin; where it is dropped is for
others to say. Undo belongs to the song as a whole, so the text keeps none of its own and leaves
those keys to the window.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QWidget

from app.language import tr
from app.ui import theme

MARGIN_PX = 14
_BRACKET_PX = 5


@dataclass(frozen=True, slots=True)
class LineTime:
    """When a line is sung, in words.

    Attributes:
        asked: whether somebody gave it that time; else it is as sung.
    """

    words: str
    asked: bool


class LyricText(QPlainTextEdit):
    """Plain text with a margin; Tab leaves it.

    Signals:
        line_dragged(line, position): a line is held over a place on the screen.
        line_dropped(line, position): it was let go there.
    """

    line_dragged = Signal(int, QPoint)
    line_dropped = Signal(int, QPoint)

    def __init__(self) -> None:
        super().__init__()
        self._times: Mapping[int, LineTime] = {}
        self._view: tuple[int, int] | None = None
        self._margin = _Margin(self)
        self.setUndoRedoEnabled(False)
        self.setTabChangesFocus(True)
        self.setMinimumHeight(104)
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.updateRequest.connect(self._scroll_margin)
        self._make_room()

    @property
    def margin(self) -> QWidget:
        """Where lines are taken hold of."""
        return self._margin

    @property
    def view(self) -> tuple[int, int] | None:
        """The first and the last line that are bracketed."""
        return self._view

    @property
    def times(self) -> Mapping[int, LineTime]:
        """What the margin says of lines."""
        return self._times

    def show_times(self, times: Mapping[int, LineTime]) -> None:
        """Show when lines are sung."""
        if times != self._times:
            self._times = times
            self._make_room()
            self._margin.update()

    def show_view(self, view: tuple[int, int] | None) -> None:
        """Put a bracket around the lines from one to another."""
        if view != self._view:
            self._view = view
            self._margin.update()

    def line_at(self, y: float) -> int | None:
        """The line at a height of the margin."""
        block = self.firstVisibleBlock()
        while block.isValid():
            area = self.blockBoundingGeometry(block).translated(self.contentOffset())
            if area.top() <= y < area.bottom():
                return block.blockNumber()
            block = block.next()
        return None

    def paint_margin(self, painter: QPainter) -> None:
        """Times of the lines on screen, and the bracket."""
        colours = theme.of(self)
        painter.fillRect(self._margin.rect(), QColor(colours.panel))
        block, last = self.firstVisibleBlock(), None
        first = block.blockNumber()
        while block.isValid():
            area = self.blockBoundingGeometry(block).translated(self.contentOffset())
            if area.top() > self._margin.height():
                break
            self._paint_time(painter, block.blockNumber(), area)
            last = block.blockNumber()
            block = block.next()
        if last is not None:
            self._paint_bracket(painter, first, last)

    def event(self, event: QEvent) -> bool:
        """Leave undo and redo to the window."""
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            keys = (QKeySequence.StandardKey.Undo, QKeySequence.StandardKey.Redo)
            if any(event.matches(key) for key in keys):
                event.ignore()
                return False
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the margin beside the text."""
        super().resizeEvent(event)
        self._place_margin()

    def changeEvent(self, event: QEvent) -> None:
        """Follow a change of theme or of letters."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.PaletteChange):
            self._make_room()

    def _paint_time(self, painter: QPainter, line: int, area: QRectF) -> None:
        time = self._times.get(line)
        if time is None:
            return
        colours = theme.of(self)
        painter.setPen(QColor(colours.accent if time.asked else colours.dim))
        room = QRectF(2, area.top(), self._margin.width() - MARGIN_PX, self._row_px())
        flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(room, flags, time.words)

    def _paint_bracket(self, painter: QPainter, first: int, last: int) -> None:
        if self._view is None or self._view[0] > last or self._view[1] < first:
            return
        top = self._area(max(self._view[0], first)).top() + 2
        bottom = self._area(min(self._view[1], last)).bottom() - 2
        right = self._margin.width() - 4
        painter.setPen(QPen(QColor(theme.of(self).accent), 2))
        painter.drawLine(right - _BRACKET_PX, round(top), right - _BRACKET_PX, round(bottom))
        for line, y in ((self._view[0], top), (self._view[1], bottom)):
            if first <= line <= last:
                painter.drawLine(right - _BRACKET_PX, round(y), right, round(y))

    def _area(self, line: int) -> QRectF:
        block = self.document().findBlockByNumber(line)
        return self.blockBoundingGeometry(block).translated(self.contentOffset())

    def _row_px(self) -> int:
        return self.fontMetrics().lineSpacing()

    def _make_room(self) -> None:
        widest = max((self._width(time.words) for time in self._times.values()), default=0)
        self.setViewportMargins(MARGIN_PX + widest, 0, 0, 0)
        self._place_margin()

    def _width(self, words: str) -> int:
        return self.fontMetrics().horizontalAdvance(words) + 4

    def _place_margin(self) -> None:
        inside = self.contentsRect()
        width = self.viewportMargins().left()
        self._margin.setGeometry(QRect(inside.left(), inside.top(), width, inside.height()))

    def _scroll_margin(self, _area: QRect, pixels: int) -> None:
        if pixels:
            self._margin.scroll(0, pixels)
        self._margin.update()


class _Margin(QWidget):
    """The strip beside the text; a line can be dragged out of it."""

    def __init__(self, text: LyricText) -> None:
        super().__init__(text)
        self._text = text
        self._held: tuple[int, QPoint] | None = None
        self._dragging = False
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self.setToolTip(
            tr("Drag a line from here to a time on the timeline: it shall be sung there.")
        )

    def sizeHint(self) -> QSize:
        """As wide as the times need."""
        return QSize(self._text.viewportMargins().left(), 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        """What the text wants to be seen beside it."""
        self._text.paint_margin(QPainter(self))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the line."""
        line = self._text.line_at(event.position().y())
        if event.button() is Qt.MouseButton.LeftButton and line is not None:
            self._held = line, event.globalPosition().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Carry the line."""
        if self._held is None:
            return
        line, pressed = self._held
        here = event.globalPosition().toPoint()
        far = (here - pressed).manhattanLength() >= QApplication.startDragDistance()
        self._dragging = self._dragging or far
        if self._dragging:
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            self._text.line_dragged.emit(line, here)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let the line go; a mere click puts the cursor into it."""
        held, self._held = self._held, None
        dragged, self._dragging = self._dragging, False
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        if held is None:
            return
        if dragged:
            self._text.line_dropped.emit(held[0], event.globalPosition().toPoint())
            return
        cursor = self._text.textCursor()
        cursor.setPosition(self._text.document().findBlockByNumber(held[0]).position())
        self._text.setTextCursor(cursor)
        self._text.setFocus()

"""A strip under the waveform that shows the same stretch: a picture, the playhead, a readout.

The picture is kept while one scrolls. What is in it is told by others.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.ui import theme
from app.ui.timeline.pieces import Pieces
from app.ui.timeline.viewport import Viewport

_PLATE_PX = 17


class Lane(QWidget):
    """Something of the take in time, with the timeline's view and playhead.

    Signals:
        seek_asked: a moment, in samples.
    """

    seek_asked = Signal(int)

    def __init__(self, name: str, height: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view = Viewport.fitting(1, 1)
        self._name, self._height = name, height
        self._playhead = 0
        self._pieces = Pieces(self.picture_of)
        self._pointer: QPoint | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMouseTracking(True)
        self.setAccessibleName(name)
        self.setBackgroundRole(QPalette.ColorRole.Base)

    # ── what it shows ─────────────────────────────────────────────────────────────────────────

    def set_title(self, title: str) -> None:
        """Be called something else on the screen."""
        self._name = title

    def show_view(self, view: Viewport) -> None:
        """Show the same stretch as the timeline."""
        self.view = view
        self.update()

    def show_playhead(self, sample: int) -> None:
        """Put the playhead at a moment."""
        before, self._playhead = self._playhead, sample
        for moment in (before, sample):
            self.update(int(self.view.x_of(moment)) - 2, 0, 5, self.height())

    def redraw(self) -> None:
        """What is in the picture has changed."""
        self._pieces.clear()
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(400, self._height)

    # ── what others tell ──────────────────────────────────────────────────────────────────────

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to see, so that the hint says why."""
        raise NotImplementedError

    def picture_of(self, view: Viewport, height: int) -> QImage:
        """The picture of a view that counts device pixels, `height` of them high."""
        raise NotImplementedError

    def readout(self, sample: int, height_share: float) -> str:
        """What is said of a place: a moment, and 0 at the bottom to 1 at the top."""
        raise NotImplementedError

    def hint(self) -> str:
        """What is said where there is no picture."""
        raise NotImplementedError

    # ── mouse ─────────────────────────────────────────────────────────────────────────────────

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Point the playhead."""
        if event.button() is Qt.MouseButton.LeftButton:
            self.seek_asked.emit(self.view.sample_at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Read out what is under the pointer."""
        self._pointer = event.position().toPoint()
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Read nothing out."""
        super().leaveEvent(event)
        self._pointer = None
        self.update()

    # ── look ──────────────────────────────────────────────────────────────────────────────────

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Draw for the new width."""
        super().resizeEvent(event)
        self.redraw()

    def changeEvent(self, event: QEvent) -> None:
        """Follow a change of theme."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:
            self.redraw()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The picture under what is written on it."""
        colours = theme.of(self)
        painter = QPainter(self)
        if self.is_empty:
            painter.fillRect(event.rect(), QColor(colours.canvas))
            painter.setPen(QColor(colours.dim))
            painter.drawText(self.rect().adjusted(8, 0, -8, 0), _MIDDLE, self.hint())
        else:
            self._pieces.paint(painter, self.view, QRectF(self.rect()), QRectF(event.rect()))
            self._paint_plate(painter, self._name, left=0)
        painter.setPen(QPen(QColor(colours.border), 1))
        painter.drawLine(0, 0, self.width(), 0)
        line = QRectF(round(self.view.x_of(self._playhead)) - 0.5, 0, 1.5, self.height())
        painter.fillRect(line.adjusted(-1, 0, 1, 0), theme.translucent(colours.canvas, 0.7))
        painter.fillRect(line, QColor(colours.accent))
        if self._pointer is not None:
            self._paint_readout(painter, self._pointer)

    def _paint_readout(self, painter: QPainter, at: QPoint) -> None:
        words = self.readout(self.view.sample_at(at.x()), 1 - at.y() / max(1, self.height()))
        if words:
            width = self._plate_width(painter, words)
            beside = at.x() + 10 if at.x() + 10 + width <= self.width() else at.x() - 10 - width
            painter.fillRect(
                at.x(), 1, 1, self.height(), theme.translucent(theme.of(self).text, 0.4)
            )
            self._paint_plate(painter, words, beside)

    def _paint_plate(self, painter: QPainter, words: str, left: int) -> None:
        colours = theme.of(self)
        plate = QRectF(left, 1, self._plate_width(painter, words), _PLATE_PX)
        painter.fillRect(plate, theme.translucent(colours.panel, 0.85))
        painter.setPen(QColor(colours.dim if left == 0 else colours.text))
        painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, words)

    def _plate_width(self, painter: QPainter, words: str) -> int:
        return painter.fontMetrics().horizontalAdvance(words) + 12


_MIDDLE = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter

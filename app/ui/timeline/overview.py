"""The whole song in a narrow strip, with a frame around what the timeline shows.

Shows what it was told last. Dragging the frame scrolls the timeline. Knows nothing of sessions.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.language import tr
from app.ui import theme
from app.ui.timeline import waveform
from app.ui.timeline.items import Peaks, column_colours
from app.ui.timeline.viewport import Viewport
from engine.types import Level, Span

HEIGHT_PX = 34


class Overview(QWidget):
    """Everything at a glance.

    Signals:
        view_asked: the `Viewport` that the timeline shall show.
    """

    view_asked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view = Viewport.fitting(1, 1)
        self._peaks: Peaks | None = None
        self._quality: tuple[tuple[Span, Level], ...] = ()
        self._playhead = 0
        self._picture: QImage | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("Overview of the whole song"))
        self.setToolTip(tr("The whole take. Click or drag to move what is shown below."))

    def show_take(self, peaks: Peaks | None, quality: tuple[tuple[Span, Level], ...]) -> None:
        """Draw a take's sound."""
        self._peaks, self._quality = peaks, quality
        self._redraw()

    def show_view(self, view: Viewport) -> None:
        """Draw a frame around what the timeline shows."""
        if view.length != self._view.length:
            self._picture = None
        self._view = view
        self.update()

    def show_playhead(self, sample: int) -> None:
        """Put the playhead at a moment."""
        before, self._playhead = self._x(self._playhead), sample
        for x in (before, self._x(sample)):
            self.update(int(x) - 2, 0, 5, self.height())

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(400, HEIGHT_PX)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Bring the pointed moment to the middle of the timeline."""
        if event.button() is Qt.MouseButton.LeftButton:
            self._centre(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag along."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._centre(event.position().x())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Draw for the new width."""
        super().resizeEvent(event)
        self._redraw()

    def changeEvent(self, event: QEvent) -> None:
        """Follow a change of theme."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:
            self._redraw()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The sound, a veil over what is off screen, the playhead."""
        colours = theme.of(self)
        painter = QPainter(self)
        painter.fillRect(event.rect(), QColor(colours.canvas))
        if self._picture is None:
            self._picture = self._render()
        painter.drawImage(0, 0, self._picture)
        if not self._view.fits:
            self._paint_frame(painter)
        line = QRectF(round(self._x(self._playhead)), 0, 1, self.height())
        painter.fillRect(line, QColor(colours.accent))

    def _paint_frame(self, painter: QPainter) -> None:
        colours = theme.of(self)
        left, right = self._x(self._view.start), self._x(self._view.end)
        veil = theme.translucent(colours.window, 0.72)
        painter.fillRect(QRectF(0, 0, left, self.height()), veil)
        painter.fillRect(QRectF(right, 0, self.width() - right, self.height()), veil)
        painter.setPen(QPen(QColor(colours.dim), 1))
        frame = QRectF(left, 0, max(right - left, 3), self.height())
        painter.drawRect(frame.adjusted(0.5, 0.5, -0.5, -0.5))

    def _render(self) -> QImage:
        ratio = self.devicePixelRatioF()
        width, height = max(1, round(self.width() * ratio)), round(self.height() * ratio)
        if self._peaks is None or not self._quality:
            return QImage()
        lows, highs = self._peaks.columns(0, self._view.length, width)
        whole = Viewport.fitting(self._view.length, width)
        colours = column_colours(self._quality, whole, theme.of(self))
        picture = waveform.render(lows, highs, colours, height)
        picture.setDevicePixelRatio(ratio)
        return picture

    def _redraw(self) -> None:
        self._picture = None
        self.update()

    def _centre(self, x: float) -> None:
        moment = x / max(1, self.width()) * self._view.length
        middle = self._view.start + self._view.visible / 2
        self.view_asked.emit(self._view.scrolled(moment - middle))

    def _x(self, sample: float) -> float:
        return sample / self._view.length * self.width()

"""What is painted on the timeline: ground, selection, waveform, ribbon.

Each item knows how to draw one thing in pixels. None knows of the mouse or of the session.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from app.language import tr
from app.ui import theme
from app.ui.theme import Theme
from app.ui.timeline import waveform
from app.ui.timeline.pieces import Pieces
from app.ui.timeline.viewport import Viewport
from app.ui.words import LEVEL_NAMES, LEVEL_PATTERNS
from engine.types import Level, Span

RIBBON_PX = 15
"""Height of the quality ribbon at the bottom of the timeline."""


class Peaks(Protocol):
    """Lowest and highest sample per column, at any zoom."""

    def columns(
        self, start: int, end: int, width: int
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """(width,) lows and (width,) highs of `width` equal parts of [start, end)."""
        ...


class PixelItem(QObject):
    """Something on the timeline that draws in pixels instead of samples. Owned by who made it.

    Signals:
        changed: it is to be drawn anew.

    Attributes:
        view: which stretch is on screen; its owner keeps it up to date.
        theme: colours.
    """

    changed = Signal()

    def __init__(self, view: Viewport, colours: Theme) -> None:
        super().__init__()
        self.view, self.theme = view, colours

    def set_view(self, view: Viewport) -> None:
        """Show another stretch."""
        self.view = view
        self.refresh()

    def refresh(self) -> None:
        """Draw anew: something that is shown has changed."""
        self.changed.emit()

    def draw(self, painter: QPainter, area: QRectF) -> None:
        """Draw into an area of the screen."""
        raise NotImplementedError


class Canvas(pg.GraphicsObject):
    """All items of the timeline, the lowest first; for pyqtgraph and Qt's scene they are one."""

    def __init__(self, box: pg.ViewBox, items: Sequence[PixelItem]) -> None:
        super().__init__()
        self._box, self._items = box, tuple(items)
        for item in self._items:
            item.changed.connect(self.update)

    def boundingRect(self) -> QRectF:
        """The whole view, in samples."""
        return self._box.viewRect()

    def show_view(self, view: Viewport) -> None:
        """Show another stretch."""
        self.prepareGeometryChange()
        for item in self._items:
            item.set_view(view)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,
        widget: QWidget | None = None,
    ) -> None:
        """Let each item draw, in pixels of the scene."""
        painter.setTransform(self.scene().views()[0].viewportTransform())
        area = self._box.mapRectToScene(self._box.rect())
        for item in self._items:
            painter.save()
            item.draw(painter, area)
            painter.restore()


class Ground(PixelItem):
    """A line of silence, and faint lines under the ruler's labels.

    Attributes:
        ticks: moments to draw a line at, in samples.
    """

    def __init__(self, view: Viewport, colours: Theme) -> None:
        super().__init__(view, colours)
        self.ticks: tuple[float, ...] = ()

    def draw(self, painter: QPainter, area: QRectF) -> None:
        """Draw into an area of the screen."""
        painter.setPen(QPen(QColor(self.theme.canvas_line), 1))
        for tick in self.ticks:
            x = round(area.left() + self.view.x_of(tick)) + 0.5
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom() - RIBBON_PX))
        middle = round(area.top() + (area.height() - RIBBON_PX) / 2) + 0.5
        painter.drawLine(QPointF(area.left(), middle), QPointF(area.right(), middle))


class Waveform(PixelItem):
    """The sound of a take, each stretch in the colour of its quality."""

    def __init__(self, view: Viewport, colours: Theme) -> None:
        super().__init__(view, colours)
        self.peaks: Peaks | None = None
        self.quality: tuple[tuple[Span, Level], ...] = ()
        self._pieces = Pieces(self._render)

    def refresh(self) -> None:
        """Draw anew: something that is shown has changed."""
        self._pieces.clear()
        super().refresh()

    def set_view(self, view: Viewport) -> None:
        """Show another stretch, of the same sound."""
        self.view = view
        super().refresh()

    def draw(self, painter: QPainter, area: QRectF) -> None:
        """Draw into an area of the screen."""
        if self.peaks is not None and self.quality:
            above = area.adjusted(0, 0, 0, -RIBBON_PX)
            self._pieces.paint(painter, self.view, above, above)

    def _render(self, view: Viewport, height: int) -> QImage:
        assert self.peaks is not None
        lows, highs = self.peaks.columns(round(view.start), round(view.end), view.width)
        colours = column_colours(self.quality, view, self.theme)
        return waveform.render(lows, highs, colours, height)


def column_colours(
    quality: tuple[tuple[Span, Level], ...], view: Viewport, colours: Theme
) -> NDArray[np.uint32]:
    """The colour of each of the view's pixels by quality; `waveform.NOTHING` for no sound."""
    result = np.full(view.width, waveform.NOTHING)
    for span, level in quality:
        first, last = round(view.x_of(span.start)), round(view.x_of(span.end))
        result[max(0, first) : max(0, last)] = QColor(colours.level(level)).rgba()
    return result


class Ribbon(PixelItem):
    """The quality of each stretch, told by pattern and word as well as by colour."""

    def __init__(self, view: Viewport, colours: Theme) -> None:
        super().__init__(view, colours)
        self.quality: tuple[tuple[Span, Level], ...] = ()

    def draw(self, painter: QPainter, area: QRectF) -> None:
        """Draw into an area of the screen."""
        strip = QRectF(area.left(), area.bottom() - RIBBON_PX, area.width(), RIBBON_PX)
        painter.fillRect(strip, QColor(self.theme.panel))
        for span, level in self.quality:
            left = max(area.left(), area.left() + self.view.x_of(span.start))
            right = min(area.right(), area.left() + self.view.x_of(span.end))
            if right > left:
                stretch = QRectF(left, strip.top() + 2, right - left, RIBBON_PX - 4)
                draw_quality(painter, stretch, level, self.theme)


def draw_quality(painter: QPainter, area: QRectF, level: Level, colours: Theme) -> None:
    """A bar of a quality's colour and pattern, with its name where there is room."""
    draw_swatch(painter, area, level, colours)
    name = tr(LEVEL_NAMES[level])
    metrics = painter.fontMetrics()
    if metrics.horizontalAdvance(name) + 12 > area.width():
        return
    plate = QRectF(area.left(), area.top(), metrics.horizontalAdvance(name) + 10, area.height())
    painter.fillRect(plate, QColor(colours.panel))
    painter.setPen(QColor(colours.text))
    painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, name)


def draw_swatch(painter: QPainter, area: QRectF, level: Level, colours: Theme) -> None:
    """A bar of a quality's colour and pattern."""
    painter.fillRect(area, theme.translucent(colours.level(level), 0.28))
    painter.fillRect(area, QBrush(QColor(colours.level(level)), LEVEL_PATTERNS[level]))


class SelectionGround(PixelItem):
    """A lighter ground under the selected stretch."""

    def __init__(self, view: Viewport, colours: Theme) -> None:
        super().__init__(view, colours)
        self.span: Span | None = None

    def draw(self, painter: QPainter, area: QRectF) -> None:
        """Draw into an area of the screen."""
        if self.span is not None:
            left, right = _edges(self.span, self.view, area)
            body = QRectF(left, area.top(), right - left, area.height())
            painter.fillRect(body, theme.translucent(self.theme.selection, 0.17))


class SelectionEdges(PixelItem):
    """The edges of the selected stretch, with handles."""

    def __init__(self, view: Viewport, colours: Theme) -> None:
        super().__init__(view, colours)
        self.span: Span | None = None

    def draw(self, painter: QPainter, area: QRectF) -> None:
        """Draw into an area of the screen."""
        if self.span is None:
            return
        left, right = _edges(self.span, self.view, area)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self.theme.selection), 1))
        painter.setBrush(QColor(self.theme.selection))
        for x, inwards in ((left, 1), (right, -1)):
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
            painter.drawPolygon(_handle(x, area.top(), inwards, 1))
            painter.drawPolygon(_handle(x, area.bottom(), inwards, -1))


def _edges(span: Span, view: Viewport, area: QRectF) -> tuple[float, float]:
    left = round(area.left() + view.x_of(span.start)) + 0.5
    right = round(area.left() + view.x_of(span.end)) + 0.5
    return left, right


def _handle(x: float, y: float, inwards: int, down: int) -> QPolygonF:
    """A flag at the end of an edge, to take hold of."""
    corners = ((0, 0), (7 * inwards, 0), (0, 9 * down))
    return QPolygonF([QPointF(x + dx, y + dy) for dx, dy in corners])

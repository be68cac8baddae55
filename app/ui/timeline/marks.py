"""What is marked on the timeline besides sound: what is heard, the song's end, beats, a grip.

Each item knows how to draw one mark in pixels, and where it can be taken hold of.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QGuiApplication, QPainter, QPen, QPolygonF

from app.ui import theme
from app.ui.theme import Theme
from app.ui.timeline.items import RIBBON_PX, PixelItem
from app.ui.timeline.viewport import Viewport
from engine.types import Span

ROW_PX = 17
"""Height of a row of marks at the top of the canvas."""

_REACH_PX = 7
_CROSSING_PX = 10
_GRIP = (30.0, 15.0)
_LEAST_SELECTION_PX = 60.0
_BEATS_APART_PX = 7.0


class Mark(PixelItem):
    """Something that can be taken hold of; it is nowhere while there is nothing to show."""

    def handle(self, area: QRectF) -> QRectF | None:
        """Where it can be taken hold of; None for nowhere."""
        raise NotImplementedError


class Hearing(Mark):
    """The stretch that the model hears before it makes what comes next.

    Attributes:
        span: in samples; None for nothing to show.
        words: what is said inside.
        crossed_at: where a line runs across it, which the words keep clear of.
    """

    def __init__(self, view: Viewport, colours: Theme) -> None:
        super().__init__(view, colours)
        self.span: Span | None = None
        self.words = ""
        self.crossed_at: int | None = None

    def handle(self, area: QRectF) -> QRectF | None:
        """The bracket's left end, which says how far back."""
        if self.span is None:
            return None
        x = area.left() + self.view.x_of(self.span.start)
        if not area.left() - 1 <= x <= area.right() + 1:
            return None
        return QRectF(x - _REACH_PX, area.top(), 2 * _REACH_PX, ROW_PX)

    def draw(self, painter: QPainter, area: QRectF) -> None:
        """Draw into an area of the screen."""
        if self.span is None:
            return
        left = max(area.left(), area.left() + self.view.x_of(self.span.start))
        right = min(area.right(), area.left() + self.view.x_of(self.span.end))
        if right - left < 1:
            return
        strip = QRectF(left, area.top(), right - left, ROW_PX - 2)
        painter.fillRect(strip, theme.translucent(self.theme.dim, 0.18))
        painter.setPen(QPen(QColor(self.theme.dim), 1))
        painter.drawLine(strip.bottomLeft(), strip.bottomRight())
        painter.drawLine(strip.topRight(), strip.bottomRight())
        painter.fillRect(QRectF(left, strip.top(), 4, strip.height()), QColor(self.theme.dim))
        room = self.room_for_words(strip, area, painter.fontMetrics().horizontalAdvance(self.words))
        if room is not None:
            painter.setPen(QColor(self.theme.text))
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, self.words)

    def room_for_words(self, strip: QRectF, area: QRectF, needed: int) -> QRectF | None:
        """The first stretch of the strip, before or after what crosses it, that is wide enough."""
        whole = strip.adjusted(9, 0, -_CROSSING_PX, 0)
        crossing = (
            None if self.crossed_at is None else area.left() + self.view.x_of(self.crossed_at)
        )
        if crossing is None or not whole.left() < crossing < whole.right():
            stretches = [whole]
        else:
            before, after = QRectF(whole), QRectF(whole)
            before.setRight(crossing - _CROSSING_PX / 2)
            after.setLeft(crossing + _CROSSING_PX)
            stretches = [before, after]
        return next((each for each in stretches if each.width() > needed), None)


class SongEnd(Mark):
    """A flag where the song ends, as the model is told; at the edge while that is off screen.

    Attributes:
        moment: in samples; None for nothing to show.
        words: what the flag says.
    """

    def __init__(self, view: Viewport, colours: Theme) -> None:
        super().__init__(view, colours)
        self.moment: int | None = None
        self.words = ""

    def handle(self, area: QRectF) -> QRectF | None:
        """The flag itself."""
        if self.moment is None:
            return None
        pole = min(area.left() + self.view.x_of(self.moment), area.right() - 1)
        if pole < area.left():
            return None
        width = QFontMetricsF(QGuiApplication.font()).horizontalAdvance(self.words) + 20
        left = max(pole - width, area.left())
        return QRectF(left, area.top() + ROW_PX, pole - left, ROW_PX)

    def draw(self, painter: QPainter, area: QRectF) -> None:
        """Draw into an area of the screen."""
        flag = self.handle(area)
        if flag is None or self.moment is None:
            return
        pole = round(flag.right()) + 0.5
        on_screen = self.view.x_of(self.moment) < area.width()
        style = Qt.PenStyle.SolidLine if on_screen else Qt.PenStyle.DotLine
        painter.setPen(QPen(QColor(self.theme.text), 1, style))
        painter.drawLine(QPointF(pole, area.top()), QPointF(pole, area.bottom() - RIBBON_PX))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self.theme.text))
        notch = QPointF(flag.left() + 6, flag.center().y())
        painter.drawPolygon(QPolygonF([flag.topRight(), flag.topLeft(), notch, flag.bottomLeft(),
                                       flag.bottomRight()]))  # fmt: skip
        painter.setPen(QColor(self.theme.canvas))
        where = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        painter.drawText(flag.adjusted(8, 0, -6, 0), where, self.words)


class Grip(Mark):
    """What a selection is taken hold of by, to carry it to another take."""

    def __init__(self, view: Viewport, colours: Theme) -> None:
        super().__init__(view, colours)
        self.span: Span | None = None

    def handle(self, area: QRectF) -> QRectF | None:
        """A tab at the top of the selection, in its middle as far as that is on screen."""
        if self.span is None:
            return None
        left = max(area.left(), area.left() + self.view.x_of(self.span.start))
        right = min(area.right(), area.left() + self.view.x_of(self.span.end))
        if right - left < _LEAST_SELECTION_PX:
            return None
        width, height = _GRIP
        return QRectF((left + right - width) / 2, area.top() + ROW_PX + 1, width, height)

    def draw(self, painter: QPainter, area: QRectF) -> None:
        """Draw into an area of the screen."""
        tab = self.handle(area)
        if tab is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self.theme.selection))
        painter.drawRoundedRect(tab, 4, 4)
        painter.setBrush(QColor(self.theme.canvas))
        for column in (-8, 0, 8):
            for row in (-3, 3):
                painter.drawEllipse(tab.center() + QPointF(column, row), 1.5, 1.5)


class DropLine(PixelItem):
    """Where something that is carried over the timeline would be put.

    Attributes:
        moment: in samples; None for nowhere.
    """

    def __init__(self, view: Viewport, colours: Theme) -> None:
        super().__init__(view, colours)
        self.moment: int | None = None

    def draw(self, painter: QPainter, area: QRectF) -> None:
        """Draw into an area of the screen."""
        if self.moment is not None:
            x = round(area.left() + self.view.x_of(self.moment)) + 0.5
            painter.setPen(QPen(QColor(self.theme.accent), 2, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))


class Beats(PixelItem):
    """Moments that a selection snaps to, as short lines above the ribbon.

    Attributes:
        moments: in samples, in order.
    """

    def __init__(self, view: Viewport, colours: Theme) -> None:
        super().__init__(view, colours)
        self.moments: Sequence[int] = ()

    def draw(self, painter: QPainter, area: QRectF) -> None:
        """Draw into an area of the screen; what would lie too close together is left out."""
        painter.setPen(QPen(QColor(self.theme.dim), 1))
        foot, last = area.bottom() - RIBBON_PX, -_BEATS_APART_PX
        for moment in self.moments:
            x = self.view.x_of(moment)
            if 0 <= x <= area.width() and x - last >= _BEATS_APART_PX:
                last = x
                at = round(area.left() + x) + 0.5
                painter.drawLine(QPointF(at, foot - 8), QPointF(at, foot))

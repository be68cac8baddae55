"""The quality brush: a drag along the ribbon at the bottom says where the sound shall be better.

Draws the stroke, and what was painted and is not made yet. Knows nothing of sessions.
"""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen

from app.language import mark
from app.song.song import Quality
from app.ui.theme import Theme
from app.ui.timeline.items import RIBBON_PX, PixelItem
from app.ui.timeline.viewport import Viewport
from engine.types import Level, Span

TIP = mark("Drag to render here in full quality, with Ctrl in mid quality, with Shift to a draft")

_KEYS = (
    (Qt.KeyboardModifier.ShiftModifier, Quality.DRAFT),
    (Qt.KeyboardModifier.ControlModifier, Quality.MID),
)


class Brush(PixelItem):
    """What is painted on the ribbon.

    Signals:
        painted(span, quality): a stroke has ended.

    Attributes:
        planned: what was painted before and is not made yet, with the finest level wanted.
    """

    painted = Signal(object, object)

    def __init__(self, view: Viewport, colours: Theme) -> None:
        super().__init__(view, colours)
        self.planned: tuple[tuple[Span, Level], ...] = ()
        self._from: int | None = None
        self._stroke: tuple[Span, Quality] | None = None

    @property
    def painting(self) -> bool:
        """Whether a stroke has begun."""
        return self._from is not None

    def show_planned(self, planned: tuple[tuple[Span, Level], ...]) -> None:
        """Show what waits to be made better."""
        if planned != self.planned:
            self.planned = planned
            self.refresh()

    def press(self, position: QPointF, area: QRectF) -> bool:
        """Begin a stroke, where the ribbon is."""
        if not self.over(position, area):
            return False
        self._from = self.view.sample_at(position.x() - area.left())
        return True

    def move(self, position: QPointF, area: QRectF, keys: Qt.KeyboardModifier) -> None:
        """Paint up to here."""
        if self._from is None:
            return
        ends = (self._from, self.view.sample_at(position.x() - area.left()))
        quality = next((each for key, each in _KEYS if keys & key), Quality.FULL)
        self._stroke = Span(min(ends), max(ends)), quality
        self.refresh()

    def release(self) -> None:
        """End the stroke, if there is one."""
        stroke, self._from, self._stroke = self._stroke, None, None
        if stroke is not None:
            self.refresh()
            if stroke[0].length:
                self.painted.emit(*stroke)

    def over(self, position: QPointF, area: QRectF) -> bool:
        """Whether a point lies on the ribbon."""
        return area.bottom() - RIBBON_PX <= position.y() <= area.bottom()

    def draw(self, painter: QPainter, area: QRectF) -> None:
        """Draw into an area of the screen."""
        drawn = () if self._stroke is None else ((self._stroke[0], self._stroke[1].finest),)
        for span, level in (*self.planned, *drawn):
            left = max(area.left(), area.left() + self.view.x_of(span.start))
            right = min(area.right(), area.left() + self.view.x_of(span.end))
            if right > left:
                frame = QRectF(left, area.bottom() - RIBBON_PX + 1, right - left, RIBBON_PX - 2)
                pen = QPen(QColor(self.theme.level(level)), 2, Qt.PenStyle.DashLine)
                painter.setPen(pen)
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRect(frame.adjusted(1, 1, -1, -1))

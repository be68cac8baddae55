"""How loud it is now.

Knows decibels and paint. Knows nothing of where the sound comes from.
"""

from __future__ import annotations

import math

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.language import tr
from app.ui import theme

FLOOR_DB = -48.0
WARM_DB = -12.0
HOT_DB = -3.0
FALL_DB = 1.5
"""How far the bar sinks per reading when it gets quieter."""


class LevelMeter(QWidget):
    """A bar from −48 to 0 dB full scale, with a mark at the highest peak of late."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._now = self._peak = FLOOR_DB
        self.setAccessibleName(tr("Level meter"))
        self.setToolTip(tr("Level in decibels below full scale, from −48 to 0"))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    @property
    def decibels(self) -> float:
        """Where the bar stands."""
        return self._now

    def show_level(self, amplitude: float) -> None:
        """Rise to a peak amplitude (0…1) at once, or sink towards it."""
        level = decibels(amplitude)
        self._now = max(level, self._now - FALL_DB, FLOOR_DB)
        self._peak = max(level, self._peak - FALL_DB / 6, FLOOR_DB)
        self.update()

    def rest(self) -> None:
        """Nothing sounds any more."""
        self._now = self._peak = FLOOR_DB
        self.update()

    def sizeHint(self) -> QSize:
        """Wide and low."""
        return QSize(132, 22)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A bar in three zones above a scale."""
        colours = theme.of(self)
        painter = QPainter(self)
        bar = QRectF(0, 4, self.width(), 8)
        painter.fillRect(bar, QColor(colours.canvas_line))
        painter.setPen(QColor(colours.border))
        painter.drawRect(bar.adjusted(0.5, -0.5, -0.5, 0.5))
        zones = (
            (FLOOR_DB, WARM_DB, colours.good),
            (WARM_DB, HOT_DB, colours.warning),
            (HOT_DB, 0.0, colours.error),
        )
        for low, high, colour in zones:
            right = self._x(min(self._now, high))
            left = self._x(low)
            if right > left:
                painter.fillRect(QRectF(left, 4, right - left, 8), QColor(colour))
        if self._peak > FLOOR_DB:
            painter.fillRect(QRectF(self._x(self._peak) - 1, 3, 2, 10), QColor(colours.text))
        painter.setPen(QColor(colours.border))
        for mark in (-36.0, -24.0, WARM_DB, HOT_DB):
            painter.drawLine(int(self._x(mark)), 15, int(self._x(mark)), 18)

    def _x(self, level: float) -> float:
        return (level - FLOOR_DB) / -FLOOR_DB * self.width()


def decibels(amplitude: float) -> float:
    """Decibels below full scale, no lower than the meter shows."""
    return max(FLOOR_DB, 20 * math.log10(amplitude)) if amplitude > 0 else FLOOR_DB

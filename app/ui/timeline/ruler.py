"""The ruler above the waveform, in minutes and seconds.

Knows where labels go. Knows nothing of the mouse.
"""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QPainter

from app.ui import clock

RULER_PX = 24
LABELS_APART_PX = 84
_TICK_PX, _LABEL_TICK_PX = 4, 7


class Ruler(pg.AxisItem):
    """An axis whose unit is samples and whose labels are moments.

    Attributes:
        rate: samples per second.
    """

    def __init__(self, rate: int) -> None:
        super().__init__("top")
        self.rate = rate
        self.setHeight(RULER_PX)
        self.setStyle(tickLength=-6, tickTextOffset=4, maxTextLevel=0, autoExpandTextSpace=False)
        self.enableAutoSIPrefix(False)

    def set_rate(self, rate: int) -> None:
        """Label for another sample rate."""
        if rate != self.rate:
            self.rate = rate
            self.update()

    def paint(self, p: QPainter, opt: object, widget: object) -> None:
        """Draw ticks and labels, and nothing else: pyqtgraph's own way took 2.4 ms of a frame."""
        area = self.rect()
        first, last = self.range
        if last <= first or not area.width():
            return
        per_sample, bottom = area.width() / (last - first), area.bottom()
        (step, labelled), (_, between) = self.tickValues(first, last, area.width())
        lines = [QLineF(area.left(), bottom, area.right(), bottom)]
        for moments, height in ((between, _TICK_PX), (labelled, _LABEL_TICK_PX)):
            places = (round((at - first) * per_sample) + 0.5 for at in moments)
            lines += [QLineF(x, bottom - height, x, bottom) for x in places]
        p.setPen(self.tickPen())
        p.drawLines(lines)
        p.setPen(self.textPen())
        for at, words in zip(labelled, self.tickStrings(labelled, 1.0, step), strict=True):
            x = (at - first) * per_sample
            label = QRectF(x - LABELS_APART_PX / 2, 0, LABELS_APART_PX, RULER_PX - _LABEL_TICK_PX)
            if area.left() <= label.left() and label.right() <= area.right():
                p.drawText(label, Qt.AlignmentFlag.AlignCenter, words)

    def tickValues(
        self, minVal: float, maxVal: float, size: float
    ) -> list[tuple[float, list[float]]]:
        """Labelled ticks, and four unlabelled ones between any two of them."""
        step = clock.step((maxVal - minVal) / self.rate, size, LABELS_APART_PX) * self.rate
        return [
            (step, multiples(step, minVal, maxVal)),
            (step / 5, multiples(step / 5, minVal, maxVal)),
        ]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        """Labels of ticks that are `spacing` samples apart."""
        digits = clock.decimals(spacing / self.rate)
        return [clock.moment(value / self.rate, digits) for value in values]


def multiples(step: float, first: float, last: float) -> list[float]:
    """The multiples of `step` from `first` to `last`."""
    return [count * step for count in range(int(-(-first // step)), int(last // step) + 1)]

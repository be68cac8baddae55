"""The ruler above the waveform, in minutes and seconds.

Knows where labels go. Knows nothing of the mouse.
"""

from __future__ import annotations

import pyqtgraph as pg

from app.ui import clock

RULER_PX = 24
LABELS_APART_PX = 84


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
            self.picture = None
            self.update()

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

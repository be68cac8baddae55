"""What painting the timeline costs, beside a bare widget that paints the same waveform.

Run it on a real or virtual X display: python tests/benchmarks/timeline.py
Prints milliseconds of CPU per frame, median and 95th percentile, of ten minutes of noise.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable

os.environ.setdefault("QT_QPA_UPDATE_IDLE_TIME", "0")

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from app.song.spectrum import SpectrumPyramid
from app.song.surprise import Surprise
from app.ui import theme
from app.ui.timeline import waveform
from app.ui.timeline.items import column_colours
from app.ui.timeline.spectrogram_lane import SpectrogramLane
from app.ui.timeline.surprise_lane import SurpriseLane
from app.ui.timeline.view import Timeline
from app.ui.timeline.viewport import Viewport
from engine.types import Level, Span

RATE = 22_050
LENGTH = RATE * 600
BIN = 128
SIZE = (1400, 320)
QUALITY = ((Span(0, LENGTH), Level.BOTTOM),)
FRAMES, WARM_UP = 120, 10


class NoisePeaks:
    """Peaks of swelling noise, in levels four times coarser each."""

    def __init__(self) -> None:
        noise = np.random.default_rng(1).standard_normal((LENGTH // BIN, BIN), np.float32)
        swell = np.abs(np.sin(np.arange(LENGTH // BIN) / 90))[:, None] * 0.2
        noise *= swell.astype(np.float32)
        self._levels = [(noise.min(1), noise.max(1))]
        while len(self._levels[-1][0]) > 256:
            lows, highs = (part[: len(part) // 4 * 4].reshape(-1, 4) for part in self._levels[-1])
            self._levels.append((lows.min(1), highs.max(1)))

    def columns(
        self, start: int, end: int, width: int
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        per_column = (end - start) / width
        fitting = [n for n in range(len(self._levels)) if BIN * 4**n <= per_column]
        number = max(fitting, default=0)
        lows, highs = self._levels[number]
        edges = (start + np.arange(width) * per_column) / (BIN * 4**number)
        at = np.clip(edges.astype(int), 0, len(lows) - 1)
        return np.minimum.reduceat(lows, at), np.maximum.reduceat(highs, at)


class Bare(QWidget):
    """The same picture on a plain widget: the yardstick."""

    def __init__(self, peaks: NoisePeaks) -> None:
        super().__init__()
        self._peaks, self._view, self._playhead = peaks, Viewport.fitting(LENGTH, SIZE[0]), 0
        self._picture = None

    def set_view(self, view: Viewport) -> None:
        self._view, self._picture = view, None
        self.update()

    def show_playhead(self, sample: int) -> None:
        before, self._playhead = self._playhead, sample
        for moment in (before, sample):
            self.update(int(self._view.x_of(moment)) - 2, 0, 5, self.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(event.rect(), QColor(theme.DARK.canvas))
        if self._picture is None:
            span = round(self._view.start), round(self._view.end)
            colours = column_colours(QUALITY, self._view, theme.DARK)
            lows, highs = self._peaks.columns(*span, self.width())
            self._picture = waveform.render(lows, highs, colours, self.height())
        painter.drawImage(0, 0, self._picture)
        x = int(self._view.x_of(self._playhead))
        painter.fillRect(x, 0, 1, self.height(), QColor(theme.DARK.accent))


class WithLanes(QWidget):
    """The timeline above its spectrogram and its surprise, as in the window."""

    def __init__(self, peaks: NoisePeaks) -> None:
        super().__init__()
        self._timeline = Timeline(RATE)
        self._lanes = (SpectrogramLane(RATE), SurpriseLane(RATE))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for widget in (self._timeline, *self._lanes):
            column.addWidget(widget)
        for lane in self._lanes:
            self._timeline.view_changed.connect(lane.show_view)
        self._timeline.show_take(peaks, QUALITY, LENGTH)
        self._lanes[0].show_spectrum(noisy_spectrum(), RATE)
        bits = np.random.default_rng(2).gamma(2, 2, LENGTH // 256).astype(np.float32)
        self._lanes[1].show_surprise(Surprise(bits, 256, 10.0), RATE)

    def set_view(self, view: Viewport) -> None:
        self._timeline.set_view(view)

    def show_playhead(self, sample: int) -> None:
        for part in (self._timeline, *self._lanes):
            part.show_playhead(sample)


def noisy_spectrum() -> SpectrumPyramid:
    """A spectrum of ten minutes, of one noise over and over."""
    noise = np.random.default_rng(3).standard_normal(RATE * 30).astype(np.float32) * 0.1
    samples = np.tile(noise, LENGTH // len(noise))
    spectrum = SpectrumPyramid(len(samples), RATE)
    spectrum.update(samples, Span(0, len(samples)))
    return spectrum


def frames(app: QApplication, change: Callable[[int], None]) -> str:
    """Median and 95th percentile of CPU per frame, in milliseconds."""
    spent: list[float] = []
    for number in range(FRAMES):
        start = time.process_time()
        change(number)
        for _ in range(3):
            app.processEvents()
        spent.append(1000 * (time.process_time() - start))
    return "{:6.2f} {:6.2f}".format(*np.percentile(spent[WARM_UP:], (50, 95)))


def measure(app: QApplication, widget: Bare | Timeline | WithLanes) -> None:
    """Print one row per way of moving."""
    widget.resize(*SIZE)
    widget.show()
    app.processEvents()
    whole = Viewport.fitting(LENGTH, SIZE[0])
    half_minute = whole.zoomed(20, 0)
    nearly_all = whole.zoomed(1.1, 0)
    rows: dict[str, Callable[[int], None]] = {
        "scroll, 30 s on screen": lambda n: widget.set_view(half_minute.scrolled(n * 2000)),
        "scroll, 9 min on screen": lambda n: widget.set_view(nearly_all.scrolled(n * 9000)),
        "zoom": lambda n: widget.set_view(whole.zoomed(1.04 ** (FRAMES - 1 - n), 700)),
        "playhead, 10 min on screen": lambda n: widget.show_playhead(n * 20_000),
    }
    for words, change in rows.items():
        print(f"{type(widget).__name__:10} {words:28} {frames(app, change)}")
    widget.hide()


def main() -> None:
    """Measure the yardstick, the timeline, and the timeline with both lanes."""
    app = QApplication(sys.argv)
    theme.apply(app, theme.DARK)
    peaks = NoisePeaks()
    timeline = Timeline(RATE)
    timeline.show_take(peaks, QUALITY, LENGTH)
    for widget in (Bare(peaks), timeline, WithLanes(peaks)):
        measure(app, widget)


if __name__ == "__main__":
    main()

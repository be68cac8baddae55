"""The spectrogram under the waveform: how loud each pitch is at each moment, as a colour.

Shows what it was told last. Knows nothing of sessions.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from app.language import tr
from app.ui import clock, theme
from app.ui.timeline.colour_map import colour_map
from app.ui.timeline.lane import Lane
from app.ui.timeline.viewport import Viewport
from app.ui.timeline.waveform import Picture

HEIGHT_PX = 80


class Spectrum(Protocol):
    """How bright each band of pitch is per column, at any zoom."""

    @property
    def bands_hz(self) -> NDArray[np.float64]:
        """(bands,) the middle of each, from low to high."""
        ...

    def columns(self, start: int, end: int, width: int) -> NDArray[np.uint8]:
        """(width, bands) brightness of `width` equal parts of [start, end)."""
        ...


class SpectrogramLane(Lane):
    """Low pitches at the bottom, high ones at the top, in equal musical steps."""

    def __init__(self, rate: int, parent: QWidget | None = None) -> None:
        super().__init__(tr("Spectrogram"), HEIGHT_PX, parent)
        self._rate = rate
        self._spectrum: Spectrum | None = None
        self.setObjectName("spectrogramLane")
        self.setAccessibleDescription(
            tr("How loud each pitch is at each moment: low ones at the bottom, high ones on top.")
        )

    def show_spectrum(self, spectrum: Spectrum | None, rate: int) -> None:
        """Draw a spectrum, which may know more than before."""
        self._spectrum, self._rate = spectrum, rate
        self.redraw()

    @property
    def is_empty(self) -> bool:
        """See `Lane.is_empty`."""
        return self._spectrum is None

    def picture_of(self, view: Viewport, height: int) -> QImage:
        """See `Lane.picture_of`."""
        assert self._spectrum is not None
        bright = self._spectrum.columns(round(view.start), round(view.end), view.width)
        rows = (np.arange(height)[::-1] * bright.shape[1]) // height
        colours = colour_map(theme.of(self).canvas)
        return Picture(np.ascontiguousarray(colours[bright[:, rows]].T))

    def readout(self, sample: int, height_share: float) -> str:
        """The moment and the pitch."""
        if self._spectrum is None:
            return ""
        bands = self._spectrum.bands_hz
        pitch = bands[min(max(int(height_share * len(bands)), 0), len(bands) - 1)]
        at = clock.moment(sample / self._rate, 2)
        return tr("{time} · {pitch:.0f} Hz", time=at, pitch=pitch)

    def hint(self) -> str:
        """Said while there is no sound to listen to."""
        return tr("The spectrogram comes with the first sound.")

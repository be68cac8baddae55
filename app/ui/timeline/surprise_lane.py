"""How surprised the model is along the take: a curve that rises where it expected something else.

Shows what it was told last, and says from where something else is wanted. Knows nothing of
sessions.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage, QMouseEvent
from PySide6.QtWidgets import QWidget

from app.language import tr
from app.song.surprise import Surprise
from app.ui import clock, theme
from app.ui.timeline import waveform
from app.ui.timeline.colour_map import STEPS, colour_map
from app.ui.timeline.lane import Lane
from app.ui.timeline.viewport import Viewport

HEIGHT_PX = 48
_HEADROOM = 1.5
"""How much more than chance the lane has room for."""

_FAINTEST = 0.25
"""Share of the colours that would not stand out from the ground."""


class SurpriseLane(Lane):
    """Bits per code, as high and as bright as they are many.

    Signals:
        redo_asked: a moment from which the take shall be made anew, in samples.
    """

    redo_asked = Signal(int)

    def __init__(self, rate: int, parent: QWidget | None = None) -> None:
        super().__init__(tr("Surprise"), HEIGHT_PX, parent)
        self._rate = rate
        self._surprise = Surprise.unknown("")
        self.setObjectName("surpriseLane")
        self.setAccessibleDescription(
            tr(
                "How little the model expected what is there, in bits per code. Double-click to "
                "redo the take from there; so does Redo from the Playhead."
            )
        )

    @property
    def words(self) -> str:
        """Why there is nothing to see, or how much is known, and how surprising that is."""
        bits = self._surprise.bits
        known = bits[np.isfinite(bits)]
        if not len(known):
            return self.hint()
        share, mean = 100 * len(known) / len(bits), float(known.mean())
        return tr("{percent:.0f} % known, {bits:.3f} bits per code", percent=share, bits=mean)

    def show_surprise(self, surprise: Surprise, rate: int) -> None:
        """Draw what is known, which may be more than before."""
        self._surprise, self._rate = surprise, rate
        self.redraw()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Redo from there."""
        if event.button() is Qt.MouseButton.LeftButton:
            self.redo_asked.emit(self.view.sample_at(event.position().x()))

    @property
    def is_empty(self) -> bool:
        """See `Lane.is_empty`."""
        return not np.isfinite(self._surprise.bits).any()

    def picture_of(self, view: Viewport, height: int) -> QImage:
        """See `Lane.picture_of`."""
        surprise = self._surprise
        means, highs = surprise.columns(view.start, view.end, view.width)
        most = surprise.chance * _HEADROOM
        colours = theme.of(self)
        rows = np.arange(height, 0, -1, dtype=np.float32)[:, None]
        pixels = np.full((height, view.width), colour_map(colours.canvas)[0])
        for bits, share in ((highs, 0.35), (means, 1.0)):
            tall = np.nan_to_num(bits / most).clip(0, 1)
            under = rows <= tall * height
            np.copyto(pixels, self._colours(tall * share), where=under)
        return waveform.Picture(pixels)

    def readout(self, sample: int, height_share: float) -> str:
        """The moment and the bits of the code that sounds there."""
        bits = self._surprise.at(sample)
        at = clock.moment(sample / self._rate, 2)
        return "" if bits is None else tr("{time} · {bits:.2f} bits", time=at, bits=bits)

    def hint(self) -> str:
        """Said where nothing is known."""
        return self._surprise.reason or tr("The model listens again…")

    def _colours(self, shares: NDArray[np.floating]) -> NDArray[np.uint32]:
        """The colour of each share, 0…1, of all colours that stand out."""
        scale = colour_map(theme.of(self).canvas)
        return scale[((_FAINTEST + (1 - _FAINTEST) * shares) * (STEPS - 1)).astype(np.intp)]

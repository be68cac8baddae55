"""What the colours and patterns of the timeline mean."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.language import tr
from app.ui import theme, widgets
from app.ui.timeline.items import draw_swatch
from app.ui.words import LEVEL_MEANINGS, LEVEL_NAMES
from engine.types import Level


class Legend(QWidget):
    """Three swatches with their names."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        parts: list[QWidget | int] = []
        for level in (Level.TOP, Level.MIDDLE, Level.BOTTOM):
            name = widgets.label(tr(LEVEL_NAMES[level]), role="dim")
            swatch = _Swatch(level)
            for part in (swatch, name):
                part.setToolTip(tr(LEVEL_MEANINGS[level]))
                parts.append(part)
            name.setMinimumWidth(name.sizeHint().width())
        self.setLayout(widgets.beside(*parts, spacing=6))
        self.setAccessibleName(tr("Quality of sound: draft, mid, full"))


class _Swatch(QWidget):
    """A small bar in the colour and pattern of a quality."""

    def __init__(self, level: Level) -> None:
        super().__init__()
        self._level = level
        self.setFixedSize(QSize(26, 11))

    def paintEvent(self, event: QPaintEvent) -> None:
        """The bar."""
        painter = QPainter(self)
        draw_swatch(painter, QRectF(self.rect()), self._level, theme.of(self))

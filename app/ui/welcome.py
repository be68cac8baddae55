"""What stands in the middle before there is any sound: one sentence and three ways to begin."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QAction, QColor
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from app.ui import icons, theme, widgets

SENTENCE = "Choose an artist and a genre, write a few words, and press Generate."
HINT = "You can also drop a recording anywhere on this window and compose on from it."


class Welcome(QWidget):
    """An invitation. Its buttons are commands of the window."""

    def __init__(
        self, example: QAction, bring_in: QAction, open_song: QAction, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._picture = QLabel()
        heading = widgets.paragraph("Make a first song", role="title")
        sentence = widgets.paragraph(SENTENCE)
        hint = widgets.paragraph(HINT, role="dim")
        for words in (self._picture, heading, sentence, hint):
            words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        buttons = [widgets.action_button(action) for action in (example, bring_in, open_song)]
        row = widgets.beside(1, *buttons, 1)
        column = QVBoxLayout(self)
        column.setSpacing(10)
        column.addStretch(3)
        for words in (self._picture, heading, sentence, hint):
            column.addWidget(words)
        column.addSpacing(10)
        column.addLayout(row)
        column.addStretch(4)
        self._tint()

    def changeEvent(self, event: QEvent) -> None:
        """Follow a change of theme."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:
            self._tint()

    def _tint(self) -> None:
        accent = QColor(theme.of(self).accent)
        picture = icons.pixmap("generate", accent, round(48 * self.devicePixelRatioF()))
        picture.setDevicePixelRatio(self.devicePixelRatioF())
        self._picture.setPixmap(picture)

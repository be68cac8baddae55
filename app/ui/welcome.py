"""What stands in the middle before there is any sound: a few words, and ways to begin."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from app.language import mark, tr
from app.ui import icons, theme, widgets
from app.ui.actions import Actions

SENTENCE = mark("Choose an artist and a genre, write a few words, and press Generate.")
_ROWS = (("exampleSong", "tour"), ("example", "import", "open"))
"""Commands to begin with: first to look, then to make."""

HINT = mark("You can also drop a recording anywhere on this window and compose on from it.")


class Welcome(QWidget):
    """An invitation. Its buttons are commands of the window."""

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture = QLabel()
        self.heading = widgets.paragraph(tr("Make a first song"), role="title")
        sentence = widgets.paragraph(tr(SENTENCE))
        hint = widgets.paragraph(tr(HINT), role="dim")
        words = (self._picture, self.heading, sentence, hint)
        column = QVBoxLayout(self)
        column.setSpacing(10)
        column.addStretch(3)
        for each in words:
            each.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            column.addWidget(each)
        column.addSpacing(10)
        for row in _ROWS:
            buttons = [widgets.action_button(actions[name]) for name in row]
            for name, button in zip(row, buttons, strict=True):
                button.setObjectName(f"{name}Welcome")
            column.addLayout(widgets.beside(1, *buttons, 1))
        column.addStretch(4)
        self._tint()

    def greet(self) -> None:
        """Address somebody who has never been here."""
        self.heading.setText(tr("Welcome to Jukebox Studio"))

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

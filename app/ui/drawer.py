"""A part of a panel that is folded away until it is wanted."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QTimer
from PySide6.QtWidgets import QPushButton, QScrollArea, QVBoxLayout, QWidget

from app.ui import icons

_MARGIN_PX = 12


class Drawer(QWidget):
    """A line of words that opens and closes what is below it."""

    def __init__(self, title: str, content: QWidget) -> None:
        super().__init__()
        self.button = QPushButton(title)
        self.button.setProperty("role", "fold")
        self.button.setCheckable(True)
        self.button.toggled.connect(self._show)
        self._content = content
        content.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.button)
        column.addWidget(content)
        self._tint()

    def _show(self, opened: bool) -> None:
        self._content.setVisible(opened)
        self._tint()
        if opened:
            QTimer.singleShot(0, self, self._come_into_view)

    def _come_into_view(self) -> None:
        """Scroll to what was opened, once it has its place."""
        above = self.parentWidget()
        while above is not None and not isinstance(above, QScrollArea):
            above = above.parentWidget()
        if above is not None:
            above.ensureWidgetVisible(self._content, 0, _MARGIN_PX)

    def changeEvent(self, event: QEvent) -> None:
        """Follow a change of theme."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:
            self._tint()

    def _tint(self) -> None:
        name = "chevron-down" if self.button.isChecked() else "chevron-right"
        self.button.setIcon(icons.tinted(self, name))

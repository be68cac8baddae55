"""A ring around whatever the keyboard acts on, once the keyboard has moved there.

Knows the focus. Knows nothing of which widgets there are.
"""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QApplication, QFocusFrame, QWidget

from app.ui import theme

WIDTH_PX = 2


class FocusRing(QFocusFrame):
    """Follows the focus within a window and its dialogs. A click shows none: the eye is there."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._follow)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A rounded outline, inside the widget where there is no room around it."""
        widget = self.widget()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(theme.of(widget).accent), WIDTH_PX))
        inset = WIDTH_PX / 2
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(inset, inset, -inset, -inset), 5, 5)

    def _follow(self, _: QWidget | None, now: QWidget | None) -> None:
        clicked = QGuiApplication.mouseButtons() != Qt.MouseButton.NoButton
        wanted = now if now is not None and not clicked and not now.isWindow() else None
        self.setWidget(wanted)  # pyright: ignore[reportArgumentType]

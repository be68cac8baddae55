"""A bar that says what happened and what to do next, without stopping anybody's work."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleEvent, QColor
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from app.language import tr
from app.ui import icons, theme, widgets

SHOWN_MS = 8000
"""How long good news stays. What went wrong stays until it is closed or replaced."""


class NoticeBar(QFrame):
    """One message at a time: severity, what happened, a next step.

    Signals:
        closed: the user has read it.
    """

    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = QLabel()
        self._message = widgets.paragraph("", role="heading")
        self._advice = widgets.paragraph("", role="dim")
        self._timer = QTimer(self, singleShot=True, interval=SHOWN_MS)
        self._build()

    @property
    def words(self) -> str:
        """What it says, message and advice."""
        return f"{self._message.text()} {self._advice.text()}".strip()

    def show_notice(self, severity: str, message: str, advice: str) -> None:
        """Say something: severity is “info”, “warning” or “error”."""
        self._message.setText(message)
        self._advice.setText(advice)
        self._advice.setVisible(bool(advice))
        widgets.set_property(self, "severity", severity)
        colours = theme.of(self)
        tint = {"info": colours.mid, "warning": colours.warning, "error": colours.error}[severity]
        self._icon.setPixmap(icons.pixmap(severity, QColor(tint), 20))
        self.setAccessibleName(self.words)
        self.show()
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))
        self._timer.stop()
        if severity == "info":
            self._timer.start()

    def dismiss(self) -> None:
        """Go away."""
        self._timer.stop()
        self.hide()
        self.closed.emit()

    def _build(self) -> None:
        self.setObjectName("noticeBar")
        close = widgets.IconButton("close", tr("Close this message"))
        close.setObjectName("closeNotice")
        close.clicked.connect(self.dismiss)
        self._timer.timeout.connect(self.dismiss)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 7, 8, 7)
        row.setSpacing(10)
        row.addWidget(self._icon)
        row.addLayout(widgets.stacked(self._message, self._advice, spacing=1), 1)
        row.addWidget(close)
        self.hide()

"""A bar that offers a way on, as buttons, for as long as it stands; nobody is stopped by it."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtGui import QAccessible, QAccessibleEvent, QColor
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from app.song.status import Offer
from app.ui import icons, theme, widgets

_MARGINS = (12, 7, 8, 7)


class OfferBar(QFrame):
    """One offer at a time: what there is, what becomes of it, and a button for each choice.

    Signals:
        taken: the `Choice` that was taken; it is not done yet.
    """

    taken = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("offerBar")
        self._icon = widgets.label("")
        self._message = widgets.paragraph("", role="heading")
        self._advice = widgets.paragraph("", role="dim")
        self._buttons = QHBoxLayout()
        row = QHBoxLayout(self)
        row.setContentsMargins(*_MARGINS)
        row.setSpacing(10)
        row.addWidget(self._icon)
        row.addLayout(widgets.stacked(self._message, self._advice, spacing=1), 1)
        row.addLayout(self._buttons)
        self.hide()

    @property
    def words(self) -> str:
        """What it says, message and advice."""
        return f"{self._message.text()} {self._advice.text()}".strip()

    def show_offer(self, offer: Offer | None) -> None:
        """Offer something in place of what was offered before; None for nothing."""
        widgets.empty(self._buttons)
        self.setVisible(offer is not None)
        if offer is None:
            return
        self._message.setText(offer.message)
        self._advice.setText(offer.advice)
        self._icon.setPixmap(icons.pixmap("info", QColor(theme.of(self).mid), 20))
        for number, choice in enumerate(offer.choices):
            button = QPushButton(choice.words)
            button.setObjectName(f"offer{number}")
            button.clicked.connect(partial(self.taken.emit, choice))
            self._buttons.addWidget(button)
            button.show()
        self.setAccessibleName(self.words)
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))

"""The choice of what selections are drawn to, as a button that says which it is."""

from __future__ import annotations

from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from app.language import mark, tr
from app.song.snapping import Snap
from app.ui.actions import Actions

_WORDS: dict[Snap, str] = {
    Snap.FREE: mark("Snap: off"),
    Snap.BEAT: mark("Snap: beats"),
    Snap.ZERO: mark("Snap: quiet"),
    Snap.GRID: mark("Snap: grid"),
}


class SnapButton(QToolButton):
    """Opens the ways to snap; shows the one that is in use."""

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        menu = QMenu(self)
        for snap in Snap:
            menu.addAction(actions[f"snap-{snap}"])
        self.setMenu(menu)
        self.setObjectName("snap")
        self.setProperty("flat", "true")
        self.setPopupMode(self.ToolButtonPopupMode.InstantPopup)
        self.setToolTip(tr("What the edges of a selection are drawn to; hold Alt to draw freely"))
        self.show_snap(Snap.FREE)

    def show_snap(self, snap: Snap) -> None:
        """Say what is in use."""
        self.setText(tr(_WORDS[snap]))
        self.setAccessibleName(self.text())

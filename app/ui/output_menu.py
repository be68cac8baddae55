"""The choice of what sound comes out of, as a menu that knows what is plugged in.

Shows what the session says, and sends it what is chosen.
"""

from __future__ import annotations

from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from app.language import tr
from app.session import Session


class OutputMenu(QMenu):
    """One entry per output, of which the one in use is ticked; looks anew whenever it opens."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(tr("&Output"), parent)
        self._session = session
        self._group: QActionGroup | None = None
        self.setObjectName("outputs")
        self.setToolTipsVisible(True)
        self.aboutToShow.connect(session.look_for_outputs)
        session.outputs_changed.connect(self._fill)
        self._fill()

    def _fill(self) -> None:
        session = self._session
        names = dict.fromkeys(("", *session.outputs, session.output))
        self.clear()
        self._group = QActionGroup(self)
        for name in names:
            action = QAction(name.replace("&", "&&") or tr("&System Default"), self._group)
            action.setObjectName(f"output-{name}")
            action.setCheckable(True)
            action.setChecked(name == session.output)
            action.triggered.connect(lambda _=False, name=name: session.choose_output(name))
            self.addAction(action)

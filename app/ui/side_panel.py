"""The left of the window: what to make, how much, and the button that makes it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QPushButton, QScrollArea, QVBoxLayout, QWidget

from app.session import Session
from app.ui import widgets
from app.ui.actions import Actions
from app.ui.prompt_panel import PromptPanel
from app.ui.settings_panel import SettingsPanel

WIDTH_PX = 316
LEAST_PX, MOST_PX = 260, 520


class SidePanel(QFrame):
    """Prompt and settings, which scroll where room is short, above Generate and Stop."""

    def __init__(self, session: Session, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.prompt = PromptPanel(session)
        self.settings = SettingsPanel(session)
        self.generate = _bound_button(actions, "generate", role="primary")
        self.stop = _bound_button(actions, "stop", role="stop")
        self.ask, self.foot = QScrollArea(), QFrame()
        self._build()

    def show_song(self) -> None:
        """Show the session's song and settings."""
        self.prompt.show_song()
        self.settings.show_song()

    def show_model(self) -> None:
        """Offer what the session's model knows."""
        self.prompt.show_model()
        self.settings.show_song()

    def _build(self) -> None:
        self.setObjectName("sidePanel")
        self.setMinimumWidth(LEAST_PX)
        self.setMaximumWidth(MOST_PX)
        body = QWidget()
        body.setObjectName("sidePanelBody")
        inner = QVBoxLayout(body)
        inner.setContentsMargins(14, 12, 14, 12)
        inner.setSpacing(12)
        inner.addWidget(self.prompt, 1)
        inner.addWidget(self.settings)
        scroll = self.ask
        scroll.setObjectName("sideScroll")
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(body)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        foot = self.foot
        foot.setObjectName("generateFoot")
        row = widgets.beside(self.generate, self.stop)
        row.setStretch(0, 1)
        row.setContentsMargins(14, 10, 14, 12)
        foot.setLayout(row)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(scroll, 1)
        column.addWidget(foot)


def _bound_button(actions: Actions, name: str, role: str) -> QPushButton:
    """A large button that follows a command."""
    action = actions[name]
    button = QPushButton(action.text().replace("&", ""))
    button.setObjectName(name)
    button.setProperty("role", role)
    button.clicked.connect(action.trigger)

    def follow() -> None:
        button.setEnabled(action.isEnabled())
        button.setToolTip(action.toolTip())

    action.changed.connect(follow)
    follow()
    return button

"""The row of commands below the timeline; its buttons lose their words where room is short.

Its buttons are commands of the window. Knows nothing of sessions.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLayout, QMenu, QToolButton, QWidget

from app.ui import widgets
from app.ui.actions import Actions
from app.ui.legend import Legend

_WORDY = Qt.ToolButtonStyle.ToolButtonTextBesideIcon
_TERSE = Qt.ToolButtonStyle.ToolButtonIconOnly
_COMMANDS = {
    "continue": ("extendEnd", "extendStart", "branch"),
    "redoInside": ("replaceInside",),
    "renderFull": ("renderMid", "draft"),
}
"""Commands that have a button, and those in the menu beside each."""

_ZOOMS = ("zoomOut", "zoomIn", "zoomSelection", "zoomFit")


class ActionRow(QFrame):
    """What can be done to the selection, what is selected, what the colours mean, and zoom."""

    def __init__(self, actions: Actions, where: QWidget, drag_out: QWidget) -> None:
        super().__init__()
        self.setObjectName("actionRow")
        self._buttons = [self._button(actions, name) for name in _COMMANDS]
        self._widths = {_WORDY: 0, _TERSE: 0}
        self._row = QHBoxLayout(self)
        self._fill(actions, where, drag_out)

    def minimumSizeHint(self) -> QSize:
        """Enough for every button without words."""
        return QSize(self._needed(_TERSE), self._row.minimumSize().height())

    def showEvent(self, event: QShowEvent) -> None:
        """Measure, now that the style sheet is applied."""
        super().showEvent(event)
        for style in (_TERSE, _WORDY):
            self._set_style(style)
            self._widths[style] = self._taken()
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Use the room there is."""
        super().resizeEvent(event)
        self._fit()

    def event(self, event: QEvent) -> bool:
        """Use the room there is: what is selected takes more of it, or less."""
        done = super().event(event)
        if event.type() is QEvent.Type.LayoutRequest:
            self._fit()
        return done

    def _fit(self) -> None:
        style = _WORDY if self._needed(_WORDY) <= self.width() else _TERSE
        if style is not self._buttons[0].toolButtonStyle():
            self._set_style(style)

    def _needed(self, style: Qt.ToolButtonStyle) -> int:
        return self._row.minimumSize().width() - self._taken() + self._widths[style]

    def _taken(self) -> int:
        return sum(button.minimumSizeHint().width() for button in self._buttons)

    def _set_style(self, style: Qt.ToolButtonStyle) -> None:
        for button in self._buttons:
            button.setToolButtonStyle(style)
        self._row.invalidate()

    def _button(self, actions: Actions, name: str) -> QToolButton:
        button = widgets.action_button(actions[name])
        button.setObjectName(name)
        more = QMenu(button)
        more.addActions([actions[other] for other in _COMMANDS[name]])
        button.setMenu(more)
        button.setPopupMode(button.ToolButtonPopupMode.MenuButtonPopup)
        return button

    def _fill(self, actions: Actions, where: QWidget, drag_out: QWidget) -> None:
        row = self._row
        row.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        row.setContentsMargins(12, 6, 12, 6)
        row.setSpacing(6)
        for button in self._buttons:
            row.addWidget(button)
        row.addSpacing(8)
        row.addWidget(where)
        row.addWidget(drag_out)
        row.addWidget(widgets.WhereRoom(Legend()), 1)
        row.addSpacing(8)
        for name in _ZOOMS:
            row.addWidget(widgets.icon_button(actions[name]))

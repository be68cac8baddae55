"""A row of buttons of which one is pressed: a choice between few things, all in sight."""

from __future__ import annotations

from enum import Enum
from typing import Generic, TypeVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QSizePolicy, QToolButton, QWidget

from app.ui import widgets

E = TypeVar("E", bound=Enum)


class Choice(QWidget, Generic[E]):
    """One of a few values of an enum; arrow keys move between them.

    Signals:
        chosen: the value, when the user picks one.
    """

    chosen = Signal(object)

    def __init__(self, options: tuple[tuple[E, str, str], ...]) -> None:
        """Options are (value, word, tooltip), from left to right."""
        super().__init__()
        self._values = [value for value, _, _ in options]
        self._group = QButtonGroup(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for number, (_, word, tip) in enumerate(options):
            button = self._button(word, tip)
            self._group.addButton(button, number)
            row.addWidget(button)
        for place, button in (("first", self.buttons[0]), ("last", self.buttons[-1])):
            button.setProperty("place", place)
        self._group.idClicked.connect(self._tell)
        self.setFocusProxy(self.buttons[0])

    @property
    def buttons(self) -> list[QToolButton]:
        """The buttons, from left to right."""
        return [button for button in self._group.buttons() if isinstance(button, QToolButton)]

    def show_choice(self, value: E) -> None:
        """Press the button of a value."""
        self.buttons[self._values.index(value)].setChecked(True)

    def _tell(self, number: int) -> None:
        self.chosen.emit(self._values[number])

    def _button(self, word: str, tip: str) -> QToolButton:
        button = QToolButton()
        button.setText(word)
        button.setToolTip(tip)
        button.setCheckable(True)
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        button.setFocusPolicy(widgets.STRONG_FOCUS)
        button.setProperty("role", "segment")
        return button

"""Commands as the window offers them: words, keys, icon, what they do, and when they can.

Knows how to keep actions up to date. What the commands are is told in `commands`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from app.ui import icons


def always() -> bool:
    """The rule of commands that can be given at any time."""
    return True


@dataclass(frozen=True)
class Command:
    """One thing that the user can ask for.

    Attributes:
        name: for tests and lookups.
        text: as in a menu, with & before the letter that a menu underlines.
        run: what it does; returns at once.
        keys: shortcuts, the first of which is shown.
        icon: a file of `resources/icons`, or "".
        tip: a sentence.
        enabled: when it can be given.
        checked: for a command that is on or off, which of the two; else None.
        wording: for a command whose words change, the words now; else None.
    """

    name: str
    text: str
    run: Callable[[], object]
    keys: tuple[str, ...] = ()
    icon: str = ""
    tip: str = ""
    enabled: Callable[[], bool] = always
    checked: Callable[[], bool] | None = None
    wording: Callable[[], str] | None = None


class Actions(QObject):
    """A `QAction` for each command, owned by the window that shows them."""

    def __init__(self, commands: tuple[Command, ...], window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._icons = {command.name: command.icon for command in commands if command.icon}
        self._commands = {command.name: command for command in commands}
        self._actions = {command.name: self._action(command) for command in commands}
        window.addActions(list(self._actions.values()))

    def __getitem__(self, name: str) -> QAction:
        return self._actions[name]

    @property
    def all(self) -> tuple[tuple[Command, QAction], ...]:
        """Every command with its action, in the order given."""
        return tuple((command, self._actions[name]) for name, command in self._commands.items())

    def refresh(self) -> None:
        """Apply the rules: something has changed."""
        for command, action in self.all:
            action.setEnabled(command.enabled())
            if command.checked is not None:
                action.setChecked(command.checked())
            if command.wording is not None:
                action.setText(command.wording())

    def picture(self, name: str, icon: str) -> None:
        """Give a command another icon."""
        self._icons[name] = icon
        self._actions[name].setIcon(icons.tinted(self._window, icon))

    def tint(self) -> None:
        """Draw the icons in the colours of the theme."""
        for name, icon in self._icons.items():
            self.picture(name, icon)

    def _action(self, command: Command) -> QAction:
        action = QAction(command.text, self)
        action.setObjectName(command.name)
        action.setShortcuts([QKeySequence(keys) for keys in command.keys])
        action.setCheckable(command.checked is not None)
        action.triggered.connect(lambda: command.run())
        tip = command.tip or command.text.replace("&", "").rstrip("…")
        keys = f" ({action.shortcut().toString(_NATIVE)})" if command.keys else ""
        action.setToolTip(f"{tip}{keys}")
        action.setStatusTip(tip)
        return action


_NATIVE = QKeySequence.SequenceFormat.NativeText

"""The menu bar: every command has a place in it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QMenuBar

from app.ui.actions import Actions
from app.ui.theme import Appearance

_RECENT = "recent"
_APPEARANCE = "appearance"

MENUS: dict[str, tuple[str, ...]] = {
    "&File": ("new", "open", _RECENT, "", "save", "saveAs", "", "import", "export", "", "leave"),
    "&Edit": ("undo", "redo", "", "selectAll", "selectNone", "", "renameTake", "removeTake"),
    "&Compose": (
        "generate",
        "stop",
        "",
        "continue",
        "redoInside",
        "renderMid",
        "renderFull",
        "",
        "example",
    ),
    "&Transport": ("play", "stopPlaying", "toStart", "", "loop", "playAsItComes"),
    "&View": ("zoomIn", "zoomOut", "zoomFit", "zoomSelection", "", _APPEARANCE),
    "&Help": ("shortcuts", "", "about"),
}
"""Names of commands by menu; "" is a line between groups."""


def fill_menu_bar(bar: QMenuBar, actions: Actions, fill_recent: Callable[[QMenu], None]) -> QMenu:
    """Put every command into its menu.

    Returns:
        The menu for the appearance, still empty.
    """
    appearance = QMenu("&Appearance", bar)
    lately = QMenu("Open &Recent", bar)
    lately.setToolTipsVisible(True)
    lately.aboutToShow.connect(lambda: fill_recent(lately))
    for title, names in MENUS.items():
        menu = bar.addMenu(title)
        for name in names:
            if name == _RECENT:
                menu.addMenu(lately)
            elif name == _APPEARANCE:
                menu.addMenu(appearance)
            elif name:
                menu.addAction(actions[name])
            else:
                menu.addSeparator()
    return appearance


def fill_appearance(
    menu: QMenu, chosen: Appearance, choose: Callable[[Appearance], None]
) -> QActionGroup:
    """One entry per appearance, of which one is ticked."""
    group = QActionGroup(menu)
    words = {"system": "&Like the System", "light": "&Light", "dark": "&Dark"}
    for appearance in Appearance:
        action = QAction(words[appearance], group)
        action.setCheckable(True)
        action.setChecked(appearance is chosen)
        action.triggered.connect(lambda _=False, appearance=appearance: choose(appearance))
        menu.addAction(action)
    return group

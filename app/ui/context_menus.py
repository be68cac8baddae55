"""Menus under the pointer, or of the menu key: what can be done here.

Holds commands of the menu bar, those that concern the place. Knows nothing of sessions.
"""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QAbstractScrollArea, QMenu

from app.ui.actions import Actions

ON_TIMELINE = (
    "cut",
    "copy",
    "paste",
    "pasteOver",
    "merge",
    "delete",
    "",
    "continue",
    "branch",
    "redoInside",
    "redoFrom",
    "replaceInside",
    "renderMid",
    "renderFull",
    "draft",
    "",
    "selectAll",
    "zoomSelection",
)
ON_TAKES = ("star", "keep", "reject", "refill", "", "merge", "", "renameTake", "removeTake")
"""Names of commands; "" is a line between groups."""


def offer(widget: QAbstractScrollArea, actions: Actions, names: tuple[str, ...]) -> None:
    """Let a widget have a menu of these commands."""
    widget.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
    widget.customContextMenuRequested.connect(partial(_show, widget, actions, names))


def _show(
    widget: QAbstractScrollArea, actions: Actions, names: tuple[str, ...], at: QPoint
) -> None:
    actions.refresh()
    menu = QMenu(widget)
    menu.setObjectName("contextMenu")
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    for name in names:
        if name:
            menu.addAction(actions[name])
        else:
            menu.addSeparator()
    menu.popup(widget.viewport().mapToGlobal(at))

"""The menu bar: every command has a place in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

from app.language import mark, tr
from app.song.snapping import Snap
from app.ui.actions import Actions
from app.ui.take_commands import NUMBERED
from engine.types import Level

RECENT, EXAMPLES, APPEARANCE, LANGUAGE = "recent", "examples", "appearance", "language"
OUTPUT = "output"
"""Menus of choices, within menus."""

MENUS: dict[str, tuple[str, ...]] = {
    mark("&File"): (
        "new",
        "open",
        RECENT,
        "",
        "save",
        "saveAs",
        "duplicate",
        "saveCopy",
        "",
        "import",
        "record",
        "export",
        "exportRecordings",
        "",
        "leave",
    ),
    mark("&Edit"): (
        "undo",
        "redo",
        "",
        "cut",
        "copy",
        "paste",
        "pasteOver",
        "merge",
        "delete",
        "",
        "selectAll",
        "selectNone",
        "",
        *(f"snap-{snap}" for snap in Snap),
    ),
    mark("&Compose"): (
        "generate",
        "stop",
        "pauseQueue",
        "cancelWaiting",
        "cancelAll",
        "showQueue",
        "",
        "continue",
        "extendEnd",
        "extendStart",
        "branch",
        "",
        "redoInside",
        "redoFrom",
        "replaceInside",
        "",
        "renderMid",
        "renderFull",
        "renderStereo",
        "draft",
        "",
        "hearAll",
        "surprise",
        "example",
        EXAMPLES,
        "",
        "ownNames",
        "models",
    ),
    mark("L&yrics"): (
        "lineHere",
        "lineAnywhere",
        "forgetTimes",
        "",
        "findWords",
        "exportWords",
    ),
    mark("Ta&kes"): (
        "star",
        "keep",
        "reject",
        "refill",
        "",
        "otherTake",
        "matchLoudness",
        *(f"take{number}" for number in range(1, NUMBERED + 1)),
        "",
        "renameTake",
        "removeTake",
    ),
    mark("&Transport"): (
        "play",
        "stopPlaying",
        "toStart",
        "",
        "loop",
        "playAsItComes",
        "hearStereo",
        "",
        OUTPUT,
    ),
    mark("&View"): (
        "zoomIn",
        "zoomOut",
        "zoomFit",
        "zoomSelection",
        "",
        "showSpectrogram",
        "showSurprise",
        *(f"surprise-{level.name}" for level in sorted(Level, reverse=True)),
        "",
        APPEARANCE,
        LANGUAGE,
    ),
    mark("&Help"): ("tour", "exampleSong", "", "shortcuts", "", "about"),
}
"""Names of commands, and of menus of choices, by menu; "" is a line between groups."""


def fill_menu_bar(bar: QMenuBar, actions: Actions, submenus: Mapping[str, QMenu]) -> None:
    """Put every command, and the menus of choices, into their places."""
    for title, names in MENUS.items():
        menu = bar.addMenu(tr(title))
        for name in names:
            if name in submenus:
                menu.addMenu(submenus[name])
            elif name:
                menu.addAction(actions[name])
            else:
                menu.addSeparator()


def renewed_menu(title: str, fill: Callable[[QMenu], None], parent: QWidget) -> QMenu:
    """A menu that is made anew whenever it opens."""
    menu = QMenu(title, parent)
    menu.setToolTipsVisible(True)
    menu.aboutToShow.connect(lambda: fill(menu))
    return menu

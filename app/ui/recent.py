"""A menu of the songs that were open lately."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QMenu

from app.language import tr


def fill_recent(menu: QMenu, names: tuple[str, ...], open_song: Callable[[Path], None]) -> None:
    """Make the menu anew. Songs that are not there any more are grey."""
    menu.clear()
    for path in map(Path, names):
        action = menu.addAction(path.name)
        action.setToolTip(str(path))
        action.setEnabled(path.is_file())
        action.triggered.connect(lambda _=False, path=path: open_song(path))
    if not names:
        menu.addAction(tr("No songs yet")).setEnabled(False)

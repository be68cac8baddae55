"""The songs that were open lately, in the preferences and in a menu."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QMenu

MOST = 10
_KEY = "songs/recent"


class RecentSongs:
    """A list kept in settings. The menu is filled each time it opens; missing files are grey."""

    def __init__(self, settings: QSettings, open_song: Callable[[Path], None]) -> None:
        self._settings, self._open = settings, open_song

    @property
    def paths(self) -> list[Path]:
        """The latest first."""
        stored = self._settings.value(_KEY, [])
        names = [stored] if isinstance(stored, str) else stored
        return [Path(str(name)) for name in names] if isinstance(names, list) else []

    def add(self, path: Path) -> None:
        """Put a song at the top."""
        others = [other for other in self.paths if other != path]
        self._settings.setValue(_KEY, [str(each) for each in [path, *others][:MOST]])

    def fill(self, menu: QMenu) -> None:
        """Make the menu anew."""
        menu.clear()
        for path in self.paths:
            action = menu.addAction(path.name)
            action.setToolTip(str(path))
            action.setEnabled(path.is_file())
            action.triggered.connect(lambda _=False, path=path: self._open(path))
        if not self.paths:
            menu.addAction("No songs yet").setEnabled(False)

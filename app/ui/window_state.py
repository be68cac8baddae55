"""How the user left the window: its place, splitters, pages and drawers, kept between starts.

Knows parts by their object names. Knows nothing of what they show.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from PySide6.QtCore import QByteArray, QSettings
from PySide6.QtWidgets import QMainWindow, QSplitter, QTabWidget, QWidget

from app.ui.drawer import Drawer

W = TypeVar("W", bound=QWidget)

_GEOMETRY = "window/geometry"


def keep(window: QMainWindow, settings: QSettings) -> None:
    """Remember how the window is."""
    settings.setValue(_GEOMETRY, window.saveGeometry())
    for key, splitter in _named(window, QSplitter):
        settings.setValue(key, splitter.saveState())
    for key, pages in _named(window, QTabWidget):
        settings.setValue(key, pages.currentIndex())
    for key, drawer in _named(window, Drawer):
        settings.setValue(key, drawer.button.isChecked())


def is_first(settings: QSettings) -> bool:
    """Whether the window was never closed before."""
    return not settings.contains(_GEOMETRY)


def restore(window: QMainWindow, settings: QSettings) -> None:
    """Bring the window back as it was kept; what makes no sense is as if never kept."""
    window.restoreGeometry(_bytes(settings, _GEOMETRY))
    for key, splitter in _named(window, QSplitter):
        splitter.restoreState(_bytes(settings, key))
    for key, pages in _named(window, QTabWidget):
        pages.setCurrentIndex(_number(settings, key, pages.currentIndex()))
    for key, drawer in _named(window, Drawer):
        drawer.button.setChecked(str(settings.value(key)).lower() == "true")


def _named(window: QMainWindow, kind: type[W]) -> Iterator[tuple[str, W]]:
    for part in window.findChildren(kind):
        if part.objectName():
            yield f"window/{part.objectName()}", part


def _bytes(settings: QSettings, key: str) -> QByteArray:
    value = settings.value(key)
    return value if isinstance(value, QByteArray) else QByteArray()


def _number(settings: QSettings, key: str, otherwise: int) -> int:
    value = str(settings.value(key))
    return int(value) if value.isascii() and value.isdigit() else otherwise

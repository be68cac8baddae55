"""Line icons in the colours of the palette.

Knows the SVG files among the resources. Knows nothing of what the icons mean.
"""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QByteArray, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QWidget

import resources
from app.ui import resource_files

_SIZES = (20, 40)
_IN_SHEETS = ("arrow-down", "arrow-left", "arrow-right", "arrow-up", "check")
MIRRORED = {"chevron-right": "chevron-left", "undo": "redo", "redo": "undo"}
"""Icons that point along the words. Those of sound do not turn: time runs from left to right."""


def icon(name: str, colour: QColor, disabled: QColor) -> QIcon:
    """An icon of `resources/icons`, drawn in one colour, and in another while disabled."""
    result = QIcon()
    for mode, tint in ((QIcon.Mode.Normal, colour), (QIcon.Mode.Disabled, disabled)):
        for size in _SIZES:
            result.addPixmap(pixmap(name, tint, size), mode)
    return result


def pixmap(name: str, colour: QColor, size: int) -> QPixmap:
    """A square picture of an icon, `size` device pixels wide."""
    drawing = _drawing(name).replace("currentColor", colour.name())
    renderer = QSvgRenderer(QByteArray(drawing.encode()))
    picture = QPixmap(QSize(size, size))
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    renderer.render(painter)
    painter.end()
    return picture


@cache
def _drawing(name: str) -> str:
    return resources.path("icons", f"{name}.svg").read_text(encoding="utf-8")


@cache
def folder(colour: str) -> str:
    """A folder of the icons that style sheets show, drawn in one colour: they know files alone."""
    drawings = {name: _drawing(name).replace("currentColor", colour) for name in _IN_SHEETS}
    files = {f"{name}.svg": drawing.encode() for name, drawing in drawings.items()}
    return resource_files.offer(f"icons-{colour.removeprefix('#')}", files)


def program_icon() -> QIcon:
    """The icon of the program itself."""
    return QIcon(str(resources.path("icons", "jukebox-studio.svg")))


def tinted(widget: QWidget, name: str) -> QIcon:
    """An icon in the colours of a widget's words, pointing the way that the widget is read."""
    if widget.layoutDirection() is Qt.LayoutDirection.RightToLeft:
        name = MIRRORED.get(name, name)
    palette = widget.palette()
    disabled = palette.color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.WindowText)
    return icon(name, palette.color(QPalette.ColorRole.WindowText), disabled)

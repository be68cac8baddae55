"""Where each named widget is on screen, in a file: for tests that drive the real window.

Knows widgets by their object names. Knows nothing of what they are for.
"""

from __future__ import annotations

import json
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QPoint, QTimer
from PySide6.QtWidgets import QApplication, QWidget

EVERY_MS = 150
FOCUS = "the keyboard's"
"""Stands for the widget with the keyboard; its text is that widget's name."""


class RectWriter(QObject):
    """Keeps a JSON file up to date: name → {"rect": [x, y, width, height], "enabled", "text"}.

    Rectangles are in pixels of the screen. Only visible widgets whose names do not start with
    “qt_” are told; of several with one name, the last in the tree. Owned by its parent.
    """

    def __init__(self, path: Path, parent: QObject) -> None:
        super().__init__(parent)
        self._path = path
        self._written = ""
        timer = QTimer(self, interval=EVERY_MS)
        # What the window still has to draw from what has happened is drawn first, so that the file
        # never tells of a take that is to be made while nothing seems to be at work.
        settled = QTimer(self, interval=0, singleShot=True)
        settled.timeout.connect(self.write)
        timer.timeout.connect(settled.start)
        timer.start()

    def write(self) -> None:
        """Write the file, if anything has changed."""
        # What was shown or hidden just now moves others; until then their places are of the past.
        QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)
        text = json.dumps(told(), indent=1, sort_keys=True)
        if text == self._written:
            return
        self._written = text
        draft = self._path.with_name(f"{self._path.name}.part")
        draft.write_text(text, encoding="utf-8")
        draft.replace(self._path)


def told() -> dict[str, dict[str, object]]:
    """What stands in the file."""
    result: dict[str, dict[str, object]] = {}
    for window in QApplication.topLevelWidgets():
        if window.isVisible():
            for widget in (window, *window.findChildren(QWidget)):
                name = widget.objectName()
                if name and not name.startswith("qt_") and widget.isVisible():
                    result[name] = _facts(widget)
    focused = QApplication.focusWidget()
    if focused is not None:
        result[FOCUS] = _facts(focused) | {"text": focused.objectName()}
    return result


def _facts(widget: QWidget) -> dict[str, object]:
    ratio = widget.devicePixelRatioF()
    corner = widget.mapToGlobal(QPoint(0, 0))
    shape = (corner.x(), corner.y(), widget.width(), widget.height())
    return {
        "rect": [round(value * ratio) for value in shape],
        "enabled": widget.isEnabled(),
        "text": _words(widget),
    }


def _words(widget: QWidget) -> str:
    for name in ("words", "text", "currentText", "toPlainText", "windowTitle"):
        value = getattr(widget, name, None)
        found = value() if callable(value) else value
        if isinstance(found, str) and found:
            return found
    return ""

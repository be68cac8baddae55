"""At 100, 200 and 300 % nothing is cut off, in English and in Arabic: on screens of 1280×720."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QDialog,
    QLabel,
    QLineEdit,
    QTabBar,
    QWidget,
)

from app import build
from app.build import EngineKind
from app.ui import languages
from app.ui.widgets import Elided

ROOM = (1280, 720)
DIALOGS = ("shortcuts", "about", "models", "record")


@pytest.mark.parametrize("factor", [1, 2, 3])
def test_nothing_is_cut_off(factor: int, tmp_path: Path) -> None:
    environment = os.environ | {"QT_SCALE_FACTOR": str(factor), "PYTHONPATH": str(Path.cwd())}
    command = [sys.executable, "-m", "tests.app.ui.test_scaling", str(factor), str(tmp_path)]

    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    assert done.stdout.split("\n")[:-1] == ["looked"], done.stdout + done.stderr


def cut(top: QWidget) -> list[str]:
    """What has less room than its words need, and does not say so by an ellipsis."""
    short = [
        widget
        for widget in top.findChildren(QWidget)
        if isinstance(widget, QLabel | QAbstractButton) and not isinstance(widget, Elided)
        if not isinstance(widget.parent(), QLineEdit | QTabBar)
        if widget.isVisible() and widget.width() < widget.minimumSizeHint().width()
    ]
    return [
        f"{each.objectName() or type(each).__name__}: {getattr(each, 'text', str)()}"
        for each in short
    ]


def look(factor: int, folder: Path, code: str) -> list[str]:
    """Everything that is wrong with the window and its dialogs in a language."""
    settings = QSettings(str(folder / "window.ini"), QSettings.Format.IniFormat)
    languages.choose(settings, code)
    settings.sync()
    window = build.build(EngineKind.FAKE, folder)
    window.show()
    window.resize(*ROOM)
    QApplication.processEvents()
    wrong = cut(window)
    if window.grab().devicePixelRatio() != factor:
        wrong.append("the scale is another")
    for part in (window, *(_dialog(window, name) for name in DIALOGS)):
        least = part.minimumSizeHint()
        if least.width() > ROOM[0] or least.height() > ROOM[1]:
            wrong.append(f"{part.objectName()} needs {least.width()}×{least.height()}")
        wrong += [] if part is window else cut(part)
    window.close()
    return [f"{code}: {each}" for each in wrong]


def _dialog(window: QWidget, name: str) -> QWidget:
    window.actions_by_name[name].trigger()
    QApplication.processEvents()
    return next(each for each in window.findChildren(QDialog) if each.objectName().startswith(name))


if __name__ == "__main__":
    app = QApplication([])
    for language in ("en", "ar"):
        place = Path(sys.argv[2], language)
        place.mkdir()
        for line in look(int(sys.argv[1]), place, language):
            print(line)
    print("looked")

"""The whole window, over a session with the stand-in engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.session import Session
from app.ui.main_window import MainWindow


@pytest.fixture
def settings(tmp_path: Path) -> QSettings:
    return QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)


@pytest.fixture
def window(session: Session, settings: QSettings, qtbot: QtBot) -> Iterator[MainWindow]:
    """Shown, and closed without questions at the end."""
    result = MainWindow(session, settings)
    qtbot.addWidget(result, before_close_func=lambda _: session.discard())
    result.show()
    qtbot.waitExposed(result)
    yield result


@pytest.fixture
def idle(qtbot: QtBot) -> Callable[[Session], None]:
    """Waits until a session has nothing left to do, and the window knows."""

    def wait(session: Session) -> None:
        qtbot.waitUntil(lambda: session.job is None, timeout=5000)
        QApplication.processEvents()

    return wait

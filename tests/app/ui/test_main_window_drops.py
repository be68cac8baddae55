"""Files dropped on the window."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import (
    QApplication,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app.session import Session
from app.song.song import Origin
from app.ui.drop_overlay import DropOverlay
from app.ui.main_window import MainWindow
from tests.app.ui.test_main_window import LEFT, Idle, enabled, part


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    path = tmp_path / "prime é 1.wav"
    tone = 0.5 * np.sin(np.arange(66_150) / 20)
    soundfile.write(path, np.stack([tone, tone], 1), 44_100)
    return path


def carrying(path: Path) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    return data


def enter(target: QWidget, data: QMimeData) -> QDragEnterEvent:
    event = QDragEnterEvent(
        QPoint(5, 5), Qt.DropAction.CopyAction, data, LEFT, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(target, event)
    return event


def test_a_recording_is_dropped_anywhere(
    window: MainWindow, session: Session, recording: Path, qtbot: QtBot, idle: Idle
) -> None:
    data, overlay = carrying(recording), part(window, DropOverlay)

    assert enter(window, data).isAccepted()
    assert overlay.isVisible() and overlay.words.startswith("Bring this recording in")

    drop = QDropEvent(
        QPointF(5, 5), Qt.DropAction.CopyAction, data, LEFT, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(window, drop)
    qtbot.waitUntil(lambda: bool(session.song.takes))
    idle(session)

    assert not overlay.isVisible()
    assert session.song.takes[0].origin is Origin.IMPORTED
    assert enabled(window, "continue")


def test_no_field_takes_a_dropped_file_for_text(window: MainWindow) -> None:
    takers = [child for child in window.findChildren(QWidget) if child.acceptDrops()]

    assert takers == []


def test_a_drag_that_leaves_takes_the_veil_along(window: MainWindow, recording: Path) -> None:
    data = carrying(recording)
    enter(window, data)

    QApplication.sendEvent(window, QDragLeaveEvent())

    assert not part(window, DropOverlay).isVisible()


def test_what_is_no_file_is_refused(window: MainWindow) -> None:
    data = QMimeData()
    data.setText("just words")

    assert not enter(window, data).isAccepted()

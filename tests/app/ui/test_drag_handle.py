from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QDrag
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.session import Session
from app.ui.drag_handle import DragHandle, file_data
from engine.audio.files import read_audio
from engine.types import Span
from tests.app.kit import GRID
from tests.app.listening import Wait

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def drags(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The files that were let go of: a real drag would wait for a real mouse."""
    dropped: list[Path] = []

    def let_go(drag: QDrag, _: Qt.DropAction) -> Qt.DropAction:
        dropped.append(Path(drag.mimeData().urls()[0].toLocalFile()))
        return Qt.DropAction.CopyAction

    monkeypatch.setattr(QDrag, "exec", let_go)
    return dropped


@pytest.fixture
def handle(qtbot: QtBot) -> DragHandle:
    widget = DragHandle()
    qtbot.addWidget(widget)
    widget.show()
    return widget


@pytest.mark.parametrize("moves_first", [False, True])
def test_the_file_goes_once_it_is_there_and_the_mouse_has_moved(
    handle: DragHandle, qtbot: QtBot, drags: list[Path], tmp_path: Path, moves_first: bool
) -> None:
    with qtbot.waitSignal(handle.wanted):
        QTest.mousePress(handle, LEFT, pos=QPoint(4, 4))
    steps = [lambda: QTest.mouseMove(handle, QPoint(60, 4)), lambda: handle.take_file(tmp_path)]
    first, second = reversed(steps) if not moves_first else steps

    first()
    assert drags == []
    second()
    assert drags == [tmp_path]


def test_a_click_drags_nothing(handle: DragHandle, drags: list[Path], tmp_path: Path) -> None:
    QTest.mouseClick(handle, LEFT)
    handle.take_file(tmp_path)

    assert drags == []


def test_other_programs_get_the_address_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "été, 歌.wav"

    assert file_data(path).urls()[0].toLocalFile() == str(path)


def test_the_selection_is_written_for_dragging_and_gone_with_the_song(
    session: Session, done: Wait, qtbot: QtBot
) -> None:
    session.set_title("Tune")
    session.generate()
    done(session)
    session.select(Span(2 * GRID, 10 * GRID))

    with qtbot.waitSignal(session.written_for_dragging) as written:
        session.write_for_dragging()

    path: Path = written.args[0]
    assert path.name == "Tune.wav"
    assert len(read_audio(path).samples) == 8 * GRID
    assert np.abs(read_audio(path).samples).max() > 0
    session.close()
    assert not path.exists()

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.song.status import JobPhase
from app.ui.queue_panel import JobRow, QueuePanel, queue_words


def row(number: int, phase: JobPhase = JobPhase.WAITING) -> JobRow:
    return JobRow(number, phase, 0.4, ("Generate", f"Take {number}", "40 %", "12 s", phase.value))


@pytest.fixture
def panel(qtbot: QtBot) -> QueuePanel:
    widget = QueuePanel()
    qtbot.addWidget(widget)
    widget.show_queue((row(7, JobPhase.RUNNING), row(8), row(9, JobPhase.PAUSED)), 95.0)
    widget.show()
    qtbot.waitExposed(widget)
    return widget


def choose(panel: QueuePanel, place: int) -> None:
    panel.list.setCurrentItem(panel.list.topLevelItem(place))


def test_keys_do_what_the_buttons_do(panel: QueuePanel, qtbot: QtBot) -> None:
    choose(panel, 1)
    alt = Qt.KeyboardModifier.AltModifier
    for key, modifier, button, signal, told in (
        (Qt.Key.Key_Up, alt, panel.sooner, panel.move_asked, [8, -1]),
        (Qt.Key.Key_Down, alt, panel.later, panel.move_asked, [8, 1]),
        (Qt.Key.Key_Space, Qt.KeyboardModifier.NoModifier, panel.rest, panel.pause_asked, [8]),
        (Qt.Key.Key_Delete, Qt.KeyboardModifier.NoModifier, panel.cancel, panel.cancel_asked, [8]),
    ):
        with qtbot.waitSignal(signal) as by_key:
            QTest.keyClick(panel.list, key, modifier)
        with qtbot.waitSignal(signal) as by_mouse:
            QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        assert by_key.args == by_mouse.args == told


def test_a_paused_job_is_resumed_by_the_same_key(panel: QueuePanel, qtbot: QtBot) -> None:
    choose(panel, 2)

    with qtbot.waitSignal(panel.resume_asked) as asked:
        QTest.keyClick(panel.list, Qt.Key.Key_Space)

    assert asked.args == [9]


def test_a_job_stays_chosen_where_it_moves_to(panel: QueuePanel) -> None:
    choose(panel, 1)

    panel.show_queue((row(8), row(7, JobPhase.RUNNING), row(9)), None)

    assert panel.list.chosen == row(8)
    assert not panel.sooner.isEnabled() and panel.later.isEnabled()


def test_without_jobs_nothing_can_be_pressed(panel: QueuePanel) -> None:
    panel.show_queue((), 0.0)

    assert panel.list.chosen is None
    assert not any(
        button.isEnabled() for button in (panel.sooner, panel.later, panel.rest, panel.cancel)
    )


def test_the_queue_in_words() -> None:
    assert queue_words(0, 0.0) == "Nothing waits to be made."
    assert queue_words(1, None) == "1 job"
    assert queue_words(3, 240.0) == "3 jobs, about 4 min left"


@pytest.mark.parametrize("key", [Qt.Key.Key_Space, Qt.Key.Key_Delete, Qt.Key.Key_Up])
def test_keys_of_the_list_are_kept_from_the_windows_shortcuts(key: Qt.Key, qtbot: QtBot) -> None:
    """Space plays everywhere else in the window, and Delete takes the selection out."""
    made = QueuePanel()
    qtbot.addWidget(made)
    event = QKeyEvent(QEvent.Type.ShortcutOverride, key, Qt.KeyboardModifier.NoModifier)
    event.ignore()

    QApplication.sendEvent(made.list, event)

    assert event.isAccepted()

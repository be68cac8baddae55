from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.session import Session
from app.song.status import RecorderPhase
from app.ui.dialogs.record import RecordDialog
from tests.app.kit import HandEar

HUM = (0.5 * np.sin(np.arange(8000) / 9)).astype(np.float32)


@pytest.fixture
def dialog(session: Session, settings: QSettings, qtbot: QtBot) -> Iterator[RecordDialog]:
    result = RecordDialog(session, settings, None)
    qtbot.addWidget(result)
    result.show()
    qtbot.waitUntil(lambda: result.source.count() == 2)
    yield result
    result.reject()


def begin(dialog: RecordDialog, session: Session, qtbot: QtBot) -> None:
    QTest.mouseClick(dialog.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: session.recorder.state.phase is RecorderPhase.RECORDING)


def test_a_recording_is_made_metered_and_taken_into_the_song(
    dialog: RecordDialog, session: Session, ear: HandEar, qtbot: QtBot
) -> None:
    dialog.source.setCurrentText("Desk microphone")
    begin(dialog, session, qtbot)
    ear.hear(HUM)
    qtbot.waitUntil(lambda: dialog.meter.decibels > -7)
    assert dialog._clock.text() == "0:01.0"
    assert dialog.button.text() == "Stop and Use It" and not dialog.source.isEnabled()

    with qtbot.waitSignal(dialog.accepted):
        QTest.mouseClick(dialog.button, Qt.MouseButton.LeftButton)

    qtbot.waitUntil(lambda: len(session.song.takes) == 1)
    assert ear.source == "Desk microphone"


def test_the_microphone_chosen_is_chosen_again(
    dialog: RecordDialog, session: Session, settings: QSettings, qtbot: QtBot
) -> None:
    dialog.source.setCurrentText("Desk microphone")
    begin(dialog, session, qtbot)
    dialog.reject()

    again = RecordDialog(session, settings, None)
    qtbot.addWidget(again)

    assert again.source.currentText() == "Desk microphone"


def test_cancel_throws_away_what_was_recorded(
    dialog: RecordDialog, session: Session, ear: HandEar, qtbot: QtBot
) -> None:
    begin(dialog, session, qtbot)
    ear.hear(HUM)

    QTest.keyClick(dialog, Qt.Key.Key_Escape)

    qtbot.waitUntil(lambda: not ear.alive)
    assert session.song.takes == () and not dialog.isVisible()


def test_why_nothing_can_be_recorded_stands_in_the_dialog(
    dialog: RecordDialog, session: Session, ear: HandEar, qtbot: QtBot
) -> None:
    ear.plugged = []

    QTest.mouseClick(dialog.button, Qt.MouseButton.LeftButton)

    qtbot.waitUntil(lambda: "Nothing can be recorded" in dialog._message.text())
    assert dialog.isVisible() and dialog.button.isEnabled()


def test_what_ended_a_recording_stays_to_be_read_while_it_enters_the_song(
    dialog: RecordDialog, session: Session, ear: HandEar, qtbot: QtBot
) -> None:
    begin(dialog, session, qtbot)
    ear.hear(HUM)
    ear.alive = False

    qtbot.waitUntil(lambda: len(session.song.takes) == 1)
    assert dialog.isVisible() and "unplugged" in dialog._message.text()

"""Stereo chosen by mouse and keys in the transport's row, while it is heard."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QSlider, QToolButton
from pytestqt.qtbot import QtBot

from app.session import Session
from app.song.song import Quality
from app.ui.main_window import MainWindow
from tests.app.kit import HandSpeaker
from tests.app.listening import Wait

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def rendered(window: MainWindow, session: Session, done: Wait, qtbot: QtBot) -> Session:
    """A session with a draft and the three takes of its rendering in stereo, played."""
    session.set_seconds(2)
    session.set_quality(Quality.DRAFT)
    session.generate()
    done(session)
    session.render_in_stereo()
    done(session)
    session.choose_take(session.song.takes[1].id)
    session.play()
    qtbot.waitUntil(lambda: session.transport.playing)
    return session


def test_width_and_mono_are_chosen_where_it_plays(
    window: MainWindow, rendered: Session, speaker: HandSpeaker, qtbot: QtBot
) -> None:
    button = window.findChild(QToolButton, "stereoButton")
    slider = window.findChild(QSlider, "stereoWidth")
    assert button is not None and slider is not None
    assert button.isVisible() and button.isChecked() and "60 %" in button.text()
    qtbot.waitUntil(lambda: bool(_apart(speaker)))

    slider.setFocus()
    QTest.keyClick(slider, Qt.Key.Key_Home)
    assert rendered.preferences.width == 0 and "0 %" in button.text()
    speaker.pull(1000)
    assert not _apart(speaker)

    QTest.keyClick(slider, Qt.Key.Key_End)
    speaker.pull(1000)
    assert _apart(speaker) and rendered.preferences.width == 100

    QTest.mouseClick(button, LEFT)
    speaker.pull(1000)
    assert not _apart(speaker) and not slider.isEnabled() and button.text() == "Mono"


def test_it_is_there_only_for_takes_rendered_in_stereo(
    window: MainWindow, rendered: Session, qtbot: QtBot
) -> None:
    button = window.findChild(QToolButton, "stereoButton")
    command = window.actions_by_name["hearStereo"]
    assert button is not None
    qtbot.waitUntil(command.isEnabled)

    rendered.choose_take(rendered.song.takes[0].id)

    qtbot.waitUntil(lambda: not command.isEnabled())
    assert not button.isVisible()


def _apart(speaker: HandSpeaker) -> bool:
    sound = speaker.pull_both(500)
    return bool((sound[:, 0] != sound[:, 1]).any())

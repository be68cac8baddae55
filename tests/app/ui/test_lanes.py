"""The lanes under the waveform: shown, read out, pointed at and double-clicked."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QSettings, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.services import preferences
from app.session import Session
from app.song.song import Origin
from app.ui import theme
from app.ui.main_window import MainWindow
from app.ui.timeline.lane import Lane
from app.ui.timeline.spectrogram_lane import SpectrogramLane
from app.ui.timeline.surprise_lane import SurpriseLane
from engine.types import Level
from tests.app.kit import SPEC
from tests.app.listening import Wait

LEFT = Qt.MouseButton.LeftButton
THEMES = (theme.LIGHT, theme.DARK, theme.CONTRAST_LIGHT, theme.CONTRAST_DARK)


def lanes(window: MainWindow) -> tuple[SpectrogramLane, SurpriseLane]:
    spectrogram, surprise = window.findChild(SpectrogramLane), window.findChild(SurpriseLane)
    assert spectrogram is not None and surprise is not None
    return spectrogram, surprise


@pytest.fixture
def shown(window: MainWindow, session: Session, done: Wait, qtbot: QtBot) -> MainWindow:
    """Both lanes, over a take of three seconds of which everything is known."""
    session.set_seconds(3.0)
    session.generate()
    done(session)
    for name in ("showSpectrogram", "showSurprise"):
        window.actions_by_name[name].trigger()
    spectrogram, surprise = lanes(window)
    qtbot.waitUntil(lambda: surprise.words.startswith("100 % known"), timeout=10_000)
    qtbot.waitUntil(lambda: colours(spectrogram) > 3, timeout=10_000)
    QApplication.processEvents()
    return window


def colours(lane: Lane) -> int:
    """How many colours are to be seen in a lane."""
    image = lane.grab().toImage()
    places = ((x, y) for x in range(200, image.width(), 7) for y in range(20, image.height(), 3))
    return len({image.pixel(x, y) for x, y in places})


def test_lanes_are_hidden_until_wanted_and_remembered(
    window: MainWindow, session: Session, settings: QSettings, qtbot: QtBot
) -> None:
    session.generate()
    qtbot.waitUntil(lambda: session.job is None)
    assert not any(lane.isVisible() for lane in lanes(window))

    window.actions_by_name["showSpectrogram"].trigger()

    spectrogram, surprise = lanes(window)
    qtbot.waitUntil(spectrogram.isVisible)
    assert not surprise.isVisible()
    folder = session._machines.folder
    qtbot.waitUntil(lambda: preferences.load(folder).spectrogram)
    window.actions_by_name["showSpectrogram"].trigger()
    assert not spectrogram.isVisible()


@pytest.mark.parametrize("worn", THEMES, ids=lambda worn: worn.window + worn.accent)
def test_both_are_drawn_in_every_look(
    shown: MainWindow, qapp: QApplication, worn: theme.Theme
) -> None:
    theme.apply(qapp, worn)
    QApplication.processEvents()

    for lane in lanes(shown):
        assert colours(lane) > 3, type(lane).__name__
        beyond = lane.grab().toImage().pixelColor(lane.width() - 2, lane.height() - 3)
        assert beyond.isValid()


def test_what_is_under_the_pointer_is_read_out(shown: MainWindow, session: Session) -> None:
    spectrogram, surprise = lanes(shown)
    moment = session.song_length // 2

    bits = session.surprise.at(moment)
    assert surprise.readout(moment, 0.5) == f"0:01.50 · {bits:.2f} bits"
    assert "Hz" in spectrogram.readout(moment, 0.5)

    before = surprise.grab().toImage()
    QTest.mouseMove(surprise, QPoint(surprise.width() // 2, 20))
    QApplication.processEvents()
    assert surprise.grab().toImage() != before


def test_a_click_points_the_playhead(shown: MainWindow, session: Session) -> None:
    for share, lane in zip((3, 2), lanes(shown), strict=True):
        x = lane.width() // share
        moment = lane.view.sample_at(x)
        QTest.mouseClick(lane, LEFT, pos=QPoint(x, 20))

        assert session.transport.playhead == moment


def test_a_double_click_redoes_from_there_and_undo_takes_it_back(
    shown: MainWindow, session: Session, idle: Callable[[Session], None]
) -> None:
    _, surprise = lanes(shown)
    takes, x = session.song.takes, surprise.width() // 2
    moment = surprise.view.sample_at(x)

    QTest.mouseDClick(surprise, LEFT, pos=QPoint(x, 20))
    idle(session)

    take = session.take
    assert take is not None and take.origin is Origin.REDONE
    assert take.span.start == SPEC.snap_down(moment)
    assert take.span.end == take.length == takes[-1].length
    shown.actions_by_name["undo"].trigger()
    assert session.song.takes == takes


def test_the_command_redoes_from_the_playhead(
    shown: MainWindow, session: Session, idle: Callable[[Session], None]
) -> None:
    session.seek(SPEC.sample_rate)
    shown.actions_by_name.refresh()

    shown.actions_by_name["redoFrom"].trigger()
    idle(session)

    assert session.take is not None
    assert session.take.span.start == SPEC.snap_down(SPEC.sample_rate)


def test_the_menu_chooses_of_which_quality_the_surprise_is(
    shown: MainWindow, session: Session, qtbot: QtBot
) -> None:
    _, surprise = lanes(shown)
    before = len(session.surprise.bits)

    shown.actions_by_name["surprise-BOTTOM"].trigger()

    assert session.preferences.surprise_level is Level.BOTTOM
    qtbot.waitUntil(lambda: surprise.words.startswith("100 % known"), timeout=20_000)
    assert len(session.surprise.bits) == before * SPEC.grid // SPEC.hop(Level.BOTTOM)


def test_without_a_take_the_lane_says_why_it_is_empty(window: MainWindow, session: Session) -> None:
    window.actions_by_name["showSurprise"].trigger()

    _, surprise = lanes(window)
    assert surprise.words == session.surprise.reason != ""


def test_the_picture_ends_where_the_sound_ends(shown: MainWindow, session: Session) -> None:
    spectrogram, _ = lanes(shown)
    timeline = shown._timeline
    timeline.show_room(2 * session.song_length)
    timeline.set_view(timeline.view.zoomed(0.5, 0))
    QApplication.processEvents()

    image = spectrogram.grab().toImage()
    right = int(spectrogram.view.x_of(session.song_length)) + 3
    ground = QColor(theme.of(spectrogram).canvas)
    assert right < image.width() - 20
    column = [image.pixelColor(right + 10, y) for y in range(20, image.height(), 5)]
    assert set(map(QColor.name, column)) == {ground.name()}
    assert np.any([image.pixelColor(right - 30, y) != ground for y in range(20, 80, 5)])

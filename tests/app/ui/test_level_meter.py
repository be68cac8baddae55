from __future__ import annotations

import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.song.status import TransportState
from app.ui import theme
from app.ui.level_meter import FALL_DB, FLOOR_DB, LevelMeter, decibels
from app.ui.main_window import MainWindow
from app.ui.transport_bar import TransportBar


def test_full_scale_is_zero_and_silence_the_floor() -> None:
    assert decibels(1.0) == 0
    assert decibels(0.5) == pytest.approx(-6.02, abs=0.01)
    assert decibels(0.0) == decibels(1e-9) == FLOOR_DB


def test_the_bar_rises_at_once_and_sinks_slowly(qtbot: QtBot) -> None:
    meter = LevelMeter()
    qtbot.addWidget(meter)

    meter.show_level(1.0)
    meter.show_level(0.0)

    assert meter.decibels == -FALL_DB


def test_loud_sound_reaches_the_red_zone(qtbot: QtBot, qapp: QApplication) -> None:
    theme.apply(qapp, theme.DARK)
    meter = LevelMeter()
    qtbot.addWidget(meter)
    meter.resize(132, 22)

    def colour_at(x: int) -> QColor:
        return meter.grab().toImage().pixelColor(x, 8)

    meter.show_level(1.0)
    assert colour_at(10) == QColor(theme.DARK.good)
    assert colour_at(105) == QColor(theme.DARK.warning)
    assert colour_at(128) == QColor(theme.DARK.error)


def test_when_nothing_sounds_any_more_it_is_empty_at_once(window: MainWindow) -> None:
    bar = window.findChildren(TransportBar)[0]

    bar.show_level(TransportState(playing=True, peak=1.0))
    assert bar.meter.decibels == 0

    bar.show_level(TransportState(playing=True, peak=0.0))
    assert bar.meter.decibels == -FALL_DB

    bar.show_level(TransportState(playing=False, peak=0.0))
    assert bar.meter.decibels == FLOOR_DB

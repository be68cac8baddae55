from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QSettings
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app import language
from app.session import Session
from app.ui.main_window import MainWindow
from app.ui.transport_bar import TransportBar


@pytest.mark.parametrize("code", language.languages())
def test_the_buttons_stay_in_the_middle_whatever_is_said_beside_them(
    session: Session, settings: QSettings, qtbot: QtBot, code: str
) -> None:
    language.speak(code)
    window = MainWindow(session, settings)
    qtbot.addWidget(window, before_close_func=lambda _: session.discard())
    window.resize(1280, 800)
    window.show()
    bar = window.findChild(TransportBar)
    machine = window.findChild(QWidget, "tapeMachine")
    places: list[int] = []
    for message, gain_db in (("", 0.0), ("No sound. " * 12, 0.0), ("", -3.0)):
        bar.show_message(message)
        bar.show_comparison(gain_db < 0, gain_db)
        bar.layout().activate()
        qtbot.wait(1)
        places.append(machine.mapTo(bar, QPoint(machine.width() // 2, 0)).x())

    assert max(places) - min(places) <= 1
    assert abs(places[0] - bar.width() // 2) <= 2

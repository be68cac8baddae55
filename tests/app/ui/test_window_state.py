from __future__ import annotations

from typing import TypeVar

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QSplitter, QTabWidget, QWidget
from pytestqt.qtbot import QtBot

from app.session import Session
from app.ui.drawer import Drawer
from app.ui.main_window import MainWindow
from tests.app.listening import Open

T = TypeVar("T", bound=QWidget)


def part(window: MainWindow, kind: type[T], name: str) -> T:
    found = window.findChild(kind, name)
    assert found is not None
    return found


def opened(qtbot: QtBot, session: Session, settings: QSettings) -> MainWindow:
    window = MainWindow(session, settings)
    qtbot.addWidget(window, before_close_func=lambda _: session.discard())
    window.show()
    qtbot.waitExposed(window)
    return window


def test_a_window_comes_back_as_it_was_left(
    open_session: Open, settings: QSettings, qtbot: QtBot
) -> None:
    first = opened(qtbot, open_session(), settings)
    first.resize(780, 700)
    part(first, QSplitter, "sideAndDesk").setSizes([290, 490])
    part(first, QSplitter, "soundAndLists").setSizes([200, 300])
    part(first, QTabWidget, "lists").setCurrentIndex(1)
    part(first, Drawer, "advancedDrawer").button.setChecked(True)
    sizes, shape = part(first, QSplitter, "sideAndDesk").sizes(), first.size()
    first.close()

    second = opened(qtbot, open_session(), settings)

    assert second.size() == shape
    assert part(second, QTabWidget, "lists").currentIndex() == 1
    assert part(second, Drawer, "advancedDrawer").button.isChecked()
    assert part(second, QSplitter, "sideAndDesk").sizes() == sizes


def test_a_state_that_makes_no_sense_is_as_if_never_kept(
    session: Session, settings: QSettings, qtbot: QtBot
) -> None:
    for key in ("geometry", "sideAndDesk", "lists", "advancedDrawer"):
        settings.setValue(f"window/{key}", "nonsense")

    window = opened(qtbot, session, settings)

    assert part(window, QTabWidget, "lists").currentIndex() == 0
    assert min(part(window, QSplitter, "sideAndDesk").sizes()) > 100

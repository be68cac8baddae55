from __future__ import annotations

from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from app.services import preferences
from app.session import Session
from app.ui.main_window import MainWindow
from app.ui.output_menu import OutputMenu
from tests.app.kit import HandSpeaker
from tests.app.listening import Notices, Open, Wait


def entries(menu: QMenu) -> dict[str, bool]:
    """What the menu offers, and what of it is ticked."""
    return {action.text(): action.isChecked() for action in menu.actions()}


def opened(window: MainWindow, qtbot: QtBot, count: int) -> OutputMenu:
    menu = window.findChild(OutputMenu)
    assert menu is not None
    menu.aboutToShow.emit()
    qtbot.waitUntil(lambda: len(menu.actions()) == count)
    return menu


def test_what_is_plugged_in_is_offered_and_the_choice_is_remembered(
    window: MainWindow, session: Session, speaker: HandSpeaker, qtbot: QtBot, open_session: Open
) -> None:
    speaker.plugged = ["Headphones", "R&B box"]
    menu = opened(window, qtbot, 3)
    assert entries(menu) == {"&System Default": True, "Headphones": False, "R&&B box": False}

    menu.actions()[1].trigger()

    assert entries(menu) == {"&System Default": False, "Headphones": True, "R&&B box": False}
    folder = session._machines.folder
    qtbot.waitUntil(lambda: preferences.load(folder).output == "Headphones")
    again = open_session(preferences=preferences.load(folder))
    assert again.output == "Headphones"


def test_what_was_unplugged_leads_back_to_the_system_s_with_a_notice(
    window: MainWindow, session: Session, speaker: HandSpeaker, qtbot: QtBot, done: Wait
) -> None:
    notices = Notices(session)
    speaker.plugged = ["Headphones"]
    session.generate()
    done(session)
    opened(window, qtbot, 2).actions()[1].trigger()
    session.play()
    qtbot.waitUntil(lambda: session.transport.playing)
    speaker.pull(1000)
    qtbot.waitUntil(lambda: session.transport.playhead == 1000)

    speaker.plugged.clear()
    speaker.alive = False
    qtbot.waitUntil(lambda: bool(notices.warnings))

    menu = window.findChild(OutputMenu)
    assert menu is not None and entries(menu)["&System Default"]
    assert session.transport.playing
    assert session.preferences.output == "Headphones", "it is looked for again at the next start"

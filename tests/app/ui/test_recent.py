from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from app.ui.recent import fill_recent


def test_missing_songs_are_grey_and_others_open(tmp_path: Path, qtbot: QtBot) -> None:
    here = tmp_path / "here.jukebox"
    here.touch()
    opened: list[Path] = []
    menu = QMenu()
    qtbot.addWidget(menu)

    fill_recent(menu, (str(here), str(tmp_path / "gone.jukebox")), opened.append)
    menu.actions()[0].trigger()

    assert [action.isEnabled() for action in menu.actions()] == [True, False]
    assert opened == [here]


def test_an_empty_list_says_so(qtbot: QtBot) -> None:
    menu = QMenu()
    qtbot.addWidget(menu)

    fill_recent(menu, (), lambda path: None)

    assert [(a.text(), a.isEnabled()) for a in menu.actions()] == [("No songs yet", False)]

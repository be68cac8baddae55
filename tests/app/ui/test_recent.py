from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from app.ui.recent import MOST, RecentSongs


def songs(folder: Path) -> tuple[RecentSongs, list[Path]]:
    opened: list[Path] = []
    settings = QSettings(str(folder / "settings.ini"), QSettings.Format.IniFormat)
    return RecentSongs(settings, opened.append), opened


def test_the_latest_song_comes_first_and_only_once(tmp_path: Path) -> None:
    recent, _ = songs(tmp_path)

    for name in ("a", "b", "a"):
        recent.add(tmp_path / name)

    assert recent.paths == [tmp_path / "a", tmp_path / "b"]


def test_the_list_is_bounded_and_outlives_the_program(tmp_path: Path) -> None:
    recent, _ = songs(tmp_path)
    for number in range(MOST + 5):
        recent.add(tmp_path / str(number))

    again, _ = songs(tmp_path)

    assert len(again.paths) == MOST
    assert again.paths[0] == tmp_path / str(MOST + 4)


def test_missing_songs_are_grey_and_others_open(tmp_path: Path, qtbot: QtBot) -> None:
    recent, opened = songs(tmp_path)
    here = tmp_path / "here.jukebox"
    here.touch()
    recent.add(tmp_path / "gone.jukebox")
    recent.add(here)
    menu = QMenu()
    qtbot.addWidget(menu)

    recent.fill(menu)
    menu.actions()[0].trigger()

    assert [action.isEnabled() for action in menu.actions()] == [True, False]
    assert opened == [here]

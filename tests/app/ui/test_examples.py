"""Songs to try fill in everything, and only those are offered that the model can make."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from app.session import Session
from app.ui import examples
from app.ui.examples import Preset, fill_examples, presets
from tests.app.kit import MODEL

MINE = replace(presets()[0], artist=MODEL.artists[0].upper(), genres=(MODEL.genres[0], "no such"))


@pytest.fixture
def menu(qtbot: QtBot) -> QMenu:
    result = QMenu()
    qtbot.addWidget(result)
    return result


def test_there_is_a_song_to_try_of_every_kind() -> None:
    found = presets()

    assert len(found) >= 6
    assert len({preset.genres for preset in found}) >= 6
    assert all(preset.lyrics and preset.title and preset.seconds >= 20 for preset in found)


def test_choosing_one_fills_in_all_of_it(
    session: Session, menu: QMenu, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(examples, "presets", lambda: (MINE,))

    fill_examples(menu, session)
    menu.actions()[0].trigger()

    song = session.song
    assert (song.title, song.prompt.artist) == (MINE.title, MODEL.artists[0])
    assert song.prompt.genres == (MODEL.genres[0],)
    assert song.prompt.lyrics == MINE.lyrics
    assert (song.settings.seconds, song.settings.seed) == (MINE.seconds, MINE.seed)


def test_a_title_of_ones_own_stays(session: Session) -> None:
    session.set_title("Mine")

    examples.use(session, MINE)

    assert session.song.title == "Mine"


def test_artists_that_the_model_does_not_know_are_not_offered(
    session: Session, menu: QMenu, monkeypatch: pytest.MonkeyPatch
) -> None:
    stranger: Preset = replace(MINE, artist="Nobody")
    monkeypatch.setattr(examples, "presets", lambda: (stranger,))

    fill_examples(menu, session)

    assert [(a.text(), a.isEnabled()) for a in menu.actions()] == [("None for this model", False)]

"""Artists and genres in the whole window: blends by hand, notes about names, favourites, chance."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from app.services.machines import DeskModel, desk_model
from app.session import Session
from app.ui import takes
from app.ui.main_window import MainWindow
from app.ui.prompt_panel import PromptPanel
from engine.catalog.store import default_store
from engine.runtime.fake import FakeEngine
from engine.text.vocabulary import ExactVocabulary
from engine.types import Level, Share
from tests.app.kit import MODEL
from tests.app.listening import Open, Wait

ADA, BIX = MODEL.artists


@pytest.fixture
def panel(window: MainWindow) -> PromptPanel:
    found = window.findChild(PromptPanel)
    assert found is not None
    return found


def test_a_slider_weighs_the_artists_of_the_next_take_and_its_details_say_so(
    panel: PromptPanel, session: Session, done: Wait
) -> None:
    session.blend_artists((Share(ADA, 1), Share(BIX, 1)))

    panel.artist.rows._rows[0].slider.setValue(80)
    session.generate()
    done(session)

    weights = [share.weight for share in session.song.takes[0].prompt.artists]
    assert weights == pytest.approx([0.8, 0.2])
    (row,) = takes.rows(session)
    assert f"{ADA} 80%, {BIX} 20%" in row.tip


def test_genres_are_weighed_and_put_back_to_full_strength(
    panel: PromptPanel, session: Session
) -> None:
    session.set_genres(MODEL.genres)

    panel.genres.blend.click()
    assert session.song.prompt.genre_shares == (0.5, 0.5)
    panel.genres.rows._rows[1].field.setValue(75)
    assert session.song.prompt.genre_shares == pytest.approx((0.25, 0.75))

    panel.genres.blend.click()
    assert session.song.prompt.genres == MODEL.genres
    assert session.song.prompt.genre_shares == ()


def test_a_favourite_is_given_by_a_key_and_comes_first(
    panel: PromptPanel, session: Session, qtbot: QtBot
) -> None:
    session.set_artist(BIX)
    line = panel.artist.field.line
    line.setFocus()

    QTest.keyClick(line, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)

    assert session.preferences.artists.favourites == (BIX,)
    QTest.keyClick(line, Qt.Key.Key_Down)
    assert panel.artist.field.offered == ("Any artist", BIX, ADA)
    panel.artist.field.list.hide()


def test_the_dice_ask_for_another_artist(panel: PromptPanel, session: Session) -> None:
    session.set_artist(ADA)

    panel.dice.click()

    assert session.song.prompt.artist == BIX
    assert panel.artist.field.text == BIX


@pytest.fixture
def half_known(open_session: Open, settings: QSettings, qtbot: QtBot) -> Iterator[MainWindow]:
    """The window over a model whose lowest level does not know one of the artists."""
    installed = default_store().get("pocket")
    top = installed.vocabularies[Level.TOP]
    assert top is not None
    fewer = {name: number for name, number in top.artists.items() if name != "clara vane"}
    below = ExactVocabulary({**fewer, "clara dane": 40}, top.genres)
    known = ExactVocabulary({**top.artists, "clara dane": 40}, top.genres)
    vocabularies = tuple(below if level is Level.BOTTOM else known for level in Level)
    model: DeskModel = desk_model(replace(installed, vocabularies=vocabularies))
    session = open_session(models=(model,), engine=FakeEngine(model.spec))
    result = MainWindow(session, settings)
    qtbot.addWidget(result, before_close_func=lambda _: session.discard())
    result.show()
    yield result


def test_a_name_that_a_level_does_not_know_is_told_at_the_field_and_mended_at_a_click(
    half_known: MainWindow,
) -> None:
    panel = half_known.findChild(PromptPanel)
    assert panel is not None
    session = half_known._session

    session.set_artist("clara vane")

    told = " ".join(label.text() for label in panel.findChildren(QLabel) if label.isVisible())
    assert "Full: “clara vane” is not known there; the model hears any artist instead." in told
    assert panel.problem == "", "it may be asked for"
    offers = {each.text(): each for each in panel.findChildren(QPushButton) if each.isVisible()}
    offers["clara dane"].click()
    assert session.song.prompt.artist == "clara dane"
    assert session.half_known == ()

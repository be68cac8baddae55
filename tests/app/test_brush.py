"""The quality brush over a whole session: back to draft and up again, and nothing is lost."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from app.session import Session
from app.song.layers import FADE_S
from app.song.song import Origin, Quality
from engine.types import Level, Span
from tests.app.kit import GRID, SPEC
from tests.app.listening import Notices, Open, Wait, exported, reopened, saved
from tests.app.test_queue import SLOW

FADE = round(FADE_S * SPEC.sample_rate)
STRETCH = Span(20 * GRID, 40 * GRID)


@pytest.fixture
def rendered(session: Session, done: Wait) -> Session:
    """A draft of a second, and its rendering in full, which is current."""
    session.set_quality(Quality.DRAFT)
    session.generate()
    done(session)
    session.render_selection(Quality.FULL)
    done(session)
    return session


def test_painting_a_draft_is_seen_and_heard_there_and_nowhere_else(
    rendered: Session, qtbot: QtBot, done: Wait, tmp_path: Path
) -> None:
    fine = exported(rendered, tmp_path / "fine.wav", qtbot)
    rendered.choose_take(rendered.song.takes[0].id)
    done(rendered)
    coarse = exported(rendered, tmp_path / "coarse.wav", qtbot)
    rendered.choose_take(rendered.song.takes[1].id)

    rendered.paint(STRETCH, Quality.DRAFT)
    done(rendered)

    take = rendered.take
    assert take is not None and take.origin is Origin.EDITED and take.span == STRETCH
    assert rendered.quality(take.id) == (
        (Span(0, STRETCH.start), Level.BOTTOM),
        (STRETCH, Level.TOP),
        (Span(STRETCH.end, take.length), Level.BOTTOM),
    )
    heard = exported(rendered, tmp_path / "mixed.wav", qtbot)
    assert not np.array_equal(fine, coarse)
    assert np.array_equal(heard[: STRETCH.start], fine[: STRETCH.start])
    assert np.array_equal(heard[STRETCH.end :], fine[STRETCH.end :])
    inside = slice(STRETCH.start + FADE, STRETCH.end - FADE)
    assert np.array_equal(heard[inside], coarse[inside])


def test_painting_a_draft_deletes_nothing_and_is_undone(
    rendered: Session, qtbot: QtBot, done: Wait, tmp_path: Path
) -> None:
    before, parent = rendered.song, rendered.song.takes[1]
    codes = rendered._store.own_codes(parent)
    sound = exported(rendered, tmp_path / "before.wav", qtbot)
    rendered.paint(STRETCH, Quality.DRAFT)
    done(rendered)
    assert rendered._store.own_codes(parent) == codes

    rendered.undo()
    done(rendered)

    assert rendered.song == before and rendered.redo_label == "Back to Draft"
    assert np.array_equal(exported(rendered, tmp_path / "after.wav", qtbot), sound)


def test_what_was_put_back_to_draft_is_rendered_again(rendered: Session, done: Wait) -> None:
    rendered.paint(STRETCH, Quality.DRAFT)
    done(rendered)

    rendered.paint(STRETCH, Quality.FULL)
    done(rendered)

    take = rendered.take
    assert take is not None and take.span == STRETCH
    assert rendered.quality(take.id) == ((Span(0, take.length), Level.BOTTOM),)


def test_a_draft_that_was_painted_survives_saving(
    rendered: Session, open_session: Open, qtbot: QtBot, done: Wait, tmp_path: Path
) -> None:
    rendered.paint(STRETCH, Quality.DRAFT)
    done(rendered)
    heard = exported(rendered, tmp_path / "before.wav", qtbot)

    path = saved(rendered, tmp_path / "tune.jukebox", qtbot)
    again = reopened(open_session, path, qtbot, done)

    assert np.array_equal(exported(again, tmp_path / "after.wav", qtbot), heard)


def test_the_whole_take_goes_back_to_draft_by_its_command(rendered: Session, done: Wait) -> None:
    rendered.draft_selection()
    done(rendered)

    take = rendered.take
    assert take is not None
    assert rendered.quality(take.id) == ((Span(0, take.length), Level.TOP),)


def test_a_draft_cannot_be_made_a_draft(session: Session, done: Wait) -> None:
    session.set_quality(Quality.DRAFT)
    session.generate()
    done(session)
    notices, before = Notices(session), session.song

    session.paint(STRETCH, Quality.DRAFT)

    assert notices.warnings == ["This stretch is a draft already."]
    assert session.song == before


def test_what_is_still_being_made_is_not_put_back(open_session: Open, qtbot: QtBot) -> None:
    session = open_session(SLOW)
    session.set_seconds(2.0)
    session.generate()
    take = session.song.takes[0]
    qtbot.waitUntil(lambda: bool(session.quality(take.id)))
    notices = Notices(session)

    session.paint(Span(0, 10 * GRID), Quality.DRAFT)

    assert ["still being made" in words for words in notices.warnings] == [True]
    session.stop()

"""Replace, extend and branch over a session: what is kept, what is judged, what is told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from app.session import Session
from app.song.song import Origin, Quality
from engine.runtime.fake import FAKE_MODEL, Mishap, Script
from engine.types import Level, Span
from tests.app.kit import GRID, MODEL, SPEC, HandSpeaker
from tests.app.listening import Notices, Open, Wait, heard, reopened, saved
from tests.app.services.test_editing import codes, of_units, units

HOLE = of_units(20, 40)


@pytest.fixture
def composed(session: Session, done: Wait) -> Session:
    """Two seconds in full quality."""
    session.set_seconds(2)
    session.generate()
    done(session)
    session.set_seed(8)
    return session


def test_the_middle_is_replaced_by_the_best_of_several_and_nothing_else_changes(
    composed: Session, speaker: HandSpeaker, done: Wait, qtbot: QtBot
) -> None:
    before, sound = codes(composed), heard(composed, speaker, qtbot)
    last = composed.song_length // GRID
    composed.select(HOLE)

    composed.replace_selection()
    done(composed)
    qtbot.waitUntil(lambda: len(composed.song.takes) == 4)
    done(composed)

    parent, *rivals = composed.song.takes
    bits = [take.fit.bits for take in rivals if take.fit is not None]
    assert len(bits) == 3 and bits == sorted(bits)
    assert composed.song.current == rivals[0].id
    assert all(take.origin is Origin.REPLACED and take.parent == parent.id for take in rivals)
    for rival in rivals:
        composed.choose_take(rival.id)
        done(composed)
        now = codes(composed)
        assert units(now, 0, 20) == units(before, 0, 20)
        assert units(now, 40, last) == units(before, 40, last)
        assert units(now, 20, 40)[Level.TOP] != units(before, 20, 40)[Level.TOP]
        replaced = heard(composed, speaker, qtbot)
        np.testing.assert_array_equal(replaced[: HOLE.start], sound[: HOLE.start])
        np.testing.assert_array_equal(replaced[HOLE.end :], sound[HOLE.end :])
        assert (replaced[HOLE.start : HOLE.end] != sound[HOLE.start : HOLE.end]).any()


def test_the_best_are_those_after_which_the_rest_is_least_surprising(
    composed: Session, done: Wait, qtbot: QtBot
) -> None:
    """The stand-in is surprised by a code as much as by the last one heard before, modulo 16."""
    composed.select(HOLE)
    rest = codes(composed).at(Level.TOP)[40:]

    composed.replace_selection()
    qtbot.waitUntil(lambda: len(composed.song.takes) == 4)
    done(composed)

    for take in composed.song.takes[1:]:
        composed.choose_take(take.id)
        heard_last = int(codes(composed).at(Level.TOP)[39])
        assert take.fit is not None
        assert take.fit.bits == pytest.approx(float(((rest + heard_last) % 16).mean()), abs=1e-4)


def test_replacing_is_one_step_of_the_history(composed: Session, done: Wait, qtbot: QtBot) -> None:
    before = composed.song
    composed.select(HOLE)

    composed.replace_selection()
    qtbot.waitUntil(lambda: len(composed.song.takes) == 4)
    done(composed)

    after = composed.song
    assert composed.undo_label == "Replace"
    composed.undo()
    assert composed.song == before
    composed.redo()
    assert composed.song == after


def test_a_selection_between_codes_changes_nothing_outside_it(
    composed: Session, done: Wait, qtbot: QtBot
) -> None:
    composed.select(Span(HOLE.start + 1, HOLE.end - 1))

    composed.replace_selection()
    qtbot.waitUntil(lambda: len(composed.song.takes) == 4)
    done(composed)

    assert composed.take is not None
    assert composed.take.span == of_units(21, 39)


def test_the_end_cannot_be_replaced_but_the_window_says_what_can(composed: Session) -> None:
    told = Notices(composed)
    composed.select(Span(20 * GRID, composed.song_length))

    composed.replace_selection()

    assert not composed.can_replace_selection
    assert "Redo Inside" in told.told[0].message
    assert len(composed.song.takes) == 1


def test_fits_are_kept_in_the_song(
    composed: Session, open_session: Open, done: Wait, qtbot: QtBot, tmp_path: Path
) -> None:
    composed.select(HOLE)
    composed.replace_selection()
    qtbot.waitUntil(lambda: len(composed.song.takes) == 4)
    done(composed)
    path = saved(composed, tmp_path / "replaced.jukebox", qtbot)

    again = reopened(open_session, path, qtbot, done)

    assert again.song.takes == composed.song.takes


def test_candidates_that_nobody_could_judge_all_stay(
    open_session: Open, done: Wait, qtbot: QtBot
) -> None:
    session = open_session(Script(mishap=Mishap.FAIL, mishap_after=9))
    session.set_quality(Quality.DRAFT)
    session.set_seconds(2)
    session.generate()
    done(session)
    session.select(of_units(20, 40))
    told = Notices(session)

    session.replace_selection()
    qtbot.waitUntil(lambda: bool(told.errors) or len(session.song.takes) == 4)
    done(session)

    assert len(session.song.takes) in (4, 9)


def test_a_beginning_is_put_before_the_music_and_the_music_stays(
    composed: Session, done: Wait, qtbot: QtBot
) -> None:
    before, last = codes(composed), composed.song_length // GRID
    composed.set_seconds(1)
    added = SPEC.snap_up(SPEC.sample_rate) // GRID

    composed.extend_start()
    qtbot.waitUntil(lambda: len(composed.song.takes) == 5)
    done(composed)

    now = codes(composed)
    assert composed.song_length == (added + last) * GRID
    assert units(now, added, added + last) == units(before, 0, last)
    assert composed.take is not None and composed.take.fit is not None
    assert composed.take.fit.before is None
    assert len(now.at(Level.TOP)) == added + last and composed.undo_label == "Extend"
    composed.undo()
    assert len(composed.song.takes) == 1


def test_the_end_is_extended_whatever_is_selected(composed: Session, done: Wait) -> None:
    composed.select(HOLE)
    length = composed.song_length

    composed.extend_end()
    done(composed)

    assert composed.take is not None and composed.take.span.start == length


def test_a_song_as_long_as_the_model_knows_is_not_extended(open_session: Open, done: Wait) -> None:
    short = replace(SPEC, max_song_length=14 * SPEC.sample_rate)
    session = open_session(models=(replace(MODEL, spec=short),))
    session.set_quality(Quality.DRAFT)
    session.set_seconds(20)
    session.generate()
    done(session)
    told = Notices(session)

    session.extend_start()
    session.extend_end()

    assert [notice.message.split(":")[0] for notice in told.told] == ["The song is full"] * 2
    assert len(session.song.takes) == 1


def test_a_branch_departs_at_the_playhead(composed: Session, done: Wait) -> None:
    before = codes(composed)
    composed.seek(30 * GRID + 3)

    composed.branch()
    done(composed)

    assert composed.take is not None and composed.take.span.start == 30 * GRID
    assert units(codes(composed), 0, 30) == units(before, 0, 30)


def test_as_much_is_heard_as_was_asked_for(composed: Session, done: Wait) -> None:
    composed.set_heard(0.5)

    composed.extend_end()
    done(composed)

    assert composed.take is not None and composed.take.settings is not None
    half = round(0.5 * SPEC.sample_rate)
    assert composed.take.settings.heard == SPEC.snap_up(half)


def test_what_will_be_heard_is_told_beforehand(composed: Session) -> None:
    length = composed.song_length

    assert composed.hearing == Span(0, length)
    composed.set_heard(0.5)
    assert composed.hearing == Span(length - SPEC.snap_up(round(0.5 * SPEC.sample_rate)), length)
    composed.undo()
    assert composed.song.settings.heard_s is None
    composed.select(HOLE)
    assert composed.hearing == Span(0, HOLE.end)


def test_nothing_is_heard_where_there_is_nothing(session: Session) -> None:
    assert session.hearing is None
    assert FAKE_MODEL.contexts[Level.TOP] == 1024

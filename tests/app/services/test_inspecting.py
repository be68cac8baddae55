"""What can be seen of a take: its spectrum, and how it surprises the model."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from pytestqt.qtbot import QtBot

from app.session import Session
from app.song.song import Quality
from app.song.spectrum import SpectrumPyramid
from app.song.surprise import pieces
from engine.api import CancelToken, Scored
from engine.runtime.fake import FakeEngine, Mishap, Script
from engine.types import Level, Span
from tests.app.kit import SPEC
from tests.app.listening import SECOND, Notices, Open, Wait, exported, riff

HALF = SPEC.contexts[Level.TOP] // 2


def known(session: Session) -> bool:
    bits = session.surprise.bits
    return len(bits) > 0 and bool(np.isfinite(bits).all())


def all_seen(session: Session, samples: np.ndarray) -> bool:
    anew = SpectrumPyramid(len(samples), SPEC.sample_rate)
    anew.update(samples, Span(0, len(samples)))
    spectrum = session.spectrum
    if spectrum is None or spectrum.length != len(samples):
        return False
    views = (each.columns(0, len(samples), 300) for each in (spectrum, anew))
    return np.array_equal(*views)


def test_the_spectrum_of_a_take_that_grew_is_that_of_its_sound(
    session: Session, qtbot: QtBot, done: Wait, tmp_path_factory
) -> None:
    session.set_seconds(5.0)
    session.generate()
    qtbot.waitUntil(lambda: session.spectrum is not None)
    done(session)

    sound = exported(session, tmp_path_factory.mktemp("out") / "take.wav", qtbot)
    qtbot.waitUntil(lambda: all_seen(session, sound), timeout=20_000)


def test_the_surprise_of_a_take_is_what_the_engine_says_of_each_piece(
    session: Session, qtbot: QtBot, done: Wait
) -> None:
    session.set_seconds(14.0)
    session.generate()
    done(session)

    qtbot.waitUntil(lambda: known(session), timeout=20_000)

    assert session.take is not None
    codes = session._codes
    asked = pieces(session.song, SPEC, codes, Level.TOP, growing=False)
    assert len(asked) == -(-session.song_length // (HALF * SPEC.grid))
    engine = FakeEngine(SPEC)
    told = [e for piece in asked for e in engine.run(piece.task, CancelToken())]
    expected = np.concatenate([each.bits for each in told if isinstance(each, Scored)])
    assert np.array_equal(session.surprise.bits, expected)


def test_looking_costs_no_job_that_anybody_sees(session: Session, qtbot: QtBot, done: Wait) -> None:
    session.generate()
    done(session)
    shown = []
    session.job_changed.connect(shown.append)

    assert not known(session)
    qtbot.waitUntil(lambda: known(session))

    assert shown == [] and session.job is None


def test_it_gives_way_to_music_and_comes_to_its_end_later(
    open_session: Open, qtbot: QtBot, done: Wait
) -> None:
    session = open_session(Script(stretch_s=0.05))
    session.set_seconds(1.0)
    session.generate()
    done(session)
    with qtbot.waitSignal(session._jobs.scored, timeout=10_000):
        assert not known(session)

    session.generate()
    made, told = [], []
    session._jobs.sounded.connect(lambda *_: made.append(len(told)))
    session.surprise_changed.connect(lambda: told.append(len(made)))
    done(session)

    assert made and not told, "the question ended before the music that came after it"
    session.undo()
    qtbot.waitUntil(lambda: known(session), timeout=20_000)


def test_what_was_answered_once_is_known_at_once(
    session: Session, qtbot: QtBot, done: Wait
) -> None:
    session.generate()
    done(session)
    qtbot.waitUntil(lambda: known(session))
    first = session.song.current
    assert first is not None
    session.generate()
    done(session)

    session.choose_take(first)

    assert known(session)


def test_any_quality_that_was_made_can_be_looked_at(
    session: Session, qtbot: QtBot, done: Wait
) -> None:
    session.set_quality(Quality.MID)
    session.generate()
    done(session)
    for level in (Level.MIDDLE, Level.BOTTOM):
        session.prefer(replace(session.preferences, surprise_level=level))
        if level is Level.BOTTOM:
            assert "this quality" in session.surprise.reason
        else:
            qtbot.waitUntil(lambda: known(session), timeout=20_000)
            assert len(session.surprise.bits) == session.song_length // SPEC.hop(level)


def test_why_nothing_is_known_is_said(open_session: Open, qtbot: QtBot, tmp_path) -> None:
    session = open_session()
    assert "nothing to listen to" in session.surprise.reason

    without = open_session(models=(), folder=tmp_path / "other")
    riff(tmp_path / "riff.wav")
    assert without.model is None and without.surprise.reason


def test_an_engine_that_cannot_tell_is_asked_once_and_complains_in_the_lane(
    open_session: Open, qtbot: QtBot, done: Wait
) -> None:
    script = Script(mishap=Mishap.FAIL, mishap_after=4 * 5)
    session = open_session(script)
    notices = Notices(session)
    session.set_seconds(1.0)
    session.generate()
    done(session)
    session._machines.engine._script = Script(mishap=Mishap.FAIL)  # type: ignore[attr-defined]

    assert not known(session)
    qtbot.waitUntil(lambda: "script says to fail" in session.surprise.reason)

    assert notices.errors == []


def test_redo_from_a_moment_keeps_what_is_before_and_can_be_undone(
    session: Session, qtbot: QtBot, done: Wait, tmp_path
) -> None:
    session.set_seconds(3.0)
    session.generate()
    done(session)
    before = exported(session, tmp_path / "before.wav", qtbot)
    song = session.song

    session.set_seed(99)
    song = session.song
    session.redo_from(SECOND + 5)
    done(session)

    after = exported(session, tmp_path / "after.wav", qtbot)
    assert len(after) == len(before)
    assert np.array_equal(after[:SECOND], before[:SECOND])
    assert not np.array_equal(after[SECOND:], before[SECOND:])
    session.undo()
    assert session.song.takes == song.takes

"""Rendering in stereo through a whole session: three takes, one file, and what stops it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pytestqt.qtbot import QtBot

from app.session import Session
from app.song.export import ExportFormat, ExportOptions
from app.song.song import Quality
from engine.audio.files import read_audio
from engine.types import Codes
from tests.app.kit import HandSpeaker
from tests.app.listening import Notices, Open, Wait, reopened
from tests.app.test_queue import SLOW, begun, codes, composing


def exported(
    session: Session, path: Path, qtbot: QtBot, width: float | None
) -> NDArray[np.float32]:
    with qtbot.waitSignal(session.notice):
        session.export(path, ExportOptions(ExportFormat.WAV_FLOAT, width=width))
    return read_audio(path).samples


def rendering(open_session: Open, done: Wait) -> Session:
    """A session that has just been asked to render a draft in stereo."""
    session = composing(open_session, Quality.DRAFT)
    session.generate()
    done(session)
    session.render_in_stereo()
    return session


def three(session: Session) -> list[Codes]:
    return [codes(session, take.id) for take in session.song.takes[1:]]


def test_three_upsamplings_of_one_draft_become_one_stereo_file(
    open_session: Open, qtbot: QtBot, done: Wait, tmp_path: Path
) -> None:
    session = rendering(open_session, done)
    done(session)
    centre, left, right = session.song.takes[1:]
    session.choose_take(right.id)
    wide = exported(session, tmp_path / "wide.wav", qtbot, width=0.8)
    flat = exported(session, tmp_path / "flat.wav", qtbot, width=0)
    sides = []
    for take in (centre, left, right):
        session.choose_take(take.id)
        sides.append(exported(session, tmp_path / "mono.wav", qtbot, width=None))

    assert np.array_equal(flat, np.stack([sides[0]] * 2, axis=1))
    assert np.allclose(wide[:, 0], (sides[0] + np.float32(0.8) * sides[1]) / 1.8, atol=1e-6)
    assert np.allclose(wide[:, 1], (sides[0] + np.float32(0.8) * sides[2]) / 1.8, atol=1e-6)
    assert np.abs(wide[:, 0] - wide[:, 1]).max() > 0.01
    tops = {codes.at(2).tobytes() for codes in three(session)}
    bottoms = {codes.at(0).tobytes() for codes in three(session)}
    assert (len(tops), len(bottoms)) == (1, 3)


def test_it_plays_in_stereo_as_wide_as_is_chosen_and_just_as_it_is_exported(
    open_session: Open, speaker: HandSpeaker, qtbot: QtBot, done: Wait, tmp_path: Path
) -> None:
    session = rendering(open_session, done)
    session.choose_take(session.song.takes[1].id)
    session.seek(0)
    session.play()
    qtbot.waitUntil(lambda: session.transport.playing)
    done(session)
    session.pause()

    for width in (0, 35, 100):
        session.set_width(width)
        wide = exported(session, tmp_path / "wide.wav", qtbot, width=width / 100)
        assert np.array_equal(played(session, speaker, qtbot, len(wide)), wide)

    session.hear_stereo(False)
    mono = exported(session, tmp_path / "mono.wav", qtbot, width=None)
    assert np.array_equal(played(session, speaker, qtbot, len(mono)), np.stack([mono] * 2, axis=1))


def played(
    session: Session, speaker: HandSpeaker, qtbot: QtBot, frames: int
) -> NDArray[np.float32]:
    """Both channels of the current take, as the speaker gets them."""
    session.seek(0)
    session.play()
    qtbot.waitUntil(lambda: session.transport.playing)
    sound = speaker.pull_both(frames)
    session.pause()
    return sound


def test_a_song_that_is_opened_is_heard_in_stereo_at_once(
    open_session: Open, speaker: HandSpeaker, qtbot: QtBot, done: Wait, tmp_path: Path
) -> None:
    session = rendering(open_session, done)
    done(session)
    session.choose_take(session.song.takes[1].id)
    wide = exported(session, tmp_path / "wide.wav", qtbot, width=0.6)
    copy = tmp_path / "small.jukebox"
    with qtbot.waitSignal(session.notice):
        session.save_copy(copy)
    session.close()

    again = reopened(open_session, copy, qtbot, done)

    assert np.array_equal(played(again, speaker, qtbot, len(wide)), wide)


def test_a_stereo_rendering_that_was_killed_ends_as_if_nothing_had_been(
    open_session: Open, qtbot: QtBot, done: Wait, tmp_path: Path
) -> None:
    session = rendering(open_session, done)
    done(session)
    expected = three(session)
    session = rendering(open_session, done)
    begun(session, qtbot, 0.3)
    session.close()

    again = open_session(SLOW)
    again.recover()
    qtbot.waitUntil(lambda: len(again.jobs.queue.jobs) == 1)
    assert again.jobs.queue.jobs[0].done > 0
    done(again)

    assert three(again) == expected
    assert again.sides is not None


def test_one_undo_takes_all_three_back(open_session: Open, done: Wait) -> None:
    session = rendering(open_session, done)
    done(session)

    session.undo()

    assert len(session.song.takes) == 1 and session.sides is None
    session.redo()
    assert len(session.song.takes) == 4 and session.sides is not None


def test_a_take_without_left_and_right_is_not_exported_in_stereo(
    open_session: Open, done: Wait, tmp_path: Path
) -> None:
    session = composing(open_session, Quality.DRAFT)
    session.generate()
    done(session)
    notices = Notices(session)

    session.export(tmp_path / "a.wav", ExportOptions(width=0.5))

    assert notices.warnings == ["The take has no left and right yet."]
    assert not (tmp_path / "a.wav").exists()

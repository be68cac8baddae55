"""What can be undone before a song is closed can be undone after it is opened, to the very code."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from pytestqt.qtbot import QtBot

from app.session import Session
from app.song.song import Quality, Song
from engine.runtime.fake import Script
from engine.types import Codes
from tests.app.kit import SPEC
from tests.app.listening import Open, Wait, exported, reopened, riff, saved
from tests.app.test_queue import begun, composing, one_run
from tests.app.test_recovery import crashed

State = tuple[Song, tuple[Codes, ...]]


def state(session: Session) -> State:
    """The song, and the codes of each of its takes."""
    song, store = session.song, session._store
    return song, tuple(store.codes(song, take.id) for take in song.takes)


def states(session: Session) -> list[State]:
    """The song at every step of its history, walked by undo and redo."""
    while session.can_redo:
        session.redo()
    found = [state(session)]
    while session.can_undo:
        session.undo()
        found.append(state(session))
    return found


def worked(session: Session, done: Wait, folder: Path, qtbot: QtBot) -> None:
    """Generated, starred, continued, imported, removed, renamed, rendered, and twice undone."""
    session.set_quality(Quality.DRAFT)
    session.set_takes(2)
    session.generate()
    done(session)
    session.star_take(session.song.takes[1].id)
    session.set_takes(1)
    session.continue_selection()
    done(session)
    riff(folder / "riff.wav", 0.5)
    session.import_audio(folder / "riff.wav")
    qtbot.waitUntil(lambda: session.undo_label == "Import")
    done(session)
    session.remove_take(session.song.takes[-1].id)
    done(session)
    session.rename_take(session.song.takes[0].id, "Chorus – 歌")
    session.render_selection(Quality.FULL)
    done(session)
    session.undo()
    session.undo()


def test_undo_goes_on_where_it_was_when_a_song_was_closed(
    session: Session, open_session: Open, qtbot: QtBot, done: Wait, tmp_path: Path
) -> None:
    worked(session, done, tmp_path, qtbot)
    path = saved(session, tmp_path / "tune.jukebox", qtbot)
    words, expected = session.history, states(session)

    again = reopened(open_session, path, qtbot, done)

    assert again.history == words
    assert again.redo_label == "Rename Take"
    assert states(again) == expected


def test_a_step_from_before_closing_sounds_bit_by_bit_as_it_did(
    session: Session, open_session: Open, qtbot: QtBot, done: Wait, tmp_path: Path
) -> None:
    worked(session, done, tmp_path, qtbot)
    path = saved(session, tmp_path / "tune.jukebox", qtbot)
    again = reopened(open_session, path, qtbot, done)
    places = [n for n in range(len(session.history[0])) if n % 3 == 0]

    for place in places:
        for each in (session, again):
            each.go_to_step(place)
            done(each)
        if session.song.current is None:
            continue
        heard = exported(session, tmp_path / "before.wav", qtbot)
        assert np.array_equal(exported(again, tmp_path / "after.wav", qtbot), heard)


def test_a_killed_program_leaves_its_history_too(
    session: Session, open_session: Open, qtbot: QtBot, done: Wait, tmp_path: Path
) -> None:
    session.generate()
    done(session)
    session.star_take(session.song.takes[0].id)
    session.undo()
    crashed(session, tmp_path, qtbot)

    again = open_session()
    again.recover()
    qtbot.waitUntil(lambda: bool(again.song.takes))

    assert again.history == session.history
    assert states(again) == states(session)


def test_a_small_copy_tells_nothing_of_what_was_undone(
    session: Session, open_session: Open, qtbot: QtBot, done: Wait, tmp_path: Path
) -> None:
    worked(session, done, tmp_path, qtbot)
    with qtbot.waitSignal(session.notice):
        session.save_copy(tmp_path / "small.jukebox")

    again = reopened(open_session, tmp_path / "small.jukebox", qtbot, done)

    assert again.song == session.song
    assert not again.can_undo and not again.can_redo
    assert set(again._store._matter) == {take.id for take in again.song.takes}


def test_a_job_that_was_undone_before_closing_goes_on_when_it_is_redone(
    open_session: Open, qtbot: QtBot, done: Wait, tmp_path: Path
) -> None:
    expected = one_run(open_session, done)
    session = composing(open_session)
    session.generate()
    begun(session, qtbot)
    session.undo()
    qtbot.waitUntil(lambda: session.job is None)
    path = saved(session, tmp_path / "tune.jukebox", qtbot)

    again = reopened(open_session, path, qtbot, done)
    assert again.jobs.queue.jobs == () and again.song.takes == ()
    again.redo()
    again.jobs.resume_all()
    done(again)

    (take,) = again.song.takes
    assert again._store.codes(again.song, take.id) == expected


def test_what_was_cut_short_before_closing_is_cut_at_every_step(
    open_session: Open, qtbot: QtBot, done: Wait, tmp_path: Path
) -> None:
    session = composing(open_session, Quality.DRAFT, seconds=5.0)
    session.generate()
    begun(session, qtbot)
    session.set_title("Tune")
    path = saved(session, tmp_path / "tune.jukebox", qtbot)
    session.stop()
    done(session)

    again = open_session(Script(stretch_s=0), folder=tmp_path / "another user")
    again.open_song(path)
    qtbot.waitUntil(lambda: again.path == path)
    again.jobs.cancel_all()
    done(again)

    lengths = {take.length for song, _ in states(again) for take in song.takes}
    assert len(lengths) == 1 and 0 < lengths.pop() < SPEC.snap_up(5 * SPEC.sample_rate)

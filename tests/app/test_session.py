from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from app.services.background import Background
from app.session import Session
from app.song.export import ExportOptions
from app.song.song import Origin, Quality, TakeId, Verdict
from app.song.status import Severity
from engine.runtime.fake import Mishap, Script
from engine.types import Level, Span
from tests.app.kit import GRID, SPEC, HandSpeaker
from tests.app.listening import SECOND, Notices, Open, Wait, exported, heard, reopened, riff, saved


def test_a_song_from_prompt_to_file_and_back(
    session: Session,
    open_session: Open,
    speaker: HandSpeaker,
    qtbot: QtBot,
    done: Wait,
    tmp_path: Path,
) -> None:
    """Generate, continue, redo inside, undo and redo, save, reopen, export."""
    session.set_title("Tune")
    session.generate()
    done(session)
    first = session.song
    assert session.song_length == SECOND
    assert session.undo_label == "Generate"

    session.continue_selection()
    done(session)
    assert session.song_length == 2 * SECOND
    session.select(Span(10 * GRID, 20 * GRID))
    session.redo_selection()
    done(session)
    whole = session.song
    assert session.take is not None and session.take.span == Span(10 * GRID, 20 * GRID)
    assert session.quality(session.take.id) == ((Span(0, 2 * SECOND), Level.BOTTOM),)

    session.undo()
    session.undo()
    assert session.song == first
    session.redo()
    session.redo()
    assert session.song == whole
    done(session)

    sound = heard(session, speaker, qtbot)
    assert np.array_equal(sound, exported(session, tmp_path / "a.wav", qtbot))
    path = saved(session, tmp_path / "tune.jukebox", qtbot)
    again = reopened(open_session, path, qtbot, done)
    assert again.song == whole
    assert not again.modified
    assert np.array_equal(heard(again, speaker, qtbot), sound)
    assert np.array_equal(exported(again, tmp_path / "b.wav", qtbot), sound)
    assert again.can_continue


def test_the_same_seed_makes_the_same_song(
    open_session: Open, speaker: HandSpeaker, qtbot: QtBot, done: Wait
) -> None:
    sounds = []
    for seed in (1, 1, 2):
        session = open_session()
        session.set_seconds(0.5)
        session.set_seed(seed)
        session.generate()
        done(session)
        sounds.append(heard(session, speaker, qtbot))

    assert np.array_equal(sounds[0], sounds[1])
    assert not np.array_equal(sounds[0], sounds[2])


def test_without_a_seed_each_time_is_new(session: Session, done: Wait) -> None:
    session.set_seed(None)
    for _ in range(2):
        session.generate()
        done(session)

    first, second = session.song.takes
    assert first.settings is not None and second.settings is not None
    assert first.settings.seed != second.settings.seed


def test_takes_grow_while_they_are_made_and_are_one_undo_step(
    open_session: Open, qtbot: QtBot, done: Wait
) -> None:
    session = open_session(Script(stretch_s=0.02))
    session.set_seconds(1.0)
    session.set_takes(3)
    before = session.song
    seen: list[tuple[tuple[Span, Level], ...]] = []
    session.audio_changed.connect(lambda take, _: seen.append(session.quality(TakeId(take))))

    session.generate()
    assert len(session.song.takes) == 3
    assert session.take == session.song.takes[0]
    assert session.can_undo and session.can_generate
    qtbot.waitUntil(lambda: session.job is not None and session.job.total > 0)
    done(session)

    levels = [stretches[0][1] for stretches in seen if stretches]
    assert levels[0] is Level.TOP and levels[-1] is Level.BOTTOM
    for take in session.song.takes:
        assert session.quality(take.id) == ((Span(0, SECOND), Level.BOTTOM),)
    session.undo()
    assert session.song == before


def test_stopping_keeps_what_was_made_and_it_can_be_continued(
    open_session: Open, qtbot: QtBot, done: Wait
) -> None:
    session = open_session(Script(stretch_s=0.03))
    session.set_seconds(10.0)
    session.generate()
    qtbot.waitUntil(lambda: session.take is not None and bool(session.quality(session.take.id)))

    session.stop()
    done(session)

    take = session.take
    assert take is not None
    assert 0 < take.length < SPEC.snap_up(10 * SPEC.sample_rate)
    assert session.quality(take.id)[-1][0].end == take.length
    assert session.can_continue and session.can_undo
    session.set_seconds(0.2)
    session.continue_selection()
    done(session)
    assert session.song_length == take.length + SPEC.snap_up(round(0.2 * SPEC.sample_rate))


def test_stopping_before_anything_was_made_leaves_the_song_as_it_was(
    open_session: Open, qtbot: QtBot, done: Wait
) -> None:
    session = open_session(Script(stretch_s=0.3))
    notices = Notices(session)
    session.generate()
    session.set_title("Meanwhile")

    session.stop()
    done(session)

    assert session.song.takes == ()
    assert session.song.title == "Meanwhile"
    assert [notice.message for notice in notices.told] == ["Stopped before anything was made."]
    session.undo()
    assert session.song.title == "" and not session.can_undo


def test_a_failure_is_told_and_keeps_what_was_made(open_session: Open, done: Wait) -> None:
    session = open_session(Script(mishap=Mishap.FAIL, mishap_after=4))
    notices = Notices(session)
    session.set_seconds(10.0)

    session.generate()
    done(session)

    assert notices.errors == ["The script says to fail here."]
    assert notices.told[0].advice
    assert session.take is not None
    assert session.quality(session.take.id)[-1][0].end == session.song_length
    assert session.can_continue and session.engine_state.phase == "ready"


def test_a_draft_is_rendered_later_without_changing_the_music(session: Session, done: Wait) -> None:
    session.set_quality(Quality.DRAFT)
    session.generate()
    done(session)
    draft = session.take
    assert draft is not None
    assert session.quality(draft.id) == ((Span(0, SECOND), Level.TOP),)
    assert session.can_render(Quality.MID) and not session.can_render(Quality.DRAFT)

    session.render_selection(Quality.FULL)
    done(session)

    finer = session.take
    assert finer is not None and finer.origin is Origin.RENDERED
    assert session.quality(finer.id) == ((Span(0, SECOND), Level.BOTTOM),)
    assert not session.can_render(Quality.FULL)
    codes = [session._store.codes(session.song, take.id) for take in (draft, finer)]
    assert np.array_equal(codes[0].at(Level.TOP), codes[1].at(Level.TOP))


def test_saving_where_it_cannot_be_is_told_and_the_song_stays_modified(
    session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    session.set_title("Tune")

    with qtbot.waitSignal(session.notice) as told:
        session.save_song_as(tmp_path / "no" / "folder" / "tune.jukebox")

    assert told.args is not None and "cannot be written" in told.args[0].message
    assert session.modified and session.path is None


def test_lyrics_say_which_characters_are_lost(session: Session) -> None:
    session.set_lyrics("Hé ☃ you")

    assert session.lyric_report() == (3,)


def test_what_cannot_be_asked_for_is_told(session: Session) -> None:
    notices = Notices(session)
    for intent in (session.continue_selection, session.redo_selection, session.save_song):
        intent()
    session.render_selection(Quality.FULL)
    session.export(Path("/nowhere.wav"), ExportOptions())

    assert len(notices.told) == 5
    assert {notice.severity for notice in notices.told} == {Severity.WARNING}


@pytest.mark.timeout(60)
def test_no_intent_keeps_the_window_waiting(
    open_session: Open, qtbot: QtBot, done: Wait, tmp_path: Path
) -> None:
    """All work beside the window is held up, and each intent returns all the same."""
    session = open_session()
    riff(tmp_path / "long.wav", 60)
    session.import_audio(tmp_path / "long.wav")
    qtbot.waitUntil(lambda: session.take is not None, timeout=20_000)
    done(session)
    take = session.take
    assert take is not None
    song, written = tmp_path / "long.jukebox", tmp_path / "out.wav"
    go_on = threading.Event()
    held = session.findChildren(Background)
    for background in held:
        background.run(go_on.wait, lambda _: None, lambda _: None)

    session.select(Span(GRID, take.length // 2))
    session.set_lyrics("La " * 1000)
    session.quality(take.id)
    session.peaks(take.id).columns(0, take.length, 1400)
    session.can_render(Quality.FULL)
    session.save_song_as(song)
    session.export(written, ExportOptions())
    session.continue_selection()
    session.stop()

    assert len(held) > 3
    assert not song.exists() and not written.exists()
    go_on.set()
    qtbot.waitUntil(lambda: song.exists() and written.exists(), timeout=20_000)
    done(session)


def test_rejected_takes_are_refilled_and_undo_brings_them_back(
    session: Session, done: Wait
) -> None:
    session.set_takes(3)
    session.generate()
    done(session)
    first = session.song
    kept, *rejected = [take.id for take in first.takes]
    for take in rejected:
        session.judge_take(take, Verdict.REJECTED)
    judged = session.song
    assert session.can_refill

    session.refill()
    done(session)

    takes = session.song.takes
    assert takes[0].id == kept and len(takes) == 3
    assert not {take.id for take in takes} & set(rejected)
    assert not session.can_refill
    session.undo()
    assert {take.id for take in session.song.takes} == {take.id for take in judged.takes}
    assert {take.id for take in session.song.takes if take.verdict is Verdict.REJECTED} == set(
        rejected
    )


def test_digits_and_comparing_move_between_takes_at_the_same_moment(
    session: Session, done: Wait
) -> None:
    session.set_takes(3)
    session.generate()
    done(session)
    ids = [take.id for take in session.song.takes]
    session.seek(1000)

    session.choose_sibling(3)
    assert session.song.current == ids[2]
    session.choose_other()
    assert session.song.current == ids[0]
    session.choose_other()
    assert session.song.current == ids[2]
    session.choose_sibling(9)
    assert session.song.current == ids[2]
    assert session.transport.playhead == 1000
    assert session.undo_label == "Generate"


def test_any_earlier_step_can_be_gone_back_to(session: Session, done: Wait) -> None:
    session.generate()
    done(session)
    first = session.song
    session.set_lyrics("La")
    session.continue_selection()
    done(session)
    last = session.song
    labels, place = session.history
    assert labels[-3:] == ("Generate", "Lyrics", "Continue") and place == len(labels) - 1

    session.go_to_step(labels.index("Generate"))
    assert session.song == first
    session.go_to_step(place)
    assert session.song == last


def test_a_duplicate_has_no_file_and_leaves_the_song_as_it_was_saved(
    session: Session, open_session: Open, qtbot: QtBot, done: Wait, tmp_path: Path
) -> None:
    session.set_title("Tune")
    session.generate()
    done(session)
    path = saved(session, tmp_path / "tune.jukebox", qtbot)
    kept = path.read_bytes()

    session.save_song()
    session.duplicate_song()
    with qtbot.waitSignal(session.notice):
        session.save_copy(tmp_path / "small.jukebox")

    assert session.path is None and session.modified and session.song.title == "Tune copy"
    again = reopened(open_session, path, qtbot, done)
    assert again.song.title == "Tune" and not again.modified
    assert path.read_bytes() == kept
    session.undo()
    assert session.song == again.song
    assert saved(session, tmp_path / "copy.jukebox", qtbot).exists()


def test_the_second_window_is_told_and_has_a_copy(
    session: Session, open_session: Open, qtbot: QtBot, done: Wait, tmp_path: Path
) -> None:
    session.generate()
    done(session)
    path = saved(session, tmp_path / "tune.jukebox", qtbot)
    second = open_session()
    notices = Notices(second)

    second.open_song(path)
    qtbot.waitUntil(lambda: bool(second.song.takes))
    done(second)

    assert second.song == session.song and second.path is None and second.modified
    assert "is open in another" in notices.told[0].message
    second.save_song_as(path)
    qtbot.waitUntil(lambda: bool(notices.errors))
    assert "is open in another" in notices.errors[0]
    saved(second, tmp_path / "other.jukebox", qtbot)


def test_each_take_says_what_it_was_made_by(session: Session, done: Wait) -> None:
    session.set_takes(2)
    session.generate()
    done(session)

    makers = {take.maker for take in session.song.takes}
    (maker,) = makers
    assert maker is not None and maker.model == SPEC.id and maker.version
    assert [take.variation for take in session.song.takes] == [0, 1]

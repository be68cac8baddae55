from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from pytestqt.qtbot import QtBot

from app.services.machines import DeskModel
from app.session import Session
from app.song.export import ExportFormat, ExportOptions
from app.song.song import Origin, Quality, TakeId
from app.song.status import Notice, Severity
from engine.audio.export import write_audio
from engine.audio.files import read_audio
from engine.runtime.fake import Mishap, Script
from engine.types import Audio, Level, Span
from tests.app.conftest import Open
from tests.app.kit import GRID, MODEL, SPEC, HandSpeaker

Wait = Callable[[Session], None]
SECOND = SPEC.snap_up(SPEC.sample_rate)


class Notices:
    """The notices that a session gives."""

    def __init__(self, session: Session) -> None:
        self.told: list[Notice] = []
        session.notice.connect(self.told.append)

    @property
    def errors(self) -> list[str]:
        return [notice.message for notice in self.told if notice.severity is Severity.ERROR]


@pytest.fixture
def done(qtbot: QtBot) -> Wait:
    """Waits until the engine rests and the current take can be heard and seen."""

    def wait(session: Session) -> None:
        qtbot.waitUntil(lambda: session.job is None)
        take = session.take
        if take is not None:
            qtbot.waitUntil(lambda: session.peaks(take.id).length == take.length)
            qtbot.waitUntil(lambda: session.transport.audible_until >= made_until(session))

    return wait


def made_until(session: Session) -> int:
    assert session.take is not None
    stretches = session.quality(session.take.id)
    return stretches[0][0].end if stretches and not session.transport.playhead else 0


def heard(session: Session, speaker: HandSpeaker, qtbot: QtBot) -> NDArray[np.float32]:
    """All of the current take, as the speaker gets it."""
    session.seek(0)
    session.play()
    qtbot.waitUntil(lambda: session.transport.playing)
    sound = speaker.pull(session.song_length)
    session.pause()
    session.seek(0)
    return sound


def exported(session: Session, path: Path, qtbot: QtBot) -> NDArray[np.float32]:
    with qtbot.waitSignal(session.notice) as told:
        session.export(path, ExportOptions(ExportFormat.WAV_FLOAT))
    assert told.args is not None and told.args[0].severity is Severity.INFO, told.args
    return read_audio(path).samples


def saved(session: Session, path: Path, qtbot: QtBot) -> Path:
    session.save_song_as(path)
    qtbot.waitUntil(lambda: session.path == path and not session.modified)
    return path


def reopened(open_session: Open, path: Path, qtbot: QtBot, done: Wait) -> Session:
    again = open_session()
    again.open_song(path)
    qtbot.waitUntil(lambda: again.path == path)
    done(again)
    return again


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
    assert not session.can_undo and not session.can_generate
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


def riff(path: Path, seconds: float = 1.0) -> NDArray[np.float32]:
    count = SPEC.snap_down(round(seconds * SPEC.sample_rate))
    sound = np.sin(np.arange(count) / 20).astype(np.float32) / 2
    write_audio(path, Audio(sound, SPEC.sample_rate))
    return read_audio(path).samples


def test_a_recording_sounds_at_once_and_is_continued_and_survives_saving(
    session: Session,
    open_session: Open,
    speaker: HandSpeaker,
    qtbot: QtBot,
    done: Wait,
    tmp_path: Path,
) -> None:
    sound = riff(tmp_path / "riff.wav")
    session.import_audio(tmp_path / "riff.wav")
    qtbot.waitUntil(lambda: session.take is not None)
    take = session.take
    assert take is not None
    assert (take.name, take.origin, take.length) == ("riff", Origin.IMPORTED, len(sound))
    assert session.quality(take.id) == ((Span(0, len(sound)), Level.BOTTOM),)
    assert session.undo_label == "Import"
    done(session)
    assert np.array_equal(heard(session, speaker, qtbot), sound)

    session.select(Span(0, len(sound) // 2))
    session.continue_selection()
    done(session)
    whole = heard(session, speaker, qtbot)
    start = SPEC.snap_down(len(sound) // 2)
    assert np.array_equal(whole[:start], sound[:start])
    assert len(whole) == start + SECOND
    assert abs(whole[start] - whole[start - 1]) < 0.05

    path = saved(session, tmp_path / "tune.jukebox", qtbot)
    again = reopened(open_session, path, qtbot, done)
    assert np.array_equal(heard(again, speaker, qtbot), whole)
    assert again.can_continue


def test_a_recording_cannot_be_continued_before_it_is_encoded(
    open_session: Open, qtbot: QtBot, done: Wait, tmp_path: Path
) -> None:
    session = open_session(Script(stretch_s=0.05))
    riff(tmp_path / "riff.wav")
    session.import_audio(tmp_path / "riff.wav")
    qtbot.waitUntil(lambda: session.take is not None)
    assert not session.can_continue
    with qtbot.waitSignal(session.takes_changed):
        done(session)

    assert session.can_continue


def test_a_recording_that_could_not_be_encoded_is_told_once_and_tried_again_when_chosen(
    open_session: Open, qtbot: QtBot, done: Wait, tmp_path: Path
) -> None:
    session = open_session(Script(mishap=Mishap.FAIL, mishap_after=3))
    notices = Notices(session)
    riff(tmp_path / "riff.wav")
    for _ in range(2):
        session.import_audio(tmp_path / "riff.wav")
        qtbot.waitUntil(lambda: session.job is not None)
        done(session)
    assert len(notices.errors) == 2 and not session.can_continue

    session.choose_take(session.song.takes[0].id)
    done(session)

    assert len(notices.errors) == 3


@pytest.mark.parametrize("name", ["none.wav", "words.wav", "folder"])
def test_what_cannot_be_imported_is_told(
    session: Session, qtbot: QtBot, tmp_path: Path, name: str
) -> None:
    (tmp_path / "words.wav").write_text("just words")
    (tmp_path / "folder").mkdir()
    before = session.song

    with qtbot.waitSignal(session.notice) as told:
        session.import_audio(tmp_path / name)

    assert told.args is not None and told.args[0].severity is Severity.ERROR
    assert session.song == before


def test_playing_begins_with_the_first_sound_and_waits_for_the_rest(
    open_session: Open, speaker: HandSpeaker, qtbot: QtBot, done: Wait
) -> None:
    session = open_session(Script(stretch_s=0.05))
    session.set_seconds(2.0)
    session.set_quality(Quality.DRAFT)
    session.generate()
    session.play()
    qtbot.waitUntil(lambda: session.transport.playing)
    pulled: list[NDArray[np.float32]] = []

    def sounding() -> bool:
        pulled.append(speaker.pull(2000))
        return bool(pulled[-1].any())

    qtbot.waitUntil(sounding)
    assert session.job is not None
    while session.transport.playing:
        qtbot.wait(1)
        pulled.append(speaker.pull(2000))
    done(session)

    sound = np.concatenate(pulled)
    music = heard(session, speaker, qtbot)
    assert np.array_equal(sound[sound != 0], music[music != 0])


def test_new_music_is_played_as_it_comes_for_those_who_prefer_it(
    session: Session, speaker: HandSpeaker, qtbot: QtBot
) -> None:
    session.prefer(type(session.preferences)(play_as_it_comes=True))

    session.generate()

    qtbot.waitUntil(lambda: session.transport.playing)
    session.pause()


def test_looping_repeats_the_selection(
    session: Session, speaker: HandSpeaker, qtbot: QtBot, done: Wait
) -> None:
    session.generate()
    done(session)
    whole = heard(session, speaker, qtbot)
    session.select(Span(1000, 1500))
    session.set_loop(True)
    session.seek(1000)
    session.play()
    qtbot.waitUntil(lambda: session.transport.playing)

    assert session.transport.looping
    assert np.array_equal(speaker.pull(1500), np.tile(whole[1000:1500], 3))


def test_choosing_another_take_plays_and_shows_that_one(
    session: Session, speaker: HandSpeaker, qtbot: QtBot, done: Wait
) -> None:
    session.set_takes(2)
    session.generate()
    done(session)
    first = heard(session, speaker, qtbot)

    session.choose_take(session.song.takes[1].id)
    done(session)
    qtbot.waitUntil(lambda: not np.array_equal(heard(session, speaker, qtbot), first))


def test_unsaved_work_is_back_after_a_crash(
    session: Session, open_session: Open, qtbot: QtBot, done: Wait, tmp_path: Path
) -> None:
    session.set_title("Lost and found")
    session.generate()
    done(session)
    song = session.song
    session.close()
    (left,) = (tmp_path / "state" / "working").glob("*.jukebox")
    left.rename(left.with_name(f"999999999-{left.name.partition('-')[2]}"))

    again = open_session()
    notices = Notices(again)
    again.recover()
    qtbot.waitUntil(lambda: again.song == song)

    assert again.modified and again.path is None
    assert "is back" in notices.told[0].message
    done(again)
    assert again.quality(again.song.takes[0].id) == ((Span(0, SECOND), Level.BOTTOM),)


def test_closing_leaves_nothing_behind_when_all_is_saved(
    session: Session, qtbot: QtBot, done: Wait, tmp_path: Path
) -> None:
    session.generate()
    done(session)
    saved(session, tmp_path / "tune.jukebox", qtbot)

    session.close()

    assert list((tmp_path / "state" / "working").iterdir()) == []


def test_discarded_work_is_given_up(session: Session, done: Wait, tmp_path: Path) -> None:
    session.generate()
    done(session)
    assert session.modified

    session.discard()
    session.close()

    assert list((tmp_path / "state" / "working").iterdir()) == []


def test_a_new_song_is_blank_while_music_for_the_old_one_was_in_the_making(
    open_session: Open, qtbot: QtBot, done: Wait
) -> None:
    session = open_session(Script(stretch_s=0.05))
    notices = Notices(session)
    session.generate()
    qtbot.waitUntil(lambda: bool(session.take and session.quality(session.take.id)))

    session.new_song()
    done(session)

    assert session.song.takes == ()
    assert not session.modified and not session.can_undo
    assert notices.told == []
    session.set_seconds(0.5)
    session.generate()
    done(session)
    assert session.song_length > 0


def test_a_hostile_song_file_is_told_and_the_song_stays(
    session: Session, qtbot: QtBot, done: Wait, tmp_path: Path
) -> None:
    session.generate()
    done(session)
    before = session.song
    (tmp_path / "bad.jukebox").write_bytes(b"SQLite format 3\0" * 100)

    with qtbot.waitSignal(session.notice) as told:
        session.open_song(tmp_path / "bad.jukebox")

    assert told.args is not None and "damaged" in told.args[0].message
    assert session.song == before and session.path is None


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


def test_takes_belong_to_the_model_that_made_them(open_session: Open, done: Wait) -> None:
    from dataclasses import replace

    other = DeskModel(replace(SPEC, id="other", title="Other", sample_rate=44_100))
    session = open_session(models=(MODEL, other))
    notices = Notices(session)
    session.set_lyrics("La")
    session.set_model(other.spec.id)
    assert (session.model, session.song.prompt.lyrics) == (other.spec, "La")
    session.set_model(SPEC.id)
    session.generate()
    done(session)

    session.set_model(other.spec.id)

    assert session.model == SPEC
    assert "were made with Tones" in notices.told[-1].message


def test_without_any_model_the_desk_still_opens(qtbot: QtBot, open_session: Open) -> None:
    session = open_session(models=())
    session.set_lyrics("La")

    session.generate()

    assert session.model is None and session.models == ()
    assert not session.can_generate and session.song.takes == ()
    assert session.engine_state.phase == "failed" and "No model" in session.engine_state.message


def test_no_intent_keeps_the_window_waiting(
    open_session: Open, qtbot: QtBot, done: Wait, tmp_path: Path
) -> None:
    """With a tenth of the longest song, each intent in a fraction of a frame."""
    session = open_session()
    riff(tmp_path / "long.wav", 60)
    session.import_audio(tmp_path / "long.wav")
    qtbot.waitUntil(lambda: session.take is not None, timeout=20_000)
    done(session)
    take = session.take
    assert take is not None

    intents = [
        lambda: session.select(Span(GRID, take.length // 2)),
        lambda: session.set_lyrics("La " * 1000),
        lambda: session.quality(take.id),
        lambda: session.peaks(take.id).columns(0, take.length, 1400),
        lambda: session.can_render(Quality.FULL),
        lambda: session.save_song_as(tmp_path / "long.jukebox"),
        lambda: session.export(tmp_path / "out.wav", ExportOptions()),
        session.continue_selection,
        session.stop,
    ]
    spent_ms = {}
    for number, intent in enumerate(intents):
        began = time.thread_time()
        intent()
        spent_ms[number] = (time.thread_time() - began) * 1000

    assert max(spent_ms.values()) < 4, spent_ms


def test_a_recording_whose_encoding_was_cut_short_is_encoded_at_the_next_start(
    open_session: Open, qtbot: QtBot, done: Wait, tmp_path: Path
) -> None:
    session = open_session(Script(stretch_s=0.2))
    sound = riff(tmp_path / "riff.wav")
    session.import_audio(tmp_path / "riff.wav")
    qtbot.waitUntil(lambda: session.job is not None)
    session.close()
    (left,) = (tmp_path / "state" / "working").glob("*.jukebox")
    left.rename(left.with_name(f"999999999-{left.name.partition('-')[2]}"))

    again = open_session()
    again.recover()
    qtbot.waitUntil(lambda: again.take is not None)
    done(again)

    assert again.song_length == len(sound)
    assert again.can_continue

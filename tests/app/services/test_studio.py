from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from pytestqt.qtbot import QtBot

from app.services.machines import DeskModel
from app.services.playback import LOOP_FADE_S
from app.session import Session
from app.song.song import Origin, Quality
from app.song.status import Severity
from engine.runtime.fake import Mishap, Script
from engine.types import Level, Span
from tests.app.kit import MODEL, SPEC, HandSpeaker
from tests.app.listening import SECOND, Notices, Open, Wait, heard, reopened, riff, saved


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
    for tried in (1, 2):
        session.import_audio(tmp_path / "riff.wav")
        qtbot.waitUntil(lambda tried=tried: len(notices.errors) == tried)
    done(session)
    assert not session.can_continue

    session.choose_take(session.song.takes[0].id)

    qtbot.waitUntil(lambda: len(notices.errors) == 3)


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
    again = speaker.pull(1500).reshape(3, 500)
    fade = round(LOOP_FADE_S * SPEC.sample_rate)
    assert np.array_equal(again[0], whole[1000:1500])
    assert (again[1:, fade:] == whole[1000 + fade : 1500]).all()


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


def test_a_recording_whose_encoding_was_cut_short_is_encoded_at_the_next_start(
    open_session: Open, qtbot: QtBot, done: Wait, tmp_path: Path
) -> None:
    session = open_session(Script(stretch_s=0.2))
    sound = riff(tmp_path / "riff.wav")
    session.import_audio(tmp_path / "riff.wav")
    qtbot.waitUntil(lambda: session.take is not None)
    session.close()

    again = open_session()
    again.recover()
    qtbot.waitUntil(lambda: again.take is not None)
    done(again)

    assert again.song_length == len(sound)
    assert again.can_continue

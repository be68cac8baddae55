from __future__ import annotations

from pathlib import Path

import pytest
from pytest import approx
from pytestqt.qtbot import QtBot

from app.services.machines import desk_model
from app.session import Session
from app.song.song import Quality
from engine.catalog.store import default_store
from engine.runtime.fake import FakeEngine
from engine.text.timing import SungWord
from engine.types import Share
from tests.app.kit import SPEC
from tests.app.listening import Notices, Open, Wait, reopened, riff, saved

WORDS = "[Verse]\nover the hill\nand far away\n\n[Chorus]\nsing with me"


@pytest.fixture
def sung(session: Session, done: Wait, qtbot: QtBot) -> Session:
    """A session with a draft that sings all of its words."""
    session.set_quality(Quality.DRAFT)
    session.set_lyrics(WORDS)
    session.set_song_length(0)
    session.set_seconds(session.song.prompt.song_length / SPEC.sample_rate)
    session.generate()
    done(session)
    end_s = session.song_length / SPEC.sample_rate
    qtbot.waitUntil(lambda: bool(words(session)) and words(session)[-1].end_s == approx(end_s))
    return session


def words(session: Session) -> list[SungWord]:
    return [word for line in session.sung_lines for word in line.words]


def characters(session: Session) -> str:
    """The words as they are sung."""
    steps = range(0, session.song_length, SPEC.grid)
    places = dict.fromkeys(session.sung_at(sample) for sample in steps)
    return "".join(session.song.prompt.lyrics[place] for place in places if place >= 0)


def test_what_is_sung_is_known_while_it_plays(sung: Session) -> None:
    assert [line.text for line in sung.sung_lines] == [
        "over the hill",
        "and far away",
        "sing with me",
    ]
    heard = characters(sung)
    assert "Verse" not in heard
    assert set("".join(WORDS.split()[1:4])) <= set(heard)
    assert sung.sung_at(sung.song_length * 2) == -1


def test_what_is_sung_is_known_again_when_the_song_is_opened(
    sung: Session, open_session: Open, qtbot: QtBot, done: Wait, tmp_path: Path
) -> None:
    before = characters(sung), sung.sung_lines
    path = saved(sung, tmp_path / "tune.jukebox", qtbot)

    again = reopened(open_session, path, qtbot, done)
    qtbot.waitUntil(lambda: bool(again.sung_lines))

    assert (characters(again), again.sung_lines) == before


def test_a_line_that_was_changed_is_not_lit_any_more(sung: Session, qtbot: QtBot) -> None:
    sung.set_lyrics(WORDS.replace("far away", "high above"))
    qtbot.waitUntil(lambda: len(sung.sung_lines) == 3 and "high" in sung.sung_lines[1].text)

    assert [word.text for word in sung.sung_lines[1].words] == ["and"]


def test_the_words_of_a_recording_are_found_when_asked_for(
    session: Session, qtbot: QtBot, done: Wait, tmp_path: Path
) -> None:
    riff(tmp_path / "riff.wav")
    session.import_audio(tmp_path / "riff.wav")
    qtbot.waitUntil(lambda: session.can_continue)
    assert not session.can_find_words

    session.set_lyrics(WORDS)
    assert session.can_find_words
    session.find_words()
    done(session)
    qtbot.waitUntil(lambda: bool(session.sung_lines))

    assert session.sung_lines[0].start_s == pytest.approx(0, abs=0.1)


def test_lines_are_written_with_the_times_at_which_they_are_sung(
    sung: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    notices = Notices(sung)
    sung.export_words(tmp_path / "tune.lrc")
    qtbot.waitUntil(lambda: (tmp_path / "tune.lrc").exists())
    lines = (tmp_path / "tune.lrc").read_text().splitlines()
    assert [line[10:] for line in lines] == ["over the hill", "and far away", "sing with me"]

    sung.export_words(tmp_path / "tune.srt")
    qtbot.waitUntil(lambda: (tmp_path / "tune.srt").exists())
    assert (tmp_path / "tune.srt").read_text().startswith("1\n00:00:00,")
    assert not notices.errors


def test_a_line_that_was_dragged_is_written_with_its_time(sung: Session) -> None:
    sung.time_line(WORDS.index("sing"), 11 * SPEC.sample_rate)

    *_, last = sung.timed_lines
    assert (last.text, round(last.start_s, 2)) == ("sing with me", 11.0)


def test_without_music_only_dragged_lines_have_times(session: Session) -> None:
    session.set_lyrics(WORDS)
    notices = Notices(session)
    session.export_words(Path("nowhere.lrc"))
    assert notices.warnings

    session.time_line(WORDS.index("and"), 2 * SPEC.sample_rate)
    session.time_line(WORDS.index("[Chorus"), 3 * SPEC.sample_rate)
    assert [(line.text, line.start_s) for line in session.timed_lines] == [("and far away", 2.0)]


def test_a_disk_that_refuses_is_told(sung: Session, qtbot: QtBot, tmp_path: Path) -> None:
    notices = Notices(sung)
    sung.export_words(tmp_path / "missing" / "tune.lrc")
    qtbot.waitUntil(lambda: bool(notices.warnings))


# ── what the model has in view, by the lists of the bundled model ──────────────────────────────


@pytest.fixture
def pocket(open_session: Open) -> Session:
    model = desk_model(default_store().get("pocket"))
    return open_session(models=(model,), engine=FakeEngine(model.spec))


LONG = "\n".join(f"[Part {part}]\n" + "over the hill and far away " * 8 for part in range(12))


def test_the_view_moves_through_long_words_with_the_playhead(pocket: Session) -> None:
    pocket.set_lyrics(LONG)
    pocket.set_song_length(180)
    length = pocket.song.prompt.song_length
    views = [pocket.lyric_view(sample) for sample in range(0, length, length // 10)]

    starts = [view.start for view in views if view is not None]
    assert len(starts) == len(views) and starts == sorted(starts) and starts[0] < starts[-1]
    assert all(view is not None and not view.whole for view in views)


def test_a_dragged_line_moves_the_view(pocket: Session) -> None:
    pocket.set_lyrics(LONG)
    pocket.set_song_length(180)
    rate = SPEC.sample_rate
    place = LONG.index("[Part 9]") + 9
    before = pocket.lyric_view(60 * rate)

    pocket.time_line(place, 55 * rate)

    after = pocket.lyric_view(60 * rate)
    assert before is not None and not before.start <= place < before.end
    assert after is not None and after.start <= place < after.end


def test_few_words_are_all_in_view(pocket: Session) -> None:
    pocket.set_lyrics("la la")

    view = pocket.lyric_view(0)

    assert view is not None and view.whole and (view.start, view.end) == (0, 5)


def test_a_blend_is_made_and_kept_with_its_take(
    pocket: Session, open_session: Open, qtbot: QtBot, done: Wait, tmp_path: Path
) -> None:
    one, other = pocket.artists[:2]
    pocket.set_seconds(1.0)
    pocket.blend_artists((Share(one, 3), Share(other, 1)))
    pocket.generate()
    done(pocket)
    path = saved(pocket, tmp_path / "blend.jukebox", qtbot)

    model = desk_model(default_store().get("pocket"))
    again = open_session(models=(model,), engine=FakeEngine(model.spec))
    again.open_song(path)
    qtbot.waitUntil(lambda: bool(again.song.takes))
    assert again.song.takes[0].prompt.artists == (Share(one, 0.75), Share(other, 0.25))


def test_names_that_only_some_levels_know_are_told(pocket: Session) -> None:
    assert pocket.half_known == ()
    pocket.set_artist("nobody at all")
    assert pocket.half_known == ()

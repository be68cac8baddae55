from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from app.services.journals import AligningJournal, EncodingJournal, Journal
from app.services.keeper import SongKeeper
from app.services.leftovers import leftovers
from app.services.opening import OpenedSong
from app.song import edits
from app.song.errors import SongFileError
from app.song.past import Past
from app.song.song import blank_song
from engine.api import Aligned, Chunk, Finished, Saved, Started
from engine.types import Audio, Codes, Level
from tests.app.kit import GRID, SPEC, codes_like, song, take

ROOT = take("a", 0, 8)
SONG = song(ROOT)


@pytest.fixture
def keeper(qtbot: QtBot, tmp_path: Path):
    made = SongKeeper(tmp_path / "working", {SPEC.id: SPEC})
    made.begin(SONG)
    yield made
    made.discard()


def refuse(error: Exception) -> None:
    raise error


def opened(keeper: SongKeeper, path: Path, qtbot: QtBot) -> OpenedSong:
    results: list[OpenedSong] = []
    keeper.open(path, results.append, refuse)
    qtbot.waitUntil(lambda: bool(results))
    return results[0]


def saved(keeper: SongKeeper, path: Path, qtbot: QtBot) -> Path:
    done: list[None] = []
    keeper.save(path, Past.of(SONG), done.append, refuse)
    qtbot.waitUntil(lambda: bool(done))
    return path


def test_what_a_job_makes_is_on_disk_when_it_is_noted(keeper: SongKeeper) -> None:
    journal = Journal(keeper, (ROOT,))
    keeper.note(Past.of(edits.set_title(SONG, "Tune")))

    journal.note(Started(1))
    journal.note(Saved(0, Level.TOP, 0, codes_like(0, 2, Level.TOP)))
    journal.note(Chunk(0, Level.TOP, 0, Audio(np.ones(2 * GRID, np.float32), 1)))

    assert keeper.file.song().title == "Tune"
    assert [len(piece.data) for piece in keeper.file.codes()] == [2]
    assert [len(piece.data) for piece in keeper.file.sounds(ROOT.id)] == [2 * GRID]


def test_codes_of_a_recording_are_noted_once_they_are_all_there(keeper: SongKeeper) -> None:
    codes = Codes(tuple(codes_like(0, 8, level) for level in Level))

    EncodingJournal(keeper, (ROOT,)).note(Finished((codes,)))

    assert [piece.level for piece in keeper.file.codes()] == [0, 1, 2]


def test_takes_that_were_never_finished_are_cut_when_a_song_is_opened(
    keeper: SongKeeper, qtbot: QtBot, tmp_path: Path
) -> None:
    Journal(keeper, (ROOT,)).note(Saved(0, Level.TOP, 0, codes_like(0, 5, Level.TOP)))

    again = opened(keeper, saved(keeper, tmp_path / "tune.jukebox", qtbot), qtbot)

    assert again.song.takes[0].length == 5 * GRID
    top = again.store.codes(again.song, ROOT.id).at(Level.TOP)
    assert np.array_equal(top, codes_like(0, 5, Level.TOP))
    again.file.delete()


def test_taking_over_a_song_gives_the_former_up(
    keeper: SongKeeper, qtbot: QtBot, tmp_path: Path
) -> None:
    former = keeper.file.path
    again = opened(keeper, saved(keeper, tmp_path / "tune.jukebox", qtbot), qtbot)

    keeper.take_over(again)

    qtbot.waitUntil(lambda: not former.exists())
    assert keeper.file.path == again.file.path


def test_a_job_of_a_song_that_was_given_up_writes_nowhere(keeper: SongKeeper, qtbot: QtBot) -> None:
    journal = Journal(keeper, (ROOT,))
    keeper.begin(blank_song(SPEC))
    former_is_gone: list[str] = []
    keeper.troubled.connect(former_is_gone.append)

    journal.note(Saved(0, Level.TOP, 0, codes_like(0, 5, Level.TOP)))

    assert list(keeper.file.codes()) == []
    assert former_is_gone == []


def test_a_disk_that_refuses_is_told_once_and_the_music_goes_on(
    keeper: SongKeeper, qtbot: QtBot
) -> None:
    journal = Journal(keeper, (ROOT,))
    troubles: list[str] = []
    keeper.troubled.connect(troubles.append)
    keeper.file.close()

    for start in range(3):
        journal.note(Saved(0, Level.TOP, start * GRID, codes_like(0, 1, Level.TOP)))

    assert len(troubles) == 1 and "cannot be read or written" in troubles[0]


def test_a_song_of_a_model_that_is_missing_is_told(
    keeper: SongKeeper, qtbot: QtBot, tmp_path: Path
) -> None:
    path = saved(keeper, tmp_path / "tune.jukebox", qtbot)
    elsewhere = SongKeeper(tmp_path / "elsewhere", {})
    elsewhere.begin(blank_song(SPEC))
    errors: list[Exception] = []

    elsewhere.open(path, lambda _: None, errors.append)

    qtbot.waitUntil(lambda: bool(errors))
    assert isinstance(errors[0], SongFileError) and "not installed" in str(errors[0])
    elsewhere.discard()


def test_leaving_keeps_the_working_copy_and_discarding_does_not(
    qtbot: QtBot, tmp_path: Path
) -> None:
    kept, given_up = (SongKeeper(tmp_path / name, {}) for name in ("kept", "given-up"))
    for keeper in (kept, given_up):
        keeper.begin(blank_song(SPEC))
    kept.leave()
    given_up.discard()

    assert [path.suffix for path in leftovers(tmp_path / "kept")] == [".jukebox"]
    assert list((tmp_path / "given-up").iterdir()) == []


def test_what_a_take_sings_is_there_when_its_song_is_opened(
    keeper: SongKeeper, qtbot: QtBot, tmp_path: Path
) -> None:
    places, weights = np.array([0, 0, 3], np.int32), np.array([1, 0.3, 0.7], np.float32)
    journal = Journal(keeper, (ROOT,))
    journal.note(Saved(0, Level.TOP, 0, codes_like(0, 8, Level.TOP)))
    journal.note(Aligned(0, 2 * GRID, places, weights))
    AligningJournal(keeper, ROOT, "other words").note(Aligned(0, 0, places, weights))

    again = opened(keeper, saved(keeper, tmp_path / "tune.jukebox", qtbot), qtbot)

    own, other = again.store.singing.of(ROOT.id)
    assert (own.start, own.lyrics) == (2 * GRID, ROOT.prompt.lyrics)
    assert own.places.tolist() == [0, 0, 3]
    assert own.weights == pytest.approx(weights, abs=1 / 510)
    assert other.lyrics == "other words"
    again.file.delete()


def test_the_second_window_on_a_file_is_told_and_works_on_a_copy(
    keeper: SongKeeper, qtbot: QtBot, tmp_path: Path
) -> None:
    path = saved(keeper, tmp_path / "tune.jukebox", qtbot)
    second = SongKeeper(tmp_path / "working", {SPEC.id: SPEC})
    second.begin(blank_song(SPEC))

    again = opened(second, path, qtbot)
    second.take_over(again)
    errors: list[Exception] = []
    second.save(path, Past.of(SONG), lambda _: None, errors.append)
    qtbot.waitUntil(lambda: bool(errors))

    assert again.path is None and "is open in another" in again.notice
    assert again.file.original_path() is None
    assert isinstance(errors[0], SongFileError) and "is open in another" in str(errors[0])
    keeper.begin(blank_song(SPEC))
    assert keeper.file.path.exists()
    third = opened(second, path, qtbot)
    assert third.path == path and not third.notice
    second.take_over(third)
    saved(second, path, qtbot)
    second.discard()


def test_a_song_is_opened_again_by_the_window_that_has_it(
    keeper: SongKeeper, qtbot: QtBot, tmp_path: Path
) -> None:
    path = saved(keeper, tmp_path / "tune.jukebox", qtbot)
    (tmp_path / "link.jukebox").symlink_to(path)

    again = opened(keeper, tmp_path / "link.jukebox", qtbot)

    assert again.path == tmp_path / "link.jukebox"
    keeper.take_over(again)


def test_a_song_that_could_not_be_saved_outlives_being_given_up(
    keeper: SongKeeper, qtbot: QtBot, tmp_path: Path
) -> None:
    former, errors = keeper.file.path, list[Exception]()
    keeper.save(tmp_path / "no" / "tune.jukebox", Past.of(SONG), lambda _: None, errors.append)

    keeper.begin(blank_song(SPEC))

    assert keeper.file.path != former
    qtbot.waitUntil(lambda: bool(errors))
    assert "cannot be written" in str(errors[0])
    assert former.exists()
    former.unlink()


def test_a_working_copy_that_cannot_be_made_where_it_belongs_is_made_elsewhere(
    qtbot: QtBot, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    keeper = SongKeeper(tmp_path / "file" / "working", {SPEC.id: SPEC})
    with qtbot.waitSignal(keeper.troubled) as told:
        keeper.begin(SONG)

    assert told.args is not None and "cannot be written" in told.args[0]
    saved(keeper, tmp_path / "tune.jukebox", qtbot)
    keeper.discard()

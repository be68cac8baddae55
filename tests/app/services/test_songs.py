# pyright: basic
from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from app.services.leftovers import adopted, leftovers
from app.services.song_format import FORMAT_VERSION
from app.services.songs import GivenFile, SongFile, new_path
from app.song import edits
from app.song.errors import SongFileError
from app.song.layers import ORIGINAL
from app.song.past import Past
from app.song.song import TakeId
from engine.types import Level
from tests.app.kit import SPEC, codes_like, song, take

ROOT = take("a", 0, 4)
OTHER = take("b", 0, 2)
LONG = take("c", 0, 8000)
SONG = song(ROOT, OTHER)
SOUND = np.linspace(-1, 1, 4 * SPEC.grid, dtype=np.float32)


@pytest.fixture
def file(tmp_path: Path):
    made = SongFile.create(new_path(tmp_path / "working"), SONG)
    yield made
    made.close()


def saved(file: SongFile, path: Path) -> Path:
    """A song file with one take's codes and sound."""
    file.append_codes(ROOT.id, Level.TOP, 0, codes_like(0, 4, Level.TOP))
    file.append_sound(ROOT.id, ORIGINAL, 0, SOUND)
    file.save_to(path, Past.of(SONG), SPEC.hops)
    return path


def opened(path: Path) -> SongFile:
    return SongFile.copy_of(path, new_path(path.parent / "working"))


def test_what_was_saved_is_opened(file: SongFile, tmp_path: Path) -> None:
    path = saved(file, tmp_path / "tune.jukebox")

    with closing(opened(path)) as again:
        (codes,), (sound,) = list(again.codes()), list(again.sounds(ROOT.id))
        assert again.song() == SONG
        assert again.original_path() == path

    assert (codes.take, codes.level, codes.start) == (ROOT.id, Level.TOP, 0)
    assert np.array_equal(codes.data, codes_like(0, 4, Level.TOP))
    assert (sound.level, sound.start) == (ORIGINAL, 0)
    assert np.array_equal(sound.data, SOUND)


def test_a_song_file_is_one_file_and_holds_only_its_own_takes(
    file: SongFile, tmp_path: Path
) -> None:
    file.append_codes(OTHER.id, Level.TOP, 0, codes_like(0, 2, Level.TOP))
    file.append_codes(TakeId("f" * 32), Level.TOP, 0, codes_like(0, 2, Level.TOP))
    folder = tmp_path / "songs"
    folder.mkdir()

    file.save_to(folder / "tune.jukebox", Past.of(song(ROOT)), SPEC.hops)

    assert [path.name for path in folder.iterdir()] == ["tune.jukebox"]
    with closing(opened(folder / "tune.jukebox")) as again:
        assert list(again.codes()) == []
    assert len(list(file.codes())) == 2


def test_sound_that_is_there_in_better_quality_is_not_saved(file: SongFile, tmp_path: Path) -> None:
    quarter = SPEC.grid
    rows = [
        (ROOT.id, Level.TOP, 0, 4),
        (ROOT.id, Level.MIDDLE, 0, 1),
        (ROOT.id, Level.MIDDLE, 1, 1),
        (ROOT.id, Level.BOTTOM, 0, 2),
        (OTHER.id, Level.TOP, 0, 2),
    ]
    for take_id, level, start, length in rows:
        file.append_sound(take_id, level, start * quarter, SOUND[: length * quarter])

    file.save_to(tmp_path / "tune.jukebox", Past.of(SONG), SPEC.hops)

    with closing(opened(tmp_path / "tune.jukebox")) as again:
        pieces = [piece for take in SONG.takes for piece in again.sounds(take.id)]
        kept = [(piece.take, piece.level) for piece in pieces]
    assert sorted(kept, key=lambda row: (row[0], -row[1])) == [
        (ROOT.id, Level.TOP),
        (ROOT.id, Level.BOTTOM),
        (OTHER.id, Level.TOP),
    ]


def test_saving_replaces_the_file_whole(file: SongFile, tmp_path: Path) -> None:
    path = saved(file, tmp_path / "tune.jukebox")

    file.save_to(path, Past.of(edits.set_title(SONG, "Second")), SPEC.hops)

    with closing(opened(path)) as again:
        assert again.song().title == "Second"


def test_saving_where_it_cannot_be_says_why_and_keeps_what_was_there(
    file: SongFile, tmp_path: Path
) -> None:
    (tmp_path / "folder").mkdir()
    for target in (tmp_path / "no" / "such" / "tune.jukebox", tmp_path / "folder"):
        with pytest.raises(SongFileError, match="cannot be written"):
            file.save_to(target, Past.of(SONG), SPEC.hops)

    assert (tmp_path / "folder").is_dir()
    assert not list(tmp_path.rglob("*.part"))


def test_any_text_can_be_kept(file: SongFile) -> None:
    strange = edits.ask(SONG, lyrics="\ud800 \0 ☃ مرحبا")

    file.write(Past.of(strange))

    assert file.song() == strange


def corrupted(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def rewritten(path: Path, *statements: str) -> Path:
    with closing(sqlite3.connect(path)) as db:
        for statement in statements:
            db.execute(statement)
        db.commit()
    return path


@pytest.mark.parametrize(
    ("statements", "words"),
    [
        (["PRAGMA application_id = 1"], "not a song"),
        ([f"PRAGMA user_version = {FORMAT_VERSION + 1}"], "newer version"),
        (["PRAGMA user_version = 0"], "does not hold"),
        (["CREATE VIEW v AS SELECT 1"], "does not hold"),
        (
            ["CREATE TRIGGER t AFTER INSERT ON codes BEGIN DELETE FROM sounds; END"],
            "does not hold",
        ),
        (["DROP TABLE codes"], "does not hold"),
    ],
)
def test_a_file_of_another_kind_is_refused_in_words(
    file: SongFile, tmp_path: Path, statements: list[str], words: str
) -> None:
    path = rewritten(saved(file, tmp_path / "tune.jukebox"), *statements)

    with pytest.raises(SongFileError, match=words):
        opened(path)
    assert leftovers(tmp_path / "working") == []
    assert [p.name for p in (tmp_path / "working").glob("*.jukebox")] == [file.path.name]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE codes SET level = 7",
        "UPDATE codes SET start = -5",
        "UPDATE codes SET data = x'010203'",
        "UPDATE codes SET count = -1",
        "UPDATE codes SET count = 1099511627776",
        "UPDATE meta SET value = '{' WHERE key = 'song'",
        "UPDATE meta SET value = '[]' WHERE key = 'song'",
        "DELETE FROM meta",
    ],
)
def test_hostile_content_gives_a_sentence(file: SongFile, tmp_path: Path, statement: str) -> None:
    path = rewritten(saved(file, tmp_path / "tune.jukebox"), statement)

    with pytest.raises(SongFileError, match=r".+"), closing(opened(path)) as again:
        again.song()
        list(again.codes())
        list(again.sounds(ROOT.id))


@pytest.mark.parametrize("content", [b"", b"RIFF", b"SQLite format 3\0" + b"x" * 5000])
def test_a_file_that_is_no_database_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(SongFileError, match=r"not a song|damaged"):
        opened(corrupted(tmp_path / "x.jukebox", content))


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(SongFileError, match="cannot be opened"):
        opened(tmp_path / "none.jukebox")


def test_a_song_file_that_was_cut_off_is_refused(file: SongFile, tmp_path: Path) -> None:
    content = saved(file, tmp_path / "tune.jukebox").read_bytes()
    for length in [*range(0, len(content), len(content) // 16), len(content) - 1]:
        path = corrupted(tmp_path / "cut.jukebox", content[:length])
        with pytest.raises(SongFileError):
            opened(path).close()


APPEND_FOREVER = """
import itertools, sys
from pathlib import Path
from app.services.songs import SongFile, new_path
from tests.app.kit import codes_like, song, take
from engine.types import Level
ROOT = take("a", 0, 4)
file = SongFile.create(new_path(Path(sys.argv[1])), song(ROOT, take("b", 0, 2)))
for start in itertools.count():
    file.append_codes(ROOT.id, Level.TOP, start, codes_like(0, 4, Level.TOP) + start % 900)
    print(start, flush=True)
"""


def test_killed_while_it_writes_nothing_that_was_written_is_lost(tmp_path: Path) -> None:
    writer = subprocess.Popen(
        [sys.executable, "-c", APPEND_FOREVER, str(tmp_path)],
        stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[3],
    )  # fmt: skip
    assert writer.stdout is not None
    told = [int(writer.stdout.readline()) for _ in range(40)]

    writer.send_signal(signal.SIGKILL)
    told += [int(line) for line in writer.stdout]
    writer.wait()
    writer.stdout.close()

    (left,) = leftovers(tmp_path)
    again = adopted(left)
    assert again is not None
    with closing(again):
        assert again.song() == SONG
        pieces = list(again.codes())
    assert [piece.start for piece in pieces][: len(told)] == told
    assert len(told) <= len(pieces) <= len(told) + 1
    for piece in pieces:
        assert np.array_equal(piece.data, codes_like(0, 4, Level.TOP) + piece.start % 900)


def test_working_copies_of_the_living_are_left_alone(file: SongFile) -> None:
    assert leftovers(file.path.parent) == []


def test_a_working_copy_that_is_given_up_leaves_nothing(file: SongFile) -> None:
    file.delete()

    assert list(file.path.parent.iterdir()) == []


def test_appending_a_second_of_codes_is_quick(file: SongFile) -> None:
    second = codes_like(0, 86, Level.BOTTOM)
    began = time.process_time()
    for start in range(50):
        file.append_codes(ROOT.id, Level.BOTTOM, start, second)

    assert (time.process_time() - began) / 50 < 0.01


def test_a_full_disk_is_told_in_words(file: SongFile, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(sqlite3.connect(file.path)) as db:
        pages = db.execute("PRAGMA page_count").fetchone()[0]
    file._db.execute(f"PRAGMA max_page_count = {pages + 1}")

    with pytest.raises(SongFileError, match="disk is full"):
        for start in range(100):
            file.append_sound(ROOT.id, ORIGINAL, start, SOUND)
    assert file.song() == SONG


def test_what_a_full_disk_refused_is_written_once_there_is_room(file: SongFile) -> None:
    with closing(sqlite3.connect(file.path)) as db:
        pages = db.execute("PRAGMA page_count").fetchone()[0]
    file._db.execute(f"PRAGMA max_page_count = {pages + 1}")
    for start in range(3):
        with pytest.raises(SongFileError, match="disk is full"):
            file.append_codes(ROOT.id, Level.BOTTOM, start, codes_like(0, 3000, Level.BOTTOM))
    assert list(file.codes()) == []

    file._db.execute("PRAGMA max_page_count = 1000000")
    file.append_codes(ROOT.id, Level.BOTTOM, 3, codes_like(0, 1, Level.BOTTOM))

    assert [piece.start for piece in file.codes()] == [0, 1, 2, 3]


def test_what_a_full_disk_refused_is_saved_on_another_disk(file: SongFile, tmp_path: Path) -> None:
    with closing(sqlite3.connect(file.path)) as db:
        pages = db.execute("PRAGMA page_count").fetchone()[0]
    file._db.execute(f"PRAGMA max_page_count = {pages}")
    big = np.arange(60_000, dtype=np.uint16)
    given = GivenFile("riff.wav", bytes(100_000))
    with pytest.raises(SongFileError, match="disk is full"):
        file.append_codes(LONG.id, Level.BOTTOM, 0, big)
    with pytest.raises(SongFileError, match="disk is full"):
        file.keep_recording(LONG.id, given)
    with pytest.raises(SongFileError, match="disk is full"):
        file.append_sound(LONG.id, ORIGINAL, 0, SOUND)

    file.save_to(tmp_path / "tune.jukebox", Past.of(song(LONG)), SPEC.hops)

    with closing(opened(tmp_path / "tune.jukebox")) as again:
        (codes,) = again.codes()
        assert np.array_equal(codes.data, big)
        assert again.recording(LONG.id) == given
        assert len(list(again.sounds(LONG.id))) == 1


def test_codes_are_saved_in_one_row_for_each_stretch_without_a_hole(
    file: SongFile, tmp_path: Path
) -> None:
    hop = SPEC.hop(Level.BOTTOM)
    whole = codes_like(0, 9, Level.BOTTOM)
    for first, end in ((0, 5), (5, 8), (20, 30), (3, 7)):
        file.append_codes(LONG.id, Level.BOTTOM, first * hop, whole[first:end])

    file.save_to(tmp_path / "tune.jukebox", Past.of(song(LONG)), SPEC.hops)

    with closing(opened(tmp_path / "tune.jukebox")) as again:
        pieces = list(again.codes())
    assert [(piece.start // hop, len(piece.data)) for piece in pieces] == [(0, 8), (20, 10)]
    assert np.array_equal(np.concatenate([piece.data for piece in pieces]),
                          np.concatenate([whole[:8], whole[20:30]]))  # fmt: skip


def test_sound_that_can_be_made_again_is_saved_as_far_as_there_is_room(
    file: SongFile, tmp_path: Path
) -> None:
    """First that of the current take; a recording that is kept is made again like codes."""
    file.append_sound(ROOT.id, Level.TOP, 0, SOUND)
    file.append_sound(OTHER.id, Level.TOP, 0, SOUND)
    file.append_sound(LONG.id, ORIGINAL, 0, SOUND)
    everything = song(LONG, OTHER, ROOT)

    def kept(most_bytes: int) -> list[TakeId]:
        file.save_to(tmp_path / "tune.jukebox", Past.of(everything), SPEC.hops, most_bytes)
        with closing(opened(tmp_path / "tune.jukebox")) as again:
            return [take.id for take in everything.takes if list(again.sounds(take.id))]

    assert kept(3 * SOUND.nbytes) == [LONG.id, OTHER.id, ROOT.id]
    assert kept(SOUND.nbytes) == [LONG.id, ROOT.id]
    assert kept(0) == [LONG.id]
    file.keep_recording(LONG.id, GivenFile("riff.wav", b"RIFF"))
    assert kept(0) == []


def test_a_protected_file_is_not_replaced(file: SongFile, tmp_path: Path) -> None:
    path = saved(file, tmp_path / "tune.jukebox")
    before = path.read_bytes()
    path.chmod(0o444)
    if os.access(path, os.W_OK):
        pytest.skip("nothing is protected from this user")

    with pytest.raises(SongFileError, match="read-only"):
        file.save_to(path, Past.of(SONG), SPEC.hops)
    assert path.read_bytes() == before

"""The song file: one SQLite database that holds the song, its codes and its sound.

A song is always worked on in a copy of its own, where everything is written as it comes, so that a
killed program loses nothing; saving puts a tidy copy of it in place of the song file. Files of
others are checked before anything in them is believed. Knows nothing of threads and the screen.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import sqlite3
import threading
from collections.abc import Collection, Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

import numpy as np
import psutil
from numpy.typing import NDArray

from app.song.document import from_dict, to_dict
from app.song.errors import DocumentError, SongFileError
from app.song.layers import ORIGINAL
from app.song.song import Song, TakeId
from engine.atomic import replacing, told
from engine.types import Level

T = TypeVar("T", bound=np.generic)

SUFFIX = ".jukebox"
APPLICATION_ID = 0x4A554B45
FORMAT_VERSION = 1

_SAVING = ".saving"

_SCHEMA = (
    "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID",
    "CREATE TABLE codes (take TEXT NOT NULL, level INTEGER NOT NULL, start INTEGER NOT NULL, "
    "data BLOB NOT NULL) STRICT",
    "CREATE TABLE sounds (take TEXT NOT NULL, quality INTEGER NOT NULL, start INTEGER NOT NULL, "
    "data BLOB NOT NULL) STRICT",
)
_MOST_TEXT_BYTES = 64 * 2**20
_MOST_BLOB_BYTES = 2**30
_MOST_BYTES = 8 * 2**30
_MOST_START = 2**40


@dataclass(frozen=True, slots=True, eq=False)
class Piece(Generic[T]):
    """A stretch of codes or of sound of one take.

    Attributes:
        level: of the codes or the sound; `ORIGINAL` for a recording.
        start: moment of its first code or sample, in samples of the song.
        data: (tokens,) codes or (time,) samples.
    """

    take: TakeId
    level: int
    start: int
    data: NDArray[T]


class SongFile:
    """The working copy of a song. Any thread may use it; one writes at a time.

    Every method raises `SongFileError`, with words for a person, when the disk refuses.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._db = _connected(path)

    @classmethod
    def create(cls, path: Path, song: Song) -> SongFile:
        """A new working copy of a song without any music."""
        with _in_words(path), contextlib.closing(_connected(path)) as db, db:
            db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            db.execute(f"PRAGMA user_version = {FORMAT_VERSION}")
            for statement in _SCHEMA:
                db.execute(statement)
        file = cls(path)
        file.write_song(song)
        return file

    @classmethod
    def copy_of(cls, source: Path, path: Path) -> SongFile:
        """A working copy of somebody's song file, after a thorough look at it.

        Raises:
            SongFileError: it is missing, no song file, damaged, or of a newer version.
        """
        try:
            shutil.copyfile(source, path)
        except OSError as error:
            raise SongFileError(f"“{source}” cannot be opened: {error.strerror}.") from error
        try:
            _inspect(path, source.name)
            file = cls(path)
            file.remember_path(source)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return file

    def write_song(self, song: Song) -> None:
        """Note down the song as it is now."""
        self._set("song", json.dumps(to_dict(song)))

    def remember_path(self, path: Path) -> None:
        """Note down which song file this is the working copy of."""
        self._set("path", str(path))

    def append_codes(
        self, take: TakeId, level: Level, start: int, codes: NDArray[np.uint16]
    ) -> None:
        """Add a stretch of codes; it is safe when this returns."""
        self._append("codes", (take, int(level), start, codes.astype("<u2").tobytes()))

    def append_sound(
        self, take: TakeId, quality: int, start: int, samples: NDArray[np.float32]
    ) -> None:
        """Add a stretch of sound; it is safe when this returns."""
        self._append("sounds", (take, quality, start, samples.astype("<f4").tobytes()))

    def song(self) -> Song:
        """The song as it was last noted down.

        Raises:
            SongFileError: it makes no sense.
        """
        try:
            return from_dict(json.loads(self._get("song")))
        except (DocumentError, ValueError, RecursionError) as error:
            raise SongFileError(str(error)) from error

    def original_path(self) -> Path | None:
        """The song file that this is the working copy of, if it has ever been saved."""
        path = self._get("path")
        return Path(path) if path else None

    def codes(self) -> Iterator[Piece[np.uint16]]:
        """Every stretch of codes, in the order of making."""
        return self._pieces("SELECT take, level, start, data FROM codes ORDER BY rowid", np.uint16)

    def sounds(self) -> Iterator[Piece[np.float32]]:
        """Every stretch of sound, in the order of making."""
        return self._pieces(
            "SELECT take, quality, start, data FROM sounds ORDER BY rowid", np.float32
        )

    def save_to(self, target: Path, takes: Collection[TakeId]) -> None:
        """Put a tidy copy at `target`, whole or not at all: only what belongs to `takes`."""
        part = self.path.with_suffix(_SAVING)
        try:
            with _in_words(target):
                self._copy_to(part)
                _tidy(part, takes)
                with part.open("rb") as source, replacing(target) as file:
                    shutil.copyfileobj(source, file, 2**20)
        finally:
            part.unlink(missing_ok=True)
        self.remember_path(target)

    def close(self) -> None:
        """Let go of the file; it stays. Closing twice is closing once."""
        with self._lock:
            self._db.close()

    def delete(self) -> None:
        """Let go of the file, and remove it."""
        self.close()
        for path in (self.path, *_companions(self.path)):
            path.unlink(missing_ok=True)

    def _append(self, table: str, row: tuple[str, int, int, bytes]) -> None:
        with self._lock, _in_words(self.path), self._db:
            self._db.execute(f"INSERT INTO {table} VALUES (?, ?, ?, ?)", row)

    def _set(self, key: str, value: str) -> None:
        with self._lock, _in_words(self.path), self._db:
            self._db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    def _get(self, key: str) -> str:
        with self._lock, _in_words(self.path):
            row = self._db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return "" if row is None else row[0]

    def _pieces(self, query: str, kind: type[T]) -> Iterator[Piece[T]]:
        stored = np.dtype(kind).newbyteorder("<")
        with _in_words(self.path), contextlib.closing(_connected(self.path)) as db:
            for take, level, start, data in db.execute(query):
                if not ORIGINAL <= level < len(Level) or not 0 <= start < _MOST_START:
                    raise SongFileError(f"“{self.path.name}” is damaged: music at no place.")
                if len(data) % stored.itemsize:
                    raise SongFileError(f"“{self.path.name}” is damaged: a stretch is cut off.")
                yield Piece(TakeId(take), level, start, np.frombuffer(data, stored).astype(kind))

    def _copy_to(self, part: Path) -> None:
        part.unlink(missing_ok=True)
        with (
            contextlib.closing(_connected(self.path)) as source,
            contextlib.closing(sqlite3.connect(part)) as copy,
        ):
            source.backup(copy)


def new_path(folder: Path) -> Path:
    """A path for another working copy, which tells whose it is."""
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{os.getpid()}-{secrets.token_hex(4)}{SUFFIX}"


def leftovers(folder: Path) -> list[Path]:
    """Working copies of programs that are no more, the newest first."""
    copies = [path for path in folder.glob(f"*{SUFFIX}") if not _alive(path)]
    return sorted(copies, key=lambda path: path.stat().st_mtime, reverse=True)


def adopt(path: Path) -> SongFile:
    """The working copy that another program left behind, under a name that says it is ours.

    Raises:
        SongFileError: it is beyond repair.
    """
    with _in_words(path), contextlib.closing(_connected(path)) as db:
        db.execute("PRAGMA journal_mode = DELETE")
    path.with_suffix(_SAVING).unlink(missing_ok=True)
    _inspect(path, path.name)
    return SongFile(path.rename(new_path(path.parent)))


def _alive(path: Path) -> bool:
    owner = path.name.partition("-")[0]
    return owner.isdecimal() and (int(owner) == os.getpid() or psutil.pid_exists(int(owner)))


def _connected(path: Path) -> sqlite3.Connection:
    with _in_words(path):
        db = sqlite3.connect(path, timeout=10, check_same_thread=False)
        db.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _MOST_BLOB_BYTES)
        db.execute("PRAGMA trusted_schema = OFF")
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")
        return db


def _inspect(path: Path, name: str) -> None:
    """Refuse a file that is not exactly what this program writes."""
    with path.open("rb") as file:
        if file.read(16) != b"SQLite format 3\0":
            raise SongFileError(f"“{name}” is not a song of Jukebox Studio.")
    try:
        with contextlib.closing(sqlite3.connect(path)) as db:
            db.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _MOST_BLOB_BYTES)
            db.execute("PRAGMA trusted_schema = OFF")
            db.execute("PRAGMA cell_size_check = ON")
            _inspect_kind(db, name)
            _inspect_content(db, path, name)
    except sqlite3.Error as error:
        raise SongFileError(f"“{name}” is damaged and cannot be opened ({error}).") from error


def _inspect_kind(db: sqlite3.Connection, name: str) -> None:
    if _number(db, "PRAGMA application_id") != APPLICATION_ID:
        raise SongFileError(f"“{name}” is not a song of Jukebox Studio.")
    version = _number(db, "PRAGMA user_version")
    if version > FORMAT_VERSION:
        raise SongFileError(
            f"“{name}” was saved by a newer version (format {version}; this one reads up to "
            f"{FORMAT_VERSION}). Update the program to open it."
        )
    found = {row[0] for row in db.execute("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL")}
    if version < 1 or found != set(_SCHEMA):
        raise SongFileError(f"“{name}” does not hold what a song holds, so it is not opened.")


def _inspect_content(db: sqlite3.Connection, path: Path, name: str) -> None:
    whole = _number(db, "PRAGMA page_count") * _number(db, "PRAGMA page_size")
    if path.stat().st_size < whole or db.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
        raise SongFileError(f"“{name}” is damaged and cannot be opened.")
    size = sum(
        _number(db, f"SELECT coalesce(sum(length(data)), 0) FROM {table}")
        for table in ("codes", "sounds")
    )
    text = _number(db, "SELECT coalesce(sum(length(value)), 0) FROM meta")
    if size > _MOST_BYTES or text > _MOST_TEXT_BYTES:
        raise SongFileError(f"“{name}” holds {size:,} bytes of music, more than any song needs.")


def _number(db: sqlite3.Connection, query: str) -> int:
    return int(db.execute(query).fetchone()[0])


def _tidy(path: Path, takes: Collection[TakeId]) -> None:
    """Leave only what belongs to `takes`, in one file."""
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA journal_mode = DELETE")
        with db:
            db.execute("CREATE TEMP TABLE kept (take TEXT PRIMARY KEY)")
            db.executemany("INSERT INTO kept VALUES (?)", [(take,) for take in takes])
            for table in ("codes", "sounds"):
                db.execute(f"DELETE FROM {table} WHERE take NOT IN (SELECT take FROM kept)")
            outdone = [(row,) for row in _outdone(db)]
            db.executemany("DELETE FROM sounds WHERE rowid = ?", outdone)
            db.execute("DELETE FROM meta WHERE key = 'path'")
        db.execute("VACUUM")


def _outdone(db: sqlite3.Connection) -> Iterator[int]:
    """Rows of sound all of which the same take has in better quality."""
    covered: list[tuple[int, int]] = []
    finer: list[tuple[int, int]] = []
    level: tuple[str, int] | None = None
    query = "SELECT rowid, take, quality, start, start + length(data) / 4 FROM sounds"
    for row, take, quality, start, end in db.execute(f"{query} ORDER BY take, quality, start"):
        if level != (take, quality):
            same_take = level is not None and level[0] == take
            covered = _united([*covered, *finer]) if same_take else []
            finer, level = [], (take, quality)
        finer.append((start, end))
        if any(first <= start and end <= last for first, last in covered):
            yield row


def _united(stretches: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The same stretches, those that touch made one."""
    united: list[tuple[int, int]] = []
    for start, end in sorted(stretches):
        if united and start <= united[-1][1]:
            united[-1] = (united[-1][0], max(end, united[-1][1]))
        else:
            united.append((start, end))
    return united


def _companions(path: Path) -> tuple[Path, Path]:
    return path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")


@contextlib.contextmanager
def _in_words(path: Path) -> Generator[None]:
    """Turn what the disk or the database says into a sentence."""
    try:
        yield
    except OSError as error:
        raise SongFileError(told(error, path)) from error
    except sqlite3.Error as error:
        reason = "the disk is full" if "full" in str(error) else str(error)
        raise SongFileError(
            f"“{path}” cannot be read or written: {reason}. What is in memory is still there; "
            "save the song elsewhere."
        ) from error

"""What is in a song file: its tables, their versions, and a look at files of others.

A file is believed only if it holds exactly what some version of this program writes; older ones
are upgraded step by step. Knows SQLite. Knows nothing of songs as values, of threads and of when
files are written.
"""

from __future__ import annotations

import contextlib
import errno
import sqlite3
import tempfile
from collections.abc import Callable, Generator, Mapping
from pathlib import Path

import numpy as np

from app.language import tr
from app.song.errors import DamagedSongError, SongFileError
from app.song.packing import packed
from app.song.problems import refused

SUFFIX = ".jukebox"
APPLICATION_ID = 0x4A554B45
FORMAT_VERSION = 3

_META = "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID"
_SOUNDS = (
    "CREATE TABLE sounds (take TEXT NOT NULL, quality INTEGER NOT NULL, start INTEGER NOT NULL, "
    "data BLOB NOT NULL) STRICT"
)
_WITH_RECORDINGS = (
    _META,
    "CREATE TABLE codes (take TEXT NOT NULL, level INTEGER NOT NULL, start INTEGER NOT NULL, "
    "count INTEGER NOT NULL, data BLOB NOT NULL) STRICT",
    "CREATE INDEX codes_of ON codes (take)",
    "CREATE TABLE recordings (take TEXT PRIMARY KEY, name TEXT NOT NULL, data BLOB NOT NULL) "
    "STRICT",
    _SOUNDS,
    "CREATE INDEX sounds_of ON sounds (take)",
)
_WORDS = (
    "CREATE TABLE words (take TEXT NOT NULL, start INTEGER NOT NULL, lyrics TEXT NOT NULL, "
    "count INTEGER NOT NULL, data BLOB NOT NULL) STRICT",
    "CREATE INDEX words_of ON words (take)",
)
SCHEMAS: Mapping[int, tuple[str, ...]] = {
    1: (
        _META,
        "CREATE TABLE codes (take TEXT NOT NULL, level INTEGER NOT NULL, start INTEGER NOT NULL, "
        "data BLOB NOT NULL) STRICT",
        _SOUNDS,
    ),
    2: _WITH_RECORDINGS,
    3: (*_WITH_RECORDINGS, *_WORDS),
}
"""The tables by version.

`meta` holds the song ("song", JSON) and what else there is one of. `codes` are appended as they
are sampled, packed. `recordings` are the files that were imported, byte for byte. `sounds` are
float32 samples that can be made again: from codes, or, with the quality −1, from the take's
recording, unless it has none because an older version did not keep it. `words` say which characters
stretches of TOP codes sing, packed; `lyrics` are those told, "" for the words of the take's prompt.
"""

_BLOBS = {1: ("sounds",), 2: ("sounds", "recordings"), 3: ("sounds", "recordings", "words")}
"""By version the tables whose `data` are no codes."""

MOST_BLOB_BYTES = 2**30
_MOST_TEXT_BYTES = 64 * 2**20
_MOST_CODE_BYTES = 2 * 2**30
_MOST_BYTES = 16 * 2**30


def connected(path: Path) -> sqlite3.Connection:
    """A connection to a working copy, for any thread, that waits while another one writes."""
    with in_words(path):
        db = sqlite3.connect(path, timeout=10, check_same_thread=False)
        db.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MOST_BLOB_BYTES)
        db.execute("PRAGMA trusted_schema = OFF")
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")
        return db


def lay_out(db: sqlite3.Connection, schema: str = "main") -> None:
    """Give an empty database the tables of a song."""
    db.execute(f"PRAGMA {schema}.application_id = {APPLICATION_ID}")
    db.execute(f"PRAGMA {schema}.user_version = {FORMAT_VERSION}")
    for statement in SCHEMAS[FORMAT_VERSION]:
        create, kind, rest = statement.split(" ", 2)
        db.execute(f"{create} {kind} {schema}.{rest}")


def inspect(path: Path, name: str) -> int:
    """Refuse a file that is not exactly what this program writes.

    Args:
        name: what a person calls the file.

    Returns:
        The version of its format.

    Raises:
        DamagedSongError: it is none, damaged, of a newer version, or larger than any song.
    """
    with path.open("rb") as file:
        if file.read(16) != b"SQLite format 3\0":
            raise DamagedSongError(tr("“{name}” is not a song of Jukebox Studio.", name=name))
    try:
        with contextlib.closing(sqlite3.connect(path)) as db:
            db.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MOST_BLOB_BYTES)
            db.execute("PRAGMA trusted_schema = OFF")
            db.execute("PRAGMA cell_size_check = ON")
            version = _inspect_kind(db, name)
            _inspect_content(db, version, path, name)
            return version
    except sqlite3.Error as error:
        raise DamagedSongError(
            tr("“{name}” is damaged and cannot be opened ({error}).", name=name, error=error)
        ) from error


def upgrade(path: Path, version: int) -> None:
    """Bring a working copy of an older version up to this one, whole or not at all.

    Raises:
        SongFileError: it is damaged, or the disk refuses.
    """
    if version == FORMAT_VERSION:
        return
    with in_words(path), contextlib.closing(sqlite3.connect(path)) as db, db:
        db.execute("BEGIN")
        for number in range(version, FORMAT_VERSION):
            _UPGRADES[number](db)
        db.execute(f"PRAGMA user_version = {FORMAT_VERSION}")


def companions(path: Path) -> tuple[Path, Path]:
    """The files that SQLite keeps beside a database while it is open."""
    return path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")


@contextlib.contextmanager
def in_words(path: Path) -> Generator[None]:
    """Turn what the disk or the database says into a sentence."""
    try:
        yield
    except OSError as error:
        raise SongFileError(refused(error, path)) from error
    except sqlite3.Error as error:
        raise SongFileError(
            tr(
                "“{path}” cannot be read or written: {reason}. What is in memory is still there; "
                "save the song elsewhere.",
                path=path,
                reason=_reason(error, path),
            )
        ) from error


def _reason(error: sqlite3.Error, path: Path) -> str:
    """What is wrong with the disk; SQLite says no more than "I/O error" of some."""
    name = getattr(error, "sqlite_errorname", "")
    try:
        if name.startswith("SQLITE_IOERR"):
            tempfile.TemporaryFile(dir=path.parent).close()
    except OSError as refusal:
        number = refusal.errno
    else:
        number = None
    if number == errno.ENOSPC or name.startswith("SQLITE_FULL"):
        return tr("the disk is full")
    if number == errno.EROFS or name.startswith("SQLITE_READONLY"):
        return tr("the disk is read-only")
    return str(error)


def _inspect_kind(db: sqlite3.Connection, name: str) -> int:
    if _number(db, "PRAGMA application_id") != APPLICATION_ID:
        raise DamagedSongError(tr("“{name}” is not a song of Jukebox Studio.", name=name))
    version = _number(db, "PRAGMA user_version")
    if version > FORMAT_VERSION:
        raise DamagedSongError(
            tr(
                "“{name}” was saved by a newer version (format {version}; this one reads up to "
                "{known}). Update the program to open it.",
                name=name,
                version=version,
                known=FORMAT_VERSION,
            )
        )
    found = {row[0] for row in db.execute("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL")}
    if version not in SCHEMAS or found != set(SCHEMAS[version]):
        raise DamagedSongError(
            tr("“{name}” does not hold what a song holds, so it is not opened.", name=name)
        )
    return version


def _inspect_content(db: sqlite3.Connection, version: int, path: Path, name: str) -> None:
    whole = _number(db, "PRAGMA page_count") * _number(db, "PRAGMA page_size")
    if path.stat().st_size < whole or db.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
        raise DamagedSongError(tr("“{name}” is damaged and cannot be opened.", name=name))
    text = _number(db, "SELECT coalesce(sum(length(value)), 0) FROM meta")
    codes = _number(db, "SELECT coalesce(sum(length(data)), 0) FROM codes")
    others = _BLOBS[version]
    size = codes + sum(
        _number(db, f"SELECT coalesce(sum(length(data)), 0) FROM {table}") for table in others
    )
    if size > _MOST_BYTES or codes > _MOST_CODE_BYTES or text > _MOST_TEXT_BYTES:
        raise DamagedSongError(
            tr(
                "“{name}” holds {size:,} bytes of music, more than any song needs.",
                name=name,
                size=size,
            )
        )


def _number(db: sqlite3.Connection, query: str) -> int:
    return int(db.execute(query).fetchone()[0])


def _with_packed_codes_and_recordings(db: sqlite3.Connection) -> None:
    """Format 2: codes take 11 bits and not 16; recordings are kept as they were given."""
    rows = db.execute("SELECT take, level, start, data FROM codes ORDER BY rowid").fetchall()
    db.execute("DROP TABLE codes")
    for statement in SCHEMAS[2]:
        if "sounds (take TEXT" not in statement and statement != _META:
            db.execute(statement)
    for take, level, start, data in rows:
        if len(data) % 2:
            raise DamagedSongError(tr("The song is damaged: a stretch of codes is cut off."))
        codes = np.frombuffer(data, "<u2").astype(np.uint16)
        values = (take, level, start, len(codes), packed(codes))
        db.execute("INSERT INTO codes VALUES (?, ?, ?, ?, ?)", values)


def _with_words(db: sqlite3.Connection) -> None:
    """Format 3: what is sung when."""
    for statement in _WORDS:
        db.execute(statement)


_UPGRADES: Mapping[int, Callable[[sqlite3.Connection], None]] = {
    1: _with_packed_codes_and_recordings,
    2: _with_words,
}
"""By the version they upgrade from."""

"""A tidy copy of a working copy: what belongs to the song and nothing else, in one file.

Codes of one take and level become one row per stretch without a hole. Sound, which can be made
again, is kept as far as there is room for it. Knows the tables of a song file; knows nothing of
threads.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.services.song_format import lay_out
from app.song.layers import ORIGINAL
from app.song.packing import packed, unpacked
from app.song.song import Take, TakeId
from engine.types import NO_CODE, Level

_Row = tuple[Any, ...]  # Any: a row holds what its table says.
_Place = tuple[int, str, int]
"""Of a row of sound: its quality, its database, its number there."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What a tidy copy holds.

    Attributes:
        document: the song, as JSON.
        history: what was done to it, as JSON.
        takes: all of both, those first whose sound matters most.
        hops: samples per code of the song's model, BOTTOM first.
        most_sound_bytes: the room for sound that can be made again.
    """

    document: str
    history: str
    takes: Sequence[Take]
    hops: Sequence[int]
    most_sound_bytes: int


def write_tidy(
    db: sqlite3.Connection, late: Iterable[tuple[str, _Row]], target: Path, contents: Contents
) -> None:
    """Write a tidy copy of what `db` holds into an empty file.

    Args:
        late: rows, with their table's name, that could not be written into `db` yet.

    Raises:
        sqlite3.Error: the disk refuses.
    """
    db.execute("ATTACH ':memory:' AS late")
    db.execute("ATTACH ? AS tidy", (str(target),))
    try:
        db.execute("PRAGMA tidy.journal_mode = OFF")
        db.execute("PRAGMA tidy.synchronous = OFF")
        with db:
            for schema in ("late", "tidy"):
                lay_out(db, schema)
            for table, row in late:
                _insert(db, f"late.{table}", row)
            _copy(db, contents)
    finally:
        db.execute("DETACH late")
        db.execute("DETACH tidy")


def _copy(db: sqlite3.Connection, contents: Contents) -> None:
    texts = {"song": contents.document, "history": contents.history}
    db.executemany("INSERT INTO tidy.meta VALUES (?, ?)", texts.items())
    db.execute("INSERT INTO tidy.meta SELECT key, value FROM main.meta WHERE key = 'queue'")
    for take in contents.takes:
        for level in take.levels:
            _copy_codes(db, take, level, contents.hops[level])
        for row in _rows(db, "recordings", "take, name, data", take.id):
            _insert(db, "tidy.recordings", row)
        for row in _rows(db, "words", "take, start, lyrics, count, data", take.id):
            _insert(db, "tidy.words", row)
    _copy_sound(db, contents)


def _copy_codes(db: sqlite3.Connection, take: Take, level: Level, hop: int) -> None:
    codes = np.full(take.span.length // hop, NO_CODE, np.uint16)
    for of_level, start, count, data in _rows(db, "codes", "level, start, count, data", take.id):
        first = (start - take.span.start) // hop
        if of_level == level and first >= 0:
            room = codes[first : first + count]
            room[:] = unpacked(data, count)[: len(room)]
    for first, stretch in _stretches(codes):
        start = take.span.start + first * hop
        _insert(db, "tidy.codes", (take.id, int(level), start, len(stretch), packed(stretch)))


def _stretches(codes: NDArray[np.uint16]) -> Iterator[tuple[int, NDArray[np.uint16]]]:
    """The stretches without a hole, and the place of each."""
    edges = np.flatnonzero(np.diff(codes == NO_CODE, prepend=True, append=True))
    for first, end in edges.reshape(-1, 2).tolist():
        yield first, codes[first:end]


def _copy_sound(db: sqlite3.Connection, contents: Contents) -> None:
    left = contents.most_sound_bytes
    recorded = {take for (take,) in db.execute("SELECT take FROM tidy.recordings")}
    for take in contents.takes:
        sizes = _best_sound(db, take.id)
        kept = sum(sizes.values()) <= left
        for place, size in sizes.items():
            quality = place[0]
            if kept or (quality == ORIGINAL and take.id not in recorded):
                _insert(db, "tidy.sounds", _sound(db, place))
                left -= size


def _best_sound(db: sqlite3.Connection, take: TakeId) -> dict[_Place, int]:
    """The rows of a take's sound that are not all there in better quality, and their sizes."""
    covered: list[tuple[int, int]] = []
    finer: list[tuple[int, int]] = []
    level: int | None = None
    kept: dict[_Place, int] = {}
    rows = _rows(db, "sounds", "quality, start, length(data), origin, place", take)
    for quality, start, size, origin, place in sorted(rows):
        if quality != level:
            covered = _united([*covered, *finer])
            finer, level = [], quality
        end = start + size // 4
        finer.append((start, end))
        if not any(first <= start and end <= last for first, last in covered):
            kept[quality, origin, place] = size
    return kept


def _sound(db: sqlite3.Connection, place: _Place) -> _Row:
    _, origin, row = place
    return db.execute(f"SELECT * FROM {origin}.sounds WHERE rowid = ?", (row,)).fetchone()


def _united(stretches: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The same stretches, those that touch made one."""
    united: list[tuple[int, int]] = []
    for start, end in sorted(stretches):
        if united and start <= united[-1][1]:
            united[-1] = (united[-1][0], max(end, united[-1][1]))
        else:
            united.append((start, end))
    return united


def _rows(db: sqlite3.Connection, table: str, columns: str, take: TakeId) -> Iterator[_Row]:
    """Rows of a take, in the order of making."""
    for schema in ("main", "late"):
        source = f"(SELECT *, rowid AS place, '{schema}' AS origin FROM {schema}.{table})"
        query = f"SELECT {columns} FROM {source} WHERE take = ? ORDER BY place"
        yield from db.execute(query, (take,))


def _insert(db: sqlite3.Connection, table: str, row: _Row) -> None:
    db.execute(f"INSERT OR REPLACE INTO {table} VALUES ({', '.join('?' * len(row))})", row)

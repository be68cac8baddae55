"""The song file: one SQLite database that holds the song, its codes, recordings and sound.

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
import threading
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from app.language import tr
from app.services.claims import Ownership
from app.services.song_format import (
    SUFFIX,
    companions,
    connected,
    in_words,
    inspect,
    lay_out,
    upgrade,
)
from app.services.tidying import Contents, write_tidy
from app.song.document import from_dict, to_dict
from app.song.errors import DamagedSongError, DocumentError, SongFileError
from app.song.layers import ORIGINAL
from app.song.packing import packed, unpacked
from app.song.past import (
    MOST_PAST_BYTES,
    Past,
    by_use,
    past_from,
    past_text,
    text_bytes,
    whole_bytes,
)
from app.song.singing import Sung
from app.song.singing import packed as packed_words
from app.song.singing import unpacked as unpacked_words
from app.song.song import Song, Take, TakeId
from engine.atomic import replacing
from engine.types import Level

T = TypeVar("T", bound=np.generic)

MOST_SOUND_BYTES = 128 * 2**20
"""How much sound that can be made again a saved song carries, so that it plays at once."""

LEFT = "left"
"""A working copy whose program meant to end has such a note."""

_MOST_START = 2**40
_MOST_TELLINGS = 16
"""How often a song file may tell what the same stretch sings."""

_Row = tuple[str | int | bytes, ...]


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


@dataclass(frozen=True, slots=True)
class GivenFile:
    """A sound file as it was given.

    Attributes:
        name: of the file, with its suffix.
        data: all of it.
    """

    name: str
    data: bytes


class SongFile:
    """The working copy of a song. Any thread may use it; one writes at a time, and one program.

    Every method raises `SongFileError`, with words for a person, when the disk refuses. What was
    to be appended then is kept in memory, and written as soon as that works.
    """

    def __init__(self, path: Path, ownership: Ownership | None = None) -> None:
        """Open a working copy that is there.

        Args:
            ownership: of it, if it is ours already.
        """
        self.path = path
        self._ownership = ownership or Ownership(path)
        self._lock, self._reading = threading.Lock(), threading.Lock()
        self._late: list[tuple[str, _Row]] = []
        # Opened now: a full disk has no room for what another connection needs.
        self._db, self._reader = connected(path), connected(path)

    @classmethod
    def create(cls, path: Path, song: Song) -> SongFile:
        """A new working copy of a song without any music."""
        with _making(path) as ownership:
            with in_words(path), contextlib.closing(connected(path)) as db, db:
                lay_out(db)
            file = cls(path, ownership)
            file.write(Past.of(song))
        return file

    @classmethod
    def copy_of(cls, source: Path, path: Path) -> SongFile:
        """A working copy of somebody's song file, after a thorough look at it.

        Raises:
            SongFileError: it is missing, no song file, damaged, or of a newer version.
        """
        with _making(path) as ownership:
            try:
                shutil.copyfile(source, path)
            except OSError as error:
                raise SongFileError(
                    tr(
                        "“{source}” cannot be opened: {reason}.",
                        source=source,
                        reason=error.strerror,
                    )
                ) from error
            upgrade(path, inspect(path, source.name))
            file = cls(path, ownership)
            file.remember_path(source)
        return file

    def write(self, past: Past) -> None:
        """Note down the song as it is now, and what was done to it."""
        history = past_text(past.within(MOST_PAST_BYTES, text_bytes))
        self._set({"song": json.dumps(to_dict(past.song)), "history": history})

    def write_queue(self, text: str) -> None:
        """Note down the jobs that wait for the engine."""
        self._set({"queue": text})

    def queue(self) -> str:
        """The jobs as they were last noted down; "" for none."""
        return self._get("queue")

    def remember_path(self, path: Path | None) -> None:
        """Note down which song file this is the working copy of; None for none."""
        self._set({"path": "" if path is None else str(path)})

    def append_codes(
        self, take: TakeId, level: Level, start: int, codes: NDArray[np.uint16]
    ) -> None:
        """Add a stretch of codes; it is safe when this returns."""
        self._append("codes", (take, int(level), start, len(codes), packed(codes)))

    def append_sound(
        self, take: TakeId, quality: int, start: int, samples: NDArray[np.float32]
    ) -> None:
        """Add a stretch of sound; it is safe when this returns."""
        self._append("sounds", (take, quality, start, samples.astype("<f4").tobytes()))

    def append_sung(self, take: Take, sung: Sung) -> None:
        """Add what a stretch of a take sings; it is safe when this returns."""
        words = "" if sung.lyrics == take.prompt.lyrics else sung.lyrics
        self._append("words", (take.id, sung.start, words, len(sung.places), packed_words(sung)))

    def keep_recording(self, take: TakeId, given: GivenFile) -> None:
        """Keep the sound file that a take was imported from; it is safe when this returns."""
        self._append("recordings", (take, given.name, given.data))

    def song(self) -> Song:
        """The song as it was last noted down.

        Raises:
            SongFileError: it makes no sense.
        """
        try:
            return from_dict(json.loads(self._get("song")))
        except (DocumentError, ValueError, RecursionError) as error:
            raise DamagedSongError(str(error)) from error

    def past(self) -> Past:
        """The song as it was last noted down, and what was done to it as far as that is kept.

        Raises:
            SongFileError: the song makes no sense.
        """
        return past_from(self._get("history"), self.song())

    def original_path(self) -> Path | None:
        """The song file that this is the working copy of, if it has ever been saved."""
        path = self._get("path")
        return Path(path) if path else None

    def codes(self) -> Iterator[Piece[np.uint16]]:
        """Every stretch of codes, in the order of making."""
        query = "SELECT take, level, start, count, data FROM codes ORDER BY rowid"
        for take, level, start, count, data in self._read(query):
            self._refuse_no_place(level, start)
            try:
                yield Piece(TakeId(take), level, start, unpacked(data, count))
            except DocumentError as error:
                raise self._damaged(error) from error

    def sounds(self, take: TakeId) -> Iterator[Piece[np.float32]]:
        """Every stretch of a take's sound that is kept, in the order of making."""
        query = "SELECT quality, start, data FROM sounds WHERE take = ? ORDER BY rowid"
        for quality, start, data in self._read(query, take):
            self._refuse_no_place(quality, start)
            if len(data) % 4:
                raise DamagedSongError(
                    tr("“{name}” is damaged: a stretch is cut off.", name=self.path.name)
                )
            yield Piece(take, quality, start, np.frombuffer(data, "<f4").astype(np.float32))

    def sung(self, take: Take, hop: int) -> Iterator[Sung]:
        """What the stretches of a take sing, in the order of telling.

        Args:
            hop: samples per TOP code.
        """
        left = _MOST_TELLINGS * take.length // hop
        query = "SELECT start, lyrics, count, data FROM words WHERE take = ? ORDER BY rowid"
        for start, lyrics, count, data in self._read(query, take.id):
            self._refuse_no_place(Level.TOP, start)
            left -= count
            if left < 0:
                raise self._damaged(DocumentError(tr("more words than any song has.")))
            try:
                yield Sung(start, lyrics or take.prompt.lyrics, *unpacked_words(data, count))
            except DocumentError as error:
                raise self._damaged(error) from error

    def recording(self, take: TakeId) -> GivenFile | None:
        """The sound file that a take was imported from; None if none is kept."""
        query = "SELECT name, data FROM recordings WHERE take = ?"
        return next((GivenFile(*row) for row in self._read(query, take)), None)

    def save_to(
        self,
        target: Path,
        past: Past,
        hops: Sequence[int],
        most_sound_bytes: int = MOST_SOUND_BYTES,
    ) -> None:
        """Put a tidy copy at `target`, whole or not at all: only what belongs to the song.

        Args:
            past: the song, and what was done to it; that is kept as far as there is room.
            hops: samples per code of the song's model, BOTTOM first.
            most_sound_bytes: how much sound it carries that can be made again.
        """
        with contextlib.suppress(SongFileError):
            self.catch_up()
        kept = past.within(MOST_PAST_BYTES, lambda take: whole_bytes(take, hops))
        document, history = json.dumps(to_dict(past.song)), past_text(kept)
        contents = Contents(document, history, by_use(kept), hops, most_sound_bytes)
        _refuse_protected(target)
        with self._reading, in_words(target), replacing(target) as file:
            try:
                write_tidy(self._reader, tuple(self._late), Path(file.name), contents)
            except DocumentError as error:
                raise self._damaged(error) from error

    def catch_up(self) -> None:
        """Write what the disk refused so far."""
        with self._lock:
            self._write()

    def leave(self) -> None:
        """Let go of the file, which says from now on that its program meant to end."""
        with contextlib.suppress(SongFileError):
            self._set({LEFT: "yes"})
        self.close()

    def take_up(self) -> bool:
        """Go on with it. Whether the program that had it before meant to end."""
        left = bool(self._get(LEFT))
        self._set({LEFT: ""})
        return left

    def close(self) -> None:
        """Let go of the file; it stays. Closing twice is closing once."""
        self._close()
        self._ownership.let_go()

    def delete(self) -> None:
        """Let go of the file, and remove it."""
        self._close()
        for path in (self.path, *companions(self.path)):
            path.unlink(missing_ok=True)
        self._ownership.end()

    def _close(self) -> None:
        with self._lock, self._reading:
            with contextlib.suppress(SongFileError):
                self._write()
            self._db.close()
            self._reader.close()

    def _append(self, table: str, row: _Row) -> None:
        with self._lock:
            self._late.append((table, row))
            self._write()

    def _write(self) -> None:
        """Write what is to be appended, in one piece."""
        if not self._late:
            return
        with in_words(self.path), self._db:
            for table, row in self._late:
                places = ", ".join("?" * len(row))
                self._db.execute(f"INSERT OR REPLACE INTO {table} VALUES ({places})", row)
        self._late.clear()

    def _set(self, values: Mapping[str, str]) -> None:
        with self._lock, in_words(self.path), self._db:
            self._db.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", values.items())

    def _get(self, key: str) -> str:
        with self._lock, in_words(self.path):
            row = self._db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return "" if row is None else row[0]

    def _read(self, query: str, *values: str) -> list[tuple[Any, ...]]:
        """Rows. Any: a row holds what its table says."""
        with self._reading, in_words(self.path):
            return self._reader.execute(query, values).fetchall()

    def _damaged(self, error: DocumentError) -> DamagedSongError:
        words = tr("“{name}” is damaged: {reason}", name=self.path.name, reason=error)
        return DamagedSongError(words)

    def _refuse_no_place(self, level: int, start: int) -> None:
        if not ORIGINAL <= level < len(Level) or not 0 <= start < _MOST_START:
            raise DamagedSongError(
                tr("“{name}” is damaged: music at no place.", name=self.path.name)
            )


def new_path(folder: Path) -> Path:
    """A path for another working copy, which nothing ever had.

    Raises:
        SongFileError: there can be no such folder.
    """
    with in_words(folder):
        folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{secrets.token_hex(8)}{SUFFIX}"


@contextlib.contextmanager
def _making(path: Path) -> Generator[Ownership]:
    """A working copy of ours from the start; what fails on the way leaves nothing."""
    ownership = Ownership(path)
    try:
        yield ownership
    except BaseException:
        for file in (path, *companions(path)):
            with contextlib.suppress(OSError):
                file.unlink(missing_ok=True)
        ownership.end()
        raise


def _refuse_protected(target: Path) -> None:
    """A file that somebody protected is not replaced, though its folder would allow that."""
    if target.exists() and not os.access(target, os.W_OK):
        raise SongFileError(
            tr(
                "“{path}” is read-only. Save the song under another name, or change its "
                "permissions.",
                path=target,
            )
        )

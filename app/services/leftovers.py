"""Songs that programs which are no more left behind: found, looked at, and taken up again.

Knows where working copies lie, whether somebody has them, and whether their programs meant to end.
One program at a time looks and takes up, so that of several which are started at once one gets a
song, and the others see that. Knows nothing of what is done with a song.
"""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.services.claims import Ownership, is_owned, turn
from app.services.song_format import SUFFIX, connected, in_words, inspect, upgrade
from app.services.songs import LEFT, SongFile
from app.song.errors import DamagedSongError, SongFileError


@dataclass(frozen=True, slots=True)
class Leftover:
    """What can be told of a song that was left behind, without opening it.

    Attributes:
        title: "" for a song without.
        in_order: whether its program meant to end; if not, it crashed or was killed.
    """

    path: Path
    title: str
    in_order: bool


def leftovers(folder: Path) -> list[Path]:
    """Working copies that no program has, the newest first."""
    found: list[tuple[float, Path]] = []
    for path in folder.glob(f"*{SUFFIX}"):
        if not is_owned(path):
            with contextlib.suppress(OSError):
                found.append((path.stat().st_mtime, path))
    return [path for _, path in sorted(found, reverse=True)]


def newest(folder: Path) -> Leftover | None:
    """The last song that was left behind. Those to which nothing was done are removed."""
    with contextlib.suppress(SongFileError), turn(folder):
        for path, notes in _readable(folder):
            if not _blank(notes):
                return Leftover(path, _title(notes), bool(notes.get(LEFT)))
            with contextlib.suppress(SongFileError, OSError):
                SongFile(path).delete()
    return None


def adopted(path: Path) -> SongFile | None:
    """A working copy that was left behind, ours from now on; None where somebody was faster.

    Raises:
        DamagedSongError: it is beyond repair.
        SongFileError: it cannot be had now.
    """
    with turn(path.parent):
        return _adopted(path) if path.exists() and not is_owned(path) else None


def adopted_for(folder: Path, song: Path) -> SongFile | None:
    """The working copy of a song file that was left behind, ours from now on; None without one.

    One that is beyond repair stays where it is.

    Raises:
        SongFileError: it cannot be had now.
    """
    with contextlib.suppress(DamagedSongError), turn(folder):
        for path, notes in _readable(folder):
            original = notes.get("path")
            if original and os.path.realpath(original) == os.path.realpath(song):
                return _adopted(path)
    return None


def _adopted(path: Path) -> SongFile:
    ownership = Ownership(path)
    try:
        with in_words(path), contextlib.closing(connected(path)) as db:
            db.execute("PRAGMA journal_mode = DELETE")
        upgrade(path, inspect(path, path.name))
        return SongFile(path, ownership)
    except SongFileError:
        ownership.let_go()
        raise


def _readable(folder: Path) -> Iterator[tuple[Path, dict[str, str]]]:
    """Working copies that can be read, and what is noted down in them."""
    for path in leftovers(folder):
        with contextlib.suppress(SongFileError, sqlite3.Error, OSError):
            with contextlib.closing(connected(path)) as db:
                notes = dict(db.execute("SELECT key, value FROM meta").fetchall())
            yield path, notes


def _title(notes: dict[str, str]) -> str:
    return str(_read(notes, "song").get("title", ""))


def _blank(notes: dict[str, str]) -> bool:
    """Whether nothing was ever done to a song, nor undone."""
    song, history = _read(notes, "song"), _read(notes, "history")
    return song.get("takes") == [] and len(history.get("steps", "older")) == 1


def _read(notes: dict[str, str], key: str) -> dict[str, Any]:  # Any: it has not been checked.
    try:
        read = json.loads(notes.get(key, ""))
    except (ValueError, RecursionError):
        return {}
    return read if isinstance(read, dict) else {}

"""Songs that programs which are no more left behind: found, looked at, and taken up again.

Knows where working copies lie, whose they are, and whether their programs meant to end. Knows
nothing of what is done with a song.
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

import psutil

from app.services.song_format import SUFFIX, companions, connected, in_words, inspect, upgrade
from app.services.songs import LEFT, SongFile, new_path
from app.song.errors import SongFileError


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
    """Working copies of programs that are no more, the newest first."""
    found: list[tuple[float, Path]] = []
    for path in folder.glob(f"*{SUFFIX}"):
        with contextlib.suppress(OSError):  # Another program may have taken it up just now.
            if not _alive(path):
                found.append((path.stat().st_mtime, path))
    return [path for _, path in sorted(found, reverse=True)]


def newest(folder: Path) -> Leftover | None:
    """The last song that was left behind. Those to which nothing was done are removed."""
    for path, notes in _readable(folder):
        if _blank(notes):
            with contextlib.suppress(OSError):
                for file in (path, *companions(path)):
                    file.unlink(missing_ok=True)
        else:
            return Leftover(path, _title(notes), bool(notes.get(LEFT)))
    return None


def left_of(folder: Path, song: Path) -> Path | None:
    """The working copy of a song file that a program which is no more left behind, if any."""
    for path, notes in _readable(folder):
        original = notes.get("path")
        if original and os.path.realpath(original) == os.path.realpath(song):
            return path
    return None


def adopt(path: Path) -> SongFile:
    """The working copy that another program left behind, under a name that says it is ours.

    Raises:
        DamagedSongError: it is beyond repair.
        SongFileError: it cannot be had now.
    """
    with in_words(path), contextlib.closing(connected(path)) as db:
        db.execute("PRAGMA journal_mode = DELETE")
    upgrade(path, inspect(path, path.name))
    return SongFile(path.rename(new_path(path.parent)))


def _alive(path: Path) -> bool:
    owner = path.name.partition("-")[0]
    return owner.isdecimal() and (int(owner) == os.getpid() or psutil.pid_exists(int(owner)))


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

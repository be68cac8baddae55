"""Files that appear whole or not at all.

Knows how to write beside the target, make it durable and swap it in, and what a system's refusal
means in words. Knows nothing of what is in the files.
"""

from __future__ import annotations

import contextlib
import errno
import os
import platform
import re
import secrets
import shutil
import stat
from collections.abc import Generator
from pathlib import Path
from typing import BinaryIO

import psutil

from engine.phrases import Phrase

_PART = re.compile(r"\.jukebox-(?P<host>\w*)-(?P<process>\d+)-[0-9a-f]{8}\.part")

_FORBIDDEN = Phrase("it may not be written. Choose a place of your own, or change its permissions")
_REASONS = {
    errno.ENOSPC: Phrase("the disk is full. Free some space, or write to another disk"),
    errno.EDQUOT: Phrase("your share of the disk is used up. Free some space, or write elsewhere"),
    errno.EFBIG: Phrase("it grows larger than is allowed here. Write less, or to another disk"),
    errno.EACCES: Phrase(
        "it may not be written. Choose a place of your own, or change its permissions"
    ),
    errno.EPERM: Phrase(
        "it may not be written. Choose a place of your own, or change its permissions"
    ),
    errno.EROFS: Phrase("the disk is read-only. Choose another place"),
    errno.ENOENT: Phrase("its folder does not exist. Make the folder first, or choose another one"),
    errno.ENOTDIR: Phrase("what should be its folder is a file. Choose another place"),
    errno.EISDIR: Phrase("it is a folder. Give the name of a file"),
    errno.EEXIST: Phrase("it is no plain file. Give the name of a file"),
    errno.ENAMETOOLONG: Phrase("its name is too long. Choose a shorter one"),
}


@contextlib.contextmanager
def replacing(path: Path) -> Generator[BinaryIO]:
    """A new file that takes the place of `path` when the block ends well, and else vanishes.

    It is on the disk before it appears. What a killed program left behind is cleared first.

    Yields:
        the file, open for reading and writing in binary.

    Raises:
        OSError: it cannot be written; `told` says why in words.
    """
    target = _target(path)
    part = target.parent / _part_name()
    try:
        with part.open("x+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            shutil.copymode(target, part)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def ensure_writable(path: Path, size_bytes: int = 0) -> None:
    """Find out early whether a file of that size can be written.

    Raises:
        OSError: it cannot; `told` says why in words.
    """
    target = _target(path)
    part = target.parent / _part_name()
    try:
        part.touch(exist_ok=False)
    finally:
        part.unlink(missing_ok=True)
    if shutil.disk_usage(target.parent).free < size_bytes:
        raise OSError(errno.ENOSPC, "not enough space", str(path))


def told(error: OSError, path: Path) -> Phrase:
    """A refused write as a sentence with advice."""
    refused = Phrase("the system refused: {reason}", reason=error.strerror or error)
    reason = _REASONS.get(error.errno or 0, refused)
    return Phrase("“{path}” cannot be written: {reason}.", path=path, reason=reason)


def _target(path: Path) -> Path:
    """Where links lead, in a folder free of leftovers."""
    target = Path(os.path.realpath(path))
    with contextlib.suppress(FileNotFoundError):
        mode = target.stat().st_mode
        if not stat.S_ISREG(mode):
            raise OSError(errno.EISDIR if stat.S_ISDIR(mode) else errno.EEXIST, "", str(path))
    _clear_leftovers(target.parent)
    return target


def _part_name() -> str:
    return f".jukebox-{_host()}-{os.getpid()}-{secrets.token_hex(4)}.part"


def _host() -> str:
    return re.sub(r"\W", "_", platform.node())


def _clear_leftovers(folder: Path) -> None:
    """Remove the unfinished files of programs of this computer that are no more."""
    with contextlib.suppress(OSError):  # tidying up may fail where writing works
        for entry in folder.iterdir():
            match = _PART.fullmatch(entry.name)
            if match and match["host"] == _host() and not psutil.pid_exists(int(match["process"])):
                entry.unlink(missing_ok=True)

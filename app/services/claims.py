"""Which song files are open, and whose a working copy is: until it is let go, or the process that
has it is no more, however that ended.

Knows lock files, which lie in the user's own folder, so that no folder of songs is littered and
songs on read-only disks can be claimed. The system frees them when a process ends; numbers of
processes, which the system gives out anew, would not do. Knows nothing of what is in a song.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
from collections.abc import Generator
from pathlib import Path

from filelock import FileLock, Timeout

from app.language import tr
from app.song.errors import SongFileError
from app.song.problems import refused

log = logging.getLogger(__name__)

_PATIENCE_S = 10.0


class Claim:
    """The right to write a song file; one window has it."""

    def __init__(self, folder: Path, path: Path) -> None:
        """Take it.

        Args:
            folder: where claims are noted, the same for all who shall heed each other.

        Raises:
            SongFileError: another window has it.
        """
        self.path = Path(os.path.realpath(path))
        name = hashlib.sha256(os.fsencode(self.path)).hexdigest()[:32]
        self._lock = FileLock(folder / f"{name}.lock", timeout=0, thread_local=False)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._lock.acquire()
        except Timeout as error:
            raise SongFileError(
                tr(
                    "“{name}” is open in another window or command. Close it there, or save under "
                    "another name.",
                    name=path.name,
                )
            ) from error
        except OSError as error:  # Better a song that nobody guards than none.
            log.info("no claim on %s: %s", path, error)

    def is_for(self, path: Path) -> bool:
        """Whether it is that of a file, by whatever way that is reached."""
        return self.path == Path(os.path.realpath(path))

    def let_go(self) -> None:
        """Give it back. Doing so twice is doing so once."""
        self._lock.release(force=True)


class Ownership:
    """The right to work on a working copy; one program has it, from before the copy is there."""

    def __init__(self, path: Path) -> None:
        """Take it.

        Raises:
            SongFileError: another program has it, or the disk refuses.
        """
        self._file = path.with_suffix(".lock")
        self._lock = FileLock(self._file, timeout=0, thread_local=False)
        try:
            self._lock.acquire()
        except Timeout as error:
            raise SongFileError(
                tr("“{name}” is open in another window.", name=path.name)
            ) from error
        except OSError as error:
            raise SongFileError(refused(error, self._file)) from error

    def let_go(self) -> None:
        """Give it back, for another program to take up. Doing so twice is doing so once."""
        self._lock.release(force=True)

    def end(self) -> None:
        """Give it back where no working copy is any more: nothing of it stays."""
        self.let_go()
        with contextlib.suppress(OSError):
            self._file.unlink(missing_ok=True)


def is_owned(path: Path) -> bool:
    """Whether a program has a working copy. Where that cannot be found out, one has it."""
    try:
        Ownership(path).let_go()
    except SongFileError:
        return True
    return False


@contextlib.contextmanager
def turn(folder: Path) -> Generator[None]:
    """While the block lasts, no other program is in such a block with the same folder.

    Raises:
        SongFileError: others took too long, or the disk refuses.
    """
    file = folder.with_suffix(".lock")
    lock = FileLock(file, timeout=_PATIENCE_S)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout as error:
        raise SongFileError(tr("Another window is looking for songs. Try again.")) from error
    except OSError as error:
        raise SongFileError(refused(error, file)) from error
    try:
        yield
    finally:
        lock.release()

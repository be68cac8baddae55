"""Which song files are open: a claim is held until it is let go, or its process is no more.

Knows lock files, which lie in the user's own folder, so that no folder of songs is littered and
songs on read-only disks can be claimed. Knows nothing of what is in a song.
"""

from __future__ import annotations

import hashlib
import logging
import os
from pathlib import Path

from filelock import FileLock, Timeout

from app.language import tr
from app.song.errors import SongFileError

log = logging.getLogger(__name__)


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

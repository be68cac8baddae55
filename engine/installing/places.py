"""Where models are kept, and what an installation has left there so far.

A model in the making lies in a hidden folder beside the models, on the same disk, and is moved to
its place in one step when it is whole. Knows folders. Knows nothing of torch.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from engine.catalog.download import fetched_bytes
from engine.catalog.known import KnownModel
from engine.catalog.store import ModelStore
from engine.errors import ModelError, ModelMissingError

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_SPARE_BYTES = 100_000_000
"""Room that a disk keeps, so that nothing else of the user's fails."""


@dataclass(frozen=True, slots=True)
class Places:
    """The folder of a user's models, and the store that also sees those that came along."""

    root: Path
    store: ModelStore

    def model(self, name: str) -> Path:
        """Where a model lies once it is installed."""
        return self.root / name

    def workshop(self, name: str) -> Path:
        """Where everything of a model lies until then."""
        return self.root / ".incoming" / name

    def downloads(self, name: str) -> Path:
        """Where fetched files lie."""
        return self.workshop(name) / "download"

    def draft(self, name: str) -> Path:
        """Where the model is made; the folder's name is the model's, as in its place."""
        return self.workshop(name) / "model" / name

    def fetched(self, known: KnownModel) -> int:
        """Bytes that have been fetched of a model that is not installed yet."""
        folder = self.downloads(known.id)
        return sum(fetched_bytes(file, folder) for file in known.files) if folder.is_dir() else 0

    def begun(self, name: str) -> bool:
        """Whether a download was begun and not ended; its licence was accepted then."""
        return self.downloads(name).is_dir()

    def missing_bytes(self, known: KnownModel) -> int:
        """What the disk must still take until a model is installed."""
        made = sum(path.stat().st_size for path in self.draft(known.id).glob("*") if path.is_file())
        return max(0, known.download_bytes - self.fetched(known)) + max(
            0, known.installed_bytes - made
        )

    @property
    def free_bytes(self) -> int:
        """Room on the disk of the models."""
        there = next(path for path in (self.root, *self.root.parents) if path.is_dir())
        return shutil.disk_usage(there).free

    def require_room(self, needed: int, what: str) -> None:
        """Refuse what does not fit, before anything is written.

        Raises:
            ModelError: with the numbers.
        """
        free = self.free_bytes
        if free < needed + _SPARE_BYTES:
            raise ModelError(
                "{what} needs {needed:.1f} GB more in “{root}”, where {free:.1f} GB are free. Free "
                "{missing:.1f} GB, and try again.",
                what=what,
                needed=needed / 1e9,
                root=self.root,
                free=free / 1e9,
                missing=(needed + _SPARE_BYTES - free) / 1e9,
            )

    def require_free_name(self, name: str) -> None:
        """Refuse a name that is taken or that is none.

        Raises:
            ModelError: it is.
        """
        if not _NAME.fullmatch(name):
            raise ModelError(
                "“{name}” cannot be a model's name. Use a–z, 0–9, “.”, “_” and “-”, starting with "
                "a letter or a digit, 64 at most.",
                name=name[:64],
            )
        if self.holds(name):
            raise ModelError(
                "A model “{name}” is installed already. Remove it first, or import this one under "
                "another name.",
                name=name,
            )

    def holds(self, name: str) -> bool:
        """Whether a whole model of that name is installed, as far as a glance tells."""
        try:
            self.store.get(name)
        except ModelError:
            return False
        return True

    @contextmanager
    def alone(self, name: str) -> Generator[None]:
        """Work on a model that nobody else works on at the same time, in any program.

        Raises:
            ModelError: somebody does.
        """
        lock = self.root / ".incoming" / f"{name}.lock"
        lock.parent.mkdir(parents=True, exist_ok=True)
        try:
            with FileLock(lock, timeout=0):
                yield
        except Timeout as error:
            raise ModelError(
                "“{name}” is being installed by another program. Wait for it, or stop it.",
                name=name,
            ) from error

    def move_in(self, name: str) -> None:
        """Give a finished model its place, in one step, and forget how it came about."""
        self._move_out(name)
        self.draft(name).rename(self.model(name))
        self.tidy(name)

    def _move_out(self, name: str) -> None:
        """Take a model out of its place in one step, so that nobody sees a part of it there."""
        if self.model(name).is_dir():
            old = self.workshop(name) / "old"
            shutil.rmtree(old, ignore_errors=True)
            self.workshop(name).mkdir(parents=True, exist_ok=True)
            self.model(name).rename(old)

    def tidy(self, name: str) -> None:
        """Remove everything of an installation that was not ended."""
        shutil.rmtree(self.workshop(name), ignore_errors=True)

    def remove(self, name: str) -> int:
        """Remove a model of the user's, whole or damaged, and what was fetched of one. Gives bytes.

        Raises:
            ModelMissingError: there is none.
            ModelError: it came along with the program.
        """
        ours = _NAME.fullmatch(name) and (self.model(name).is_dir() or self.workshop(name).is_dir())
        if not ours:
            if self.holds(name):
                raise ModelError("“{name}” came along with the program and stays.", name=name)
            raise ModelMissingError(
                "No model “{name}” of yours is in “{root}”.", name=name[:64], root=self.root
            )
        with self.alone(name):
            freed = size_of(self.model(name)) + size_of(self.workshop(name))
            self._move_out(name)
            self.tidy(name)
        return freed


def size_of(folder: Path) -> int:
    """Bytes of all files below a folder; 0 where there is none."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())

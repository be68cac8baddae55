"""What was found once and need not be found again: arrays in files, by name.

Knows files. Does not know what is kept in them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.atomic import replacing

Arrays = Mapping[str, NDArray[np.generic]]

_EDITION = "1"
"""Another one when judges hear otherwise, so that nothing old is taken for new."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A folder of findings."""

    folder: Path

    @classmethod
    def beside(cls, data: Path) -> Kept:
        """What judges keep of a dataset."""
        return cls(data / "judged" / _EDITION)

    def within(self, *names: str) -> Kept:
        """A folder in it."""
        return Kept(self.folder.joinpath(*names))

    def arrays(self, name: str, find: Callable[[], Arrays]) -> Arrays:
        """What is kept by that name; found now where nothing is.

        Raises:
            OSError: it cannot be written.
        """
        path = self.folder / f"{name}.npz"
        if path.exists():
            with np.load(path) as file:
                return dict(file)
        found = find()
        self.folder.mkdir(parents=True, exist_ok=True)
        with replacing(path) as file:
            np.savez(file, allow_pickle=False, **found)
        return found

"""What is being done to the installed models, as the window shows it. Plain values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from engine.installing.progress import Progress


class ShelfTask(StrEnum):
    """What can be done to models."""

    INSTALL = "install"
    IMPORT = "import"
    VERIFY = "verify"


@dataclass(frozen=True, slots=True)
class ShelfWork:
    """Work on one model.

    Attributes:
        name: of the model; of the folder while one is imported.
        title: for people.
        progress: None until it has begun.
    """

    task: ShelfTask
    name: str
    title: str
    progress: Progress | None = None

"""Where it is kept how fast music is made here."""

from __future__ import annotations

from pathlib import Path

from app.services import kept
from app.song.pace import Pace

NAME = "pace.json"


def load(folder: Path) -> Pace:
    """What was measured before; nothing where that is missing or damaged."""
    return Pace.from_dict(kept.load(folder / NAME))


def save(folder: Path, pace: Pace) -> None:
    """Keep it for the next start. Losing it is no harm."""
    kept.save(folder / NAME, pace.as_dict())

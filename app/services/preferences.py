"""Where preferences are kept."""

from __future__ import annotations

from pathlib import Path

from app.services import kept
from app.song.preferences import Preferences, from_dict, to_dict

NAME = "preferences.json"


def load(folder: Path) -> Preferences:
    """What was saved last; the standard ones where that is missing or damaged."""
    return from_dict(kept.load(folder / NAME))


def save(folder: Path, preferences: Preferences) -> None:
    """Keep preferences for the next start. Losing them is no harm."""
    kept.save(folder / NAME, to_dict(preferences))

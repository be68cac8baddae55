"""Where preferences are kept: a small JSON file, replaced whole."""

from __future__ import annotations

import json
import logging
from pathlib import Path

from app.song.preferences import Preferences, from_dict, to_dict
from engine.atomic import replacing, told

log = logging.getLogger(__name__)

NAME = "preferences.json"


def load(folder: Path) -> Preferences:
    """What was saved last; the standard ones where that is missing or damaged."""
    try:
        data = json.loads((folder / NAME).read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return Preferences()
    return from_dict(data) if isinstance(data, dict) else Preferences()


def save(folder: Path, preferences: Preferences) -> None:
    """Keep preferences for the next start. Losing them is no harm, so that is only logged."""
    path = folder / NAME
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with replacing(path) as file:
            file.write(json.dumps(to_dict(preferences), indent=2).encode("utf-8"))
    except OSError as error:
        log.info("preferences are not kept: %s", told(error, path))

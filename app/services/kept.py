"""Small things kept between two starts: JSON files, replaced whole; losing one is no harm."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from engine.atomic import replacing, told

log = logging.getLogger(__name__)


def load(path: Path) -> Mapping[str, Any]:
    """What was kept last; nothing where that is missing or damaged."""
    try:
        data = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}


def save(path: Path, data: Mapping[str, Any]) -> None:
    """Keep it for the next start. Losing it is no harm, so that is only logged."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path) as file:
            file.write(json.dumps(data, indent=2).encode("utf-8"))
    except OSError as error:
        log.info("“%s” is not kept: %s", path.name, told(error, path))

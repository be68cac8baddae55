"""One door each: the file that alone may import a library which hides a device or a format."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

DOORS = {
    "accelerate": {"engine/runtime/devices.py"},
    "sounddevice": {"app/services/player.py"},
    "soundfile": {"engine/audio/files.py"},
    "soxr": {"engine/audio/files.py"},
    "unidecode": {"engine/text/lyrics.py"},
    "huggingface_hub": {"engine/catalog/weights.py"},
    "rich": {"engine/cli"},
}


def imported(source: Path) -> Iterator[str]:
    """Top-level names of all that a file imports, at its head or later."""
    for node in ast.walk(ast.parse(source.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]


def importers(library: str) -> set[str]:
    """The source files that import `library`, relative to the root."""
    sources = [path for package in ("app", "engine") for path in (ROOT / package).rglob("*.py")]
    return {str(path.relative_to(ROOT)) for path in sources if library in imported(path)}


@pytest.mark.parametrize("library", DOORS)
def test_a_library_has_one_door(library: str) -> None:
    strangers = {
        file for file in importers(library) if not any(file.startswith(d) for d in DOORS[library])
    }

    assert strangers == set()

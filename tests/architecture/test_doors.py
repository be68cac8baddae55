"""One door each: the place that alone may import a library which hides a device or a format.

The workshop, `engine/training`, brings its own tools and never runs beside a user.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WORKSHOP = ROOT / "engine" / "training"

DOORS = {
    "accelerate": {"engine/runtime/devices.py"},
    "sounddevice": {"app/services/sound_system.py"},
    "soundfile": {"engine/audio"},
    "soxr": {"engine/audio"},
    "unidecode": {"engine/text/lyrics.py"},
    "huggingface_hub": {"engine/catalog/weights.py"},
    "rich": {"engine/cli"},
    "onnxruntime": {"engine/judges/notes.py"},
    "pocketsphinx": {"engine/judges/words.py"},
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
    product = [path for path in sources if not path.is_relative_to(WORKSHOP)]
    return {path.relative_to(ROOT).as_posix() for path in product if library in imported(path)}


@pytest.mark.parametrize("library", DOORS)
def test_a_library_has_one_door(library: str) -> None:
    strangers = {
        file for file in importers(library) if not any(file.startswith(d) for d in DOORS[library])
    }

    assert strangers == set()

"""What starts quickly must stay light: heavy libraries load where they work and nowhere else."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("torch", "accelerate", "safetensors.torch", "scipy")
QT = ("PySide6", "shiboken6", "pyqtgraph")
SOUND = ("sounddevice",)


def loaded_by(module: str, suspects: tuple[str, ...]) -> str:
    """Those of `suspects` that a fresh Python holds after importing `module`."""
    script = f"import sys, {module}\nprint(*[name for name in {suspects!r} if name in sys.modules])"
    process = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    return process.stdout.strip()


@pytest.mark.parametrize(
    "module",
    [
        "engine",
        "engine.cli",
        "engine.runtime.process",
        "app.session",
        "app.build",
        "app.ui.main_window",
    ],
)
def test_starting_loads_no_torch(module: str) -> None:
    assert loaded_by(module, HEAVY) == ""


@pytest.mark.parametrize(
    "module", ["engine", "engine.cli", "engine.runtime.local", "app.song.song"]
)
def test_the_engine_and_the_document_load_no_qt(module: str) -> None:
    assert loaded_by(module, QT + SOUND) == ""


@pytest.mark.parametrize("module", ["app.session", "app.ui.main_window"])
def test_the_window_does_not_wait_for_the_sound_card(module: str) -> None:
    """PortAudio starts when it is imported, takes its time, and may be missing."""
    assert loaded_by(module, SOUND) == ""

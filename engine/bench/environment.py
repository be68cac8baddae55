"""The environment in which `transformers` runs: made once, when it is first wanted.

It lies in the user's cache folder, because the library's old version needs an old version of the
hub's client, which conflicts with this program's.
"""

from __future__ import annotations

import importlib.metadata
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import platformdirs

from engine.bench.children import BenchmarkError

PEER = "transformers 4.40.2"
_STAMP = "complete"
_LAST_WORDS = 300


def peer_python(say: Callable[[str], None], folder: Path | None = None) -> Path:
    """The interpreter of the peer's environment, which is made if it is not there.

    Args:
        say: told what takes so long.
        folder: of the environment; None for the usual one.

    Raises:
        BenchmarkError: it cannot be made.
    """
    folder = folder or _usual_folder()
    stamp, wanted = folder / _STAMP, "\n".join(_requirements())
    if not stamp.is_file() or stamp.read_text("utf-8") != wanted:
        say(f"Making an environment for {PEER} in {folder}: some minutes, and about 1 GB.")
        _make(folder)
        stamp.write_text(wanted, "utf-8")
    return _python(folder)


def _usual_folder() -> Path:
    cache = platformdirs.user_cache_path("jukebox-studio", appauthor=False)
    return cache / PEER.replace(" ", "-")


def _requirements() -> tuple[str, ...]:
    """What goes in: the same torch as here, so that both compute with the same kernels."""
    torch = importlib.metadata.version("torch").partition("+")[0]
    return PEER.replace(" ", "=="), f"torch=={torch}", "numpy", "safetensors"


def _make(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    _run([sys.executable, "-m", "venv", str(folder)], folder)
    install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    _run([str(_python(folder)), *install, *_requirements()], folder)


def _python(folder: Path) -> Path:
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def _run(command: list[str], folder: Path) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, errors="replace")
    except OSError as error:
        raise _refused(folder, str(error)) from error
    if done.returncode:
        errors = [line for line in done.stderr.splitlines() if "ERROR" in line]
        raise _refused(folder, " ".join(errors or [done.stderr])[-_LAST_WORDS:].strip())


def _refused(folder: Path, words: str) -> BenchmarkError:
    return BenchmarkError(
        f"The environment for {PEER} cannot be made in “{folder}”: {words} It needs the network "
        "once, and 2 GB of disk. Without --peer, no other implementation is needed."
    )

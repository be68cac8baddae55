"""The outside programs that the music recipe calls, and a clear word when one is missing."""

from __future__ import annotations

import importlib
import shutil
import subprocess
import warnings
from types import ModuleType

from engine.errors import EngineError

_LIMIT_S = 120


class ToolError(EngineError):
    """A program or library that the recipe needs is missing or failed."""


def run_program(name: str, *arguments: str) -> str:
    """What a program printed.

    Raises:
        ToolError: the program is not installed, failed, or took longer than two minutes.
    """
    path = shutil.which(name)
    if path is None:
        raise ToolError(f"The program “{name}” is not installed. On Debian: apt install {name}.")
    try:
        done = subprocess.run(
            [path, *arguments], capture_output=True, text=True, timeout=_LIMIT_S, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise ToolError(f"“{name}” did not finish within {_LIMIT_S} s.") from error
    if done.returncode:
        raise ToolError(f"“{name}” failed with code {done.returncode}: {done.stderr.strip()}")
    return done.stdout


def world_vocoder() -> ModuleType:
    """The WORLD vocoder, module `pyworld`.

    Raises:
        ToolError: it is not installed.
    """
    try:
        with warnings.catch_warnings():
            # pyworld 0.3.5 asks pkg_resources for its own version, which warns of its old age.
            warnings.simplefilter("ignore")
            return importlib.import_module("pyworld")
    except ImportError as error:
        raise ToolError(
            f"The WORLD vocoder cannot be loaded ({error}). "
            'Install the training extra: pip install "jukebox-studio[train]".'
        ) from error

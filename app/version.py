"""Which version of the program this is."""

from __future__ import annotations

from functools import cache
from importlib.metadata import PackageNotFoundError, version

DISTRIBUTION = "jukebox-studio"


@cache
def program_version() -> str:
    """Such as “0.1.0”; in words when it runs from a folder where nothing was installed."""
    try:
        return version(DISTRIBUTION)
    except PackageNotFoundError:
        return "(not installed)"

"""The licences that come with the program, for reading without a network."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from app.version import DISTRIBUTION

_ROOT = Path(__file__).resolve().parent.parent


def licence() -> str:
    """The licence of the program, in full."""
    return _text("LICENSE")


def notice() -> str:
    """What the bundled model was made from, and whose work that is."""
    return _text("NOTICE")


def _text(name: str) -> str:
    """A file beside the code, or where an installation keeps licences."""
    beside = _ROOT / name
    if beside.is_file():
        return beside.read_text(encoding="utf-8")
    try:
        return distribution(DISTRIBUTION).read_text(f"licenses/{name}") or ""
    except PackageNotFoundError:
        return ""

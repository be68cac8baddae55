"""Data that ships with the program: icons, examples, the bundled model."""

from pathlib import Path

_ROOT = Path(__file__).resolve().parent


def path(*parts: str) -> Path:
    """Where a resource lies, from source, wheel and frozen build alike."""
    return _ROOT.joinpath(*parts)

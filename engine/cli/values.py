"""What the value of an option may be; what is wrong with one is told in a few words."""

from __future__ import annotations

import argparse
import math
from pathlib import Path

from engine.types import MAX_PARALLEL_WINDOWS, MAX_VARIATIONS

_MAX_SECONDS = 1_000_000


def a_path(text: str) -> Path:
    """A file's name, for `type` of an option."""
    if not text or "\0" in text:
        raise argparse.ArgumentTypeError("a file needs a name")
    return Path(text)


def a_number(text: str) -> float:
    """Any number, for `type` of an option."""
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise argparse.ArgumentTypeError(f"“{text[:40]}” is no number")
    return number


def some_seconds(text: str) -> float:
    """A length of time, for `type` of an option."""
    seconds = a_number(text)
    if not 0 < seconds <= _MAX_SECONDS:
        raise argparse.ArgumentTypeError(
            f"seconds lie above 0 and up to {_MAX_SECONDS}, and “{text[:40]}” does not"
        )
    return seconds


def a_whole(text: str) -> int:
    """A whole number, for `type` of an option."""
    if not text.removeprefix("-").isdecimal() or len(text) > 40:
        raise argparse.ArgumentTypeError(f"“{text[:40]}” is no whole number")
    return int(text)


def some_windows(text: str) -> int:
    """A number of windows side by side, for `type` of an option."""
    windows = a_whole(text)
    if not 1 <= windows <= MAX_PARALLEL_WINDOWS:
        raise argparse.ArgumentTypeError(
            f"windows at once: 1 to {MAX_PARALLEL_WINDOWS}, not {windows}"
        )
    return windows


def some_takes(text: str) -> int:
    """A number of takes, for `type` of an option."""
    takes = a_whole(text)
    if not 1 <= takes <= MAX_VARIATIONS:
        raise argparse.ArgumentTypeError(f"takes: 1 to {MAX_VARIATIONS}, not {takes}")
    return takes


def a_percentage(text: str) -> float:
    """A part of a hundred, for `type` of an option."""
    number = a_number(text)
    if not 0 <= number <= 100:
        raise argparse.ArgumentTypeError(f"0 to 100, not {text[:40]}")
    return number

"""Names that somebody gives to artists and genres, as lines of text. Pure."""

from __future__ import annotations

from collections.abc import Iterable

Alias = tuple[str, str]
"""What somebody calls it, and what the model calls it."""

MOST_ALIASES = 500
MOST_TEXT = 200
_SIGN = "="


def lines(aliases: Iterable[Alias]) -> str:
    """One line for each, as somebody edits them."""
    return "\n".join(f"{mine} {_SIGN} {name}" for mine, name in aliases)


def parsed(text: str) -> tuple[Alias, ...]:
    """The aliases of lines that are whole, each once; the last of those alike counts."""
    halves = ([half.strip() for half in line.split(_SIGN, 1)] for line in text.splitlines())
    whole = [(half[0], half[1]) for half in halves if len(half) == 2 and all(half)]
    fitting = [pair for pair in whole if max(map(len, pair)) <= MOST_TEXT]
    latest = {mine.casefold(): (mine, name) for mine, name in fitting}
    return tuple(latest.values())[:MOST_ALIASES]


def broken(text: str) -> tuple[str, ...]:
    """The lines that are neither empty nor an alias."""
    return tuple(line.strip() for line in text.splitlines() if line.strip() and not parsed(line))

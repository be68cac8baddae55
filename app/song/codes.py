"""The codes of a take along the takes that it departs from.

A take is its parent, except within its span: there coarser levels than those it made are the
parent's, those it made are its own, and finer ones are not there. Knows codes and takes only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from app.song.song import Song, Take, TakeId
from engine.catalog.specs import ModelSpec
from engine.types import NO_CODE, Codes, Level, Span

Own = Callable[[TakeId], Codes]
"""The codes that a take made itself, from the first sample of its span on."""


def chain(song: Song, take_id: TakeId) -> tuple[Take, ...]:
    """A take and all that it departs from, the oldest first.

    Raises:
        KeyError: it is not in the song.
    """
    take = song.take(take_id)
    older = () if take.parent is None else chain(song, take.parent)
    return (*older, take)


def composed(takes: Sequence[Take], own: Own, spec: ModelSpec) -> Codes:
    """The codes of the last take of a chain, from the first sample of the song, with holes."""
    return Codes(tuple(_level(takes, own, level, spec.hop(level)) for level in Level))


def known_until(codes: Codes, level: Level, spec: ModelSpec) -> int:
    """The moment up to which the codes of a level stand without a hole."""
    array = codes.at(level)
    holes = np.flatnonzero(array == NO_CODE)
    return (int(holes[0]) if len(holes) else len(array)) * spec.hop(level)


def covers(codes: Codes, level: Level, span: Span, spec: ModelSpec) -> bool:
    """Whether the codes of a level are all there within a span."""
    hop = spec.hop(level)
    under = codes.at(level)[span.start // hop : span.end // hop]
    return len(under) == span.length // hop and NO_CODE not in under


def cut(codes: Codes, end: int, spec: ModelSpec) -> Codes:
    """The codes up to a moment of the grid."""
    return Codes(tuple(codes.at(level)[: end // spec.hop(level)] for level in Level))


def _level(takes: Sequence[Take], own: Own, level: Level, hop: int) -> NDArray[np.uint16]:
    codes = np.empty(0, np.uint16)
    for take in takes:
        codes = _resized(codes, take.length // hop)
        if level <= max(take.levels):
            mine = own(take.id).at(level) if level in take.levels else codes[:0]
            inside = codes[take.span.start // hop : take.span.end // hop]
            inside[:] = NO_CODE
            inside[: len(mine)] = mine[: len(inside)]
    return codes


def _resized(codes: NDArray[np.uint16], length: int) -> NDArray[np.uint16]:
    resized = np.full(length, NO_CODE, np.uint16)
    resized[: len(codes)] = codes[:length]
    return resized

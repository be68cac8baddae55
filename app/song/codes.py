"""The codes of a take along the takes that it departs from.

A take is its parent, except within its span: there coarser levels than those it made are the
parent's, those it made are its own, and finer ones are not there. One that was rendered in parts is
its parent where nothing was rendered yet. Knows codes and takes only.
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
    return Codes(tuple(_level(takes, own, level, spec) for level in Level))


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


def overlaid(codes: Codes, own: Codes, start: int, spec: ModelSpec) -> Codes:
    """The codes with those that a take made itself, from `start` on, in their place."""
    return Codes(tuple(_put(codes.at(n), own.at(n), start // spec.hop(n)) for n in Level))


def _put(codes: NDArray[np.uint16], own: NDArray[np.uint16], first: int) -> NDArray[np.uint16]:
    result = _resized(codes, max(len(codes), first + len(own)))
    known = np.flatnonzero(own != NO_CODE)
    result[first + known] = own[known]
    return result


def _level(takes: Sequence[Take], own: Own, level: Level, spec: ModelSpec) -> NDArray[np.uint16]:
    codes, hop = np.empty(0, np.uint16), spec.hop(level)
    for take in takes:
        codes = _resized(codes, take.length // hop)
        if level <= max(take.levels):
            inside = codes[take.span.start // hop : take.span.end // hop]
            mine = own(take.id).at(level) if level in take.levels else codes[:0]
            fresh = _fresh(take, own(take.id), level, spec)[: len(inside)]
            inside[: len(fresh)][fresh] = _resized(mine, len(fresh))[fresh]
    return codes


def _fresh(take: Take, own: Codes, level: Level, spec: ModelSpec) -> NDArray[np.bool_]:
    """Where the codes of a level are the take's own: all of its span, or what it has rendered."""
    coarsest = max(take.levels)
    count = take.span.length // spec.hop(coarsest)
    if coarsest is Level.TOP:
        fresh = np.ones(count, bool)
    else:
        fresh = _resized(own.at(coarsest), count) != NO_CODE
    return np.repeat(fresh, spec.hop(coarsest) // spec.hop(level))


def _resized(codes: NDArray[np.uint16], length: int) -> NDArray[np.uint16]:
    resized = np.full(length, NO_CODE, np.uint16)
    resized[: len(codes)] = codes[:length]
    return resized

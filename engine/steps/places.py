"""Where in a layer's cache a position's keys go, and which of them it sees, as whole numbers.

What `engine.nn.attention` says in torch for many positions, said for one. Bodies that draw one code
at a time all read it here: compiled, or as a table.
"""

from __future__ import annotations

from typing import NamedTuple

from engine.catalog.specs import Pattern, TransformerConfig

_DENSE, _BLOCK, _COLUMN = int(Pattern.DENSE), int(Pattern.BLOCK), int(Pattern.COLUMN)
_PREVIOUS, _CROSS, _LYRICS = (
    int(Pattern.PREVIOUS_BLOCK),
    int(Pattern.CROSS),
    int(Pattern.LYRICS),
)


class CachePlace(NamedTuple):
    """One layer's keys and values.

    Attributes:
        at: where they begin, in memory that holds those of all layers.
        groups, rows: as in `CacheShape`.
        tail: places of a block that BLOCK_SUMMARY and BLOCK_TAILS layers keep; else 0.
    """

    pattern: int
    at: int
    groups: int
    rows: int
    tail: int


def tail_of(pattern: Pattern, config: TransformerConfig) -> int:
    """The `CachePlace.tail` of a layer."""
    if pattern is Pattern.BLOCK_SUMMARY:
        return 1
    return config.tail_length if pattern is Pattern.BLOCK_TAILS else 0


def kept(place: CachePlace, block_length: int, position: int) -> tuple[int, int]:
    """Group and row for the keys of a position; row −1 where they are not kept."""
    block, inside = position // block_length, position % block_length
    if place.pattern == _DENSE:
        return 0, position
    if place.pattern == _BLOCK:
        return 0, inside
    if place.pattern == _COLUMN:
        return inside, block
    if place.pattern == _PREVIOUS:
        return block % 2, inside
    if place.pattern == _CROSS:
        return 0, -1
    if place.pattern == _LYRICS:
        return 0, position if position < place.rows else -1
    within = inside - (block_length - place.tail)
    return 0, (block + 1) * place.tail + within if within >= 0 else -1


def seen(place: CachePlace, block_length: int, position: int) -> tuple[int, int]:
    """Group, and how many rows of it a position sees."""
    block, inside = position // block_length, position % block_length
    if place.pattern == _DENSE:
        return 0, position + 1
    if place.pattern == _BLOCK:
        return 0, inside + 1
    if place.pattern == _COLUMN:
        return inside, block + 1
    if place.pattern == _PREVIOUS:
        return (block + 1) % 2, block_length
    if place.pattern == _CROSS:
        return 0, place.rows
    if place.pattern == _LYRICS:
        return 0, min(place.rows, position + 1)
    own = max(0, inside + 1 - (block_length - place.tail))
    return 0, min((block + 1) * place.tail + own, place.rows - place.tail)

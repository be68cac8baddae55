"""Attention of one position to those before it, in numba.

Knows how keys and values lie in memory. Which of them a position sees, `engine.steps.places` says.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from engine.steps.arithmetic import Floats, exponential
from engine.steps.compiled import loose, strict
from engine.steps.lanes import PANEL, half_panel, larger, one_row
from engine.steps.places import CachePlace, kept, seen

_ZERO = np.float32(0)
_VALUE_STEP = PANEL // 2


@strict
def padded(rows: int) -> int:
    """Keys of a group with those that fill its last panel."""
    return (rows + PANEL - 1) // PANEL * PANEL


@strict
def widened(head: int) -> int:
    """Numbers that a value takes up."""
    return (head + _VALUE_STEP - 1) // _VALUE_STEP * _VALUE_STEP


@strict
def cache_sizes(rows: int, head: int) -> tuple[int, int]:
    """Numbers that the keys and the values of one group and sequence take up."""
    return padded(rows) * head, rows * widened(head)


class Shape(NamedTuple):
    """What all layers of a stack share: widths, heads, positions in a block.

    `branch_scale` is that of what a layer adds to the stream.
    """

    width: int
    state: int
    heads: int
    mlp: int
    block: int
    branch_scale: np.float32


class Memory(NamedTuple):
    """Keys and values of all layers, and room for one position's scores and what it sees.

    Keys lie in panels as matrices do, so that scores are a linear map of a query: for each group
    and sequence, 64 keys by their numbers. So do values, whose mix is a linear map of weights:
    64 numbers of each value by all values, then the next 64; the last panel may be half as wide.
    Both are then read from memory in the order in which they lie.
    """

    cache: Floats
    scores: Floats


_kept, _seen = strict(kept), strict(seen)


@loose
def _to_weights(scores: Floats, count: int, scale: np.float32) -> None:
    """The softmax of the first `count` times a scale, in place."""
    most = scores[0]
    for n in range(1, count):
        most = larger(most, scores[n])
    total = _ZERO
    for n in range(count):
        scores[n] = exponential(scale * (scores[n] - most))
        total += scores[n]
    for n in range(count):
        scores[n] /= total


@strict
def _panel_width(head: int, column: int) -> int:
    """How many numbers of a value lie together from a column on."""
    return min(PANEL, widened(head) - column)


@strict
def _keep(place: CachePlace, shape: Shape, position: int, projected: Floats, cache: Floats) -> None:
    """Put the keys and values of a position where those that follow will look for them."""
    group, kept = _kept(place, shape.block, position)
    if kept < 0:
        return
    head = shape.state // shape.heads
    sequences = projected.shape[0] * shape.heads
    keys_size, values_size = cache_sizes(place.rows, head)
    for sequence in range(sequences):
        row, first = sequence // shape.heads, shape.state + sequence % shape.heads * head
        number = group * sequences + sequence
        key = place.at + number * keys_size + kept // PANEL * PANEL * head + kept % PANEL
        for i in range(head):
            cache[key + i * PANEL] = projected[row, first + i]
        value = place.at + place.groups * sequences * keys_size + number * values_size
        for column in range(0, head, PANEL):
            at = value + place.rows * column + kept * _panel_width(head, column)
            for i in range(min(PANEL, head - column)):
                cache[at + i] = projected[row, shape.state + first + column + i]


@strict
def _look(memory: Memory, values: int, rows: int, count: int, head: int) -> None:
    """From scores of the first `count` keys to the mix of their values, at the scores' end.

    Args:
        values: where they begin; there are so many `rows` of them.
    """
    cache, scores, wide = memory.cache, memory.scores, widened(head)
    _to_weights(scores, count, np.float32(1 / np.sqrt(head)))
    mixed = scores.size - wide
    for n in range(mixed, scores.size):
        scores[n] = _ZERO
    for column in range(0, wide, PANEL):
        width = _panel_width(head, column)
        places = (values + rows * column, width, 0, 0, mixed + column, 0, count)
        if width == PANEL:
            one_row(cache, scores, scores, places)
        else:
            half_panel(cache, scores, scores, places)


@strict
def attend(
    place: CachePlace, shape: Shape, position: int, projected: Floats, memory: Memory, out: Floats
) -> None:
    """Keep the keys and values of a position, then let it look at what it sees.

    Of all rows before any looks: a vector that is read right after a number in it was written
    waits until that is done.

    Args:
        projected: (rows, …): queries, then keys and values but for CROSS layers.
        out: (rows, …) what each row saw.
    """
    _keep(place, shape, position, projected, memory.cache)
    cache, scores, head = memory.cache, memory.scores, shape.state // shape.heads
    rows, stride = projected.shape
    keys_size, values_size = cache_sizes(place.rows, head)
    sequences = rows * shape.heads
    values_at = place.at + place.groups * sequences * keys_size
    group, count = _seen(place, shape.block, position)
    for sequence in range(sequences):
        row, column = sequence // shape.heads, sequence % shape.heads * head
        number = group * sequences + sequence
        keys = place.at + number * keys_size
        for first in range(0, count, PANEL):
            for n in range(first, first + PANEL):
                scores[n] = _ZERO
            from_row = row * stride + column
            places = (keys + first * head, PANEL, from_row, stride, first, 0, head)
            one_row(cache, projected, scores, places)
        _look(memory, values_at + number * values_size, place.rows, count, head)
        mixed = scores.size - widened(head)
        for i in range(head):
            out[row, column + i] = scores[mixed + i]

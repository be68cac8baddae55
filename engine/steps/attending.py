"""Attention of one position to those before it, in numba.

Knows how keys and values lie in memory. Which of them a position sees, `engine.steps.places` says.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.steps.arithmetic import Floats, exponential
from engine.steps.compiled import loose, strict
from engine.steps.crew import Crew, meet
from engine.steps.lanes import PANEL, STRIP, half_panel, held, larger, one_of_many
from engine.steps.places import CachePlace, kept, seen

Cache = NDArray[np.generic]

_ZERO, _ONE, _NEVER = np.float32(0), np.float32(1), np.float32(-1e30)
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


class Rows(NamedTuple):
    """What the rows of the room to work in are: takes at one position, or positions of one take.

    Attributes:
        takes: that memory is for.
        take, position: of the first row.
        along: 0 if each next row is the next take, 1 if it is the next position.
    """

    takes: int
    take: int
    position: int
    along: int


class Memory(NamedTuple):
    """Keys and values of all layers, and for each member of a crew room for one position's scores
    and what it sees.

    The numbers are float32, or half floats as uint16.
    Keys lie in panels as matrices do, so that scores are a linear map of a query: for each group
    and sequence, 64 keys by their numbers. So do values, whose mix is a linear map of weights:
    64 numbers of each value by all values, then the next 64; the last panel may be half as wide.
    Both are then read from memory in the order in which they lie.
    """

    cache: Cache
    scores: Floats


_kept, _seen = strict(kept), strict(seen)


@strict
def take_of(rows: Rows, row: int) -> int:
    """The take of a row."""
    return rows.take + row * (1 - rows.along)


@strict
def position_of(rows: Rows, row: int) -> int:
    """The position of a row."""
    return rows.position + row * rows.along


@loose
def _to_weights(scores: Floats, count: int, scale: np.float32) -> None:
    """The softmax of the first `count` times a scale, in place; 0 up to the panel's end.

    By whole panels, which become vectors without a rest.
    """
    whole = scores[: padded(count)]
    rest = whole[count:]
    for n in range(rest.size):
        rest[n] = _NEVER
    most = _NEVER
    for n in range(whole.size):
        most = larger(most, whole[n])
    total = _ZERO
    for n in range(whole.size):
        whole[n] = exponential(scale * (whole[n] - most))
        total += whole[n]
    gain = _ONE / total
    for n in range(whole.size):
        whole[n] *= gain


@strict
def _panel_width(head: int, column: int) -> int:
    """How many numbers of a value lie together from a column on."""
    return min(PANEL, widened(head) - column)


@strict
def _keep(
    place: CachePlace, shape: Shape, rows: Rows, projected: Floats, cache: Cache, crew: Crew
) -> None:
    """Put the keys and values of all rows where those that follow will look for them."""
    head = shape.state // shape.heads
    sequences = rows.takes * shape.heads
    keys_size, values_size = cache_sizes(place.rows, head)
    for item in range(crew.member, projected.shape[0] * shape.heads, crew.size):
        row, h = item // shape.heads, item % shape.heads
        group, kept = _kept(place, shape.block, position_of(rows, row))
        if kept < 0:
            continue
        first = shape.state + h * head
        number = group * sequences + take_of(rows, row) * shape.heads + h
        key = place.at + number * keys_size + kept // PANEL * PANEL * head + kept % PANEL
        given = projected[row, first : first + head]
        keys = cache[key : key + head * PANEL]
        for i in range(head):
            keys[i * PANEL] = held(given[i], cache)
        given = projected[row, first + shape.state : first + shape.state + head]
        value = place.at + place.groups * sequences * keys_size + number * values_size
        for column in range(0, head, PANEL):
            at = value + place.rows * column + kept * _panel_width(head, column)
            width = min(PANEL, head - column)
            values, these = cache[at : at + width], given[column : column + width]
            for i in range(width):
                values[i] = held(these[i], cache)


class Sight(NamedTuple):
    """Where the keys and the values lie that a head sees, and how many it sees."""

    keys: int
    values: int
    seen: int


@strict
def _sight(place: CachePlace, shape: Shape, rows: Rows, item: int) -> Sight:
    """What a head of a row sees; `item` counts heads of rows."""
    row, h, sequences = item // shape.heads, item % shape.heads, rows.takes * shape.heads
    group, count = _seen(place, shape.block, position_of(rows, row))
    number = group * sequences + take_of(rows, row) * shape.heads + h
    keys_size, values_size = cache_sizes(place.rows, shape.state // shape.heads)
    values_at = place.at + place.groups * sequences * keys_size
    return Sight(place.at + number * keys_size, values_at + number * values_size, count)


@strict
def _look(
    cache: Cache, scores: Floats, sight: Sight, following: Sight, size: tuple[int, int]
) -> None:
    """From scores of the keys seen to the mix of their values, at the scores' end.

    Args:
        following: what is looked at next.
        size: values there are, seen or not, and numbers in each.
    """
    rows, head = size
    wide, ahead = widened(head), following.values - sight.values
    _to_weights(scores, sight.seen, np.float32(1 / np.sqrt(head)))
    mixed = scores.size - wide
    sums = scores[mixed:]
    for n in range(wide):
        sums[n] = _ZERO
    for column in range(0, wide, PANEL):
        width, values = _panel_width(head, column), sight.values + rows * column
        places = (values, width, STRIP, ahead, 0, 0, mixed + column, 0, sight.seen)
        if width == PANEL:
            one_of_many(cache, scores, scores, places)
        else:
            half_panel(cache, scores, scores, places)


@strict
def attend(
    place: CachePlace,
    shape: Shape,
    rows: Rows,
    vectors: tuple[Floats, Floats],
    memory: Memory,
    crew: Crew,
) -> None:
    """Keep the keys and values of all rows, then let each look at what it sees.

    Of all before any looks: a vector that is read right after a number in it was written waits
    until that is done. Heads of rows are dealt to a crew in turn.

    Args:
        vectors: (rows, …): queries, then keys and values but for CROSS layers; and (rows, …) for
            what each row saw, ready to all.
    """
    projected, out = vectors
    _keep(place, shape, rows, projected, memory.cache, crew)
    meet(crew)
    cache, scores = memory.cache, memory.scores[crew.member]
    stride, head = projected.shape[1], shape.state // shape.heads
    items = projected.shape[0] * shape.heads
    following = _sight(place, shape, rows, crew.member)
    for item in range(crew.member, items, crew.size):
        sight = following
        following = _sight(place, shape, rows, min(item + crew.size, items - 1))
        row, column = item // shape.heads, item % shape.heads * head
        whole = scores[: padded(sight.seen)]
        for n in range(whole.size):
            whole[n] = _ZERO
        query, ahead = row * stride + column, following.keys - sight.keys
        for first in range(0, sight.seen, PANEL):
            keys = sight.keys + first * head
            places = (keys, PANEL, STRIP, ahead, query, stride, first, 0, head)
            one_of_many(cache, projected, scores, places)
        _look(cache, scores, sight, following, (place.rows, head))
        mixed, there = scores[scores.size - widened(head) :], out[row, column : column + head]
        for i in range(head):
            there[i] = mixed[i]
    meet(crew)

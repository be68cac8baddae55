"""What a layer computes besides attention, in numba: linear maps, normalisation, the bend.

Arrays are (rows, width) float32, contiguous, wider than what they hold where a panel is. Functions
write into what they are given and allocate nothing. Any two of their rows are independent: each
member of a crew computes those that are its own, and of linear maps its share of the outputs.
"""

from __future__ import annotations

from typing import Any, NamedTuple, cast

import numpy as np
from numba import types
from numba.extending import overload
from numpy.typing import NDArray

from engine.steps.compiled import OPTIONS, fused, loose, strict
from engine.steps.crew import Crew, meet, share
from engine.steps.lanes import (
    INPUT_OFFSET,
    PANEL,
    ROWS,
    STRIP,
    eight_rows,
    four_rows,
    larger,
    low_byte,
    one_row,
    to_bfloat,
    two_rows,
    two_to_the,
)

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

_CHUNK = 64
_AHEAD_BYTES = 8192  # Are read in 0.3 µs by eight rows: about what a busy memory takes to answer.
_BYTES_OF_GROUP = 4
_GELU_GAIN = np.float32(1.702)
_EPS = np.float32(1e-5)
_LOG2_E = np.float32(1.4426950408889634)
_LN2_HIGH, _LN2_LOW = np.float32(0.693359375), np.float32(-2.12194440e-4)
_WHOLE = np.float32(1.5 * 2**23)
_LEAST, _MOST = np.float32(-87.0), np.float32(88.0)
_HALF, _ONE, _ZERO = np.float32(0.5), np.float32(1), np.float32(0)
_SIXTH, _P4, _P5, _P6, _P7 = (np.float32(1 / n) for n in (6, 24, 120, 720, 5040))
_BYTE = np.float32(127)
_WHOLE_BYTE = np.float32(1.5 * 2**23 + INPUT_OFFSET)


class Linear(NamedTuple):
    """Where a linear map lies: rows of `Weights.maps`.

    Attributes:
        panels: where its weights begin.
        inputs: rows of the matrix; where weights lie in groups, rounded up to a whole one.
        outputs: columns, rounded up to a whole panel.
        bias: where its bias begins among the vectors.
        scales: where the scales of bytes begin among the vectors.
        offsets: where what cancels the inputs' offset begins.
    """

    panels: int
    inputs: int
    outputs: int
    bias: int
    scales: int
    offsets: int


class Weights(NamedTuple):
    """All weights of a stack and its output matrix.

    Attributes:
        panels: matrices (see `engine.steps.panels`).
        vectors: float32: biases, normalisations' gains and biases, scales.
        offsets: int32, for bytes only.
        maps: (maps, 6) int64, rows as `Linear`.
    """

    panels: NDArray[np.generic]
    vectors: Floats
    offsets: NDArray[np.int32]
    maps: Ints


class Room(NamedTuple):
    """What a linear map of bytes or bfloat16 needs besides its rows; empty where it is not needed.

    Attributes:
        pairs: (rows, width) inputs as bfloat16.
        inputs: (rows, width) inputs as bytes.
        sums: (rows, width) int32.
        scales: (rows,) float32.
    """

    pairs: NDArray[np.int16]
    inputs: NDArray[np.int8]
    sums: NDArray[np.int32]
    scales: Floats


@fused
def exponential(x: np.float32) -> np.float32:
    """e to the power of a float32, to its last bit or two; 0 below −87."""
    bounded = min(max(x, _LEAST), _MOST)
    shifted = bounded * _LOG2_E + _WHOLE
    whole = shifted - _WHOLE
    r = (bounded - whole * _LN2_HIGH) - whole * _LN2_LOW
    series = _P6 + r * _P7
    series = _P5 + r * series
    series = _P4 + r * series
    series = _SIXTH + r * series
    series = _HALF + r * series
    series = _ONE + r * series
    value = (_ONE + r * series) * two_to_the(shifted)
    return value if x >= _LEAST else _ZERO


@loose
def normalise(x: Floats, out: Floats, vectors: Floats, place: tuple[int, int], crew: Crew) -> None:
    """Layer normalisation of each row.

    Args:
        place: where gains lie, with biases right after; how many there are of each.
    """
    at, width = place
    gains, biases = vectors[at : at + width], vectors[at + width : at + 2 * width]
    for row in range(crew.member, x.shape[0], crew.size):
        total = _ZERO
        for i in range(width):
            total += x[row, i]
        mean = total / np.float32(width)
        spread = _ZERO
        for i in range(width):
            spread += (x[row, i] - mean) * (x[row, i] - mean)
        gain = _ONE / np.sqrt(spread / np.float32(width) + _EPS)
        for i in range(width):
            out[row, i] = (x[row, i] - mean) * gain * gains[i] + biases[i]


@fused
def bend(x: Floats, width: int, crew: Crew) -> None:
    """x · sigmoid(1.702 x), in place."""
    for row in range(crew.member, x.shape[0], crew.size):
        for i in range(width):
            value = x[row, i]
            x[row, i] = value / (_ONE + exponential(-_GELU_GAIN * value))


@strict
def _spread_tiles(
    panels: NDArray[np.generic], inputs: Any, sums: Any, at: int, size: tuple[int, int, int]
) -> None:
    """Some panels over all rows; `size` is inputs of the map, and which panels.

    Any: (rows, …) of floats, int16 and floats, or int8 and int32.
    """
    count, from_panel, to_panel = size
    rows, wide = sums.shape
    group = _BYTES_OF_GROUP // inputs.itemsize
    line, stride, ahead = STRIP * group, inputs.shape[1] // group, _AHEAD_BYTES // panels.itemsize
    chunk = count if rows in (1, 2, 4, ROWS) else _CHUNK
    for panel in range(from_panel, to_panel):
        for first in range(0, count, chunk):
            here = min(chunk, count - first)
            there = at + (panel * 2 * count + first) * line
            row = 0
            while row < rows:
                from_to = (row * stride + first, stride, row * wide + panel * PANEL, wide)
                places = (there, line, count * line, ahead, *from_to, here)
                if row + 8 <= rows and ROWS == 8:
                    eight_rows(panels, inputs, sums, places)
                    row += 8
                elif row + 4 <= rows:
                    four_rows(panels, inputs, sums, places)
                    row += 4
                elif row + 2 <= rows:
                    two_rows(panels, inputs, sums, places)
                    row += 2
                else:
                    one_row(panels, inputs, sums, places)
                    row += 1


def linear(weights: Weights, number: int, x: Floats, out: Floats, room: Room, crew: Crew) -> None:
    """A linear map of each row: x · matrix + bias, from rows that are ready to their owners, to
    rows that are ready to all. Compiled code calls it; torch has its own."""
    raise NotImplementedError


@overload(linear, jit_options=cast(Any, {**OPTIONS, "fastmath": {"contract"}}), strict=False)
def _linear(weights: Any, number: Any, x: Any, out: Any, room: Any, crew: Any) -> Any:
    """Which of the three, by the type of the weights. (Any: numba's types of these.)"""
    special = {types.int8: _byte_linear, types.int16: _pair_linear}
    return special.get(weights.types[0].dtype, _float_linear)


def _float_linear(
    weights: Weights, number: int, x: Floats, out: Floats, room: Room, crew: Crew
) -> None:
    meet(crew)
    _add_panels(weights, weights.maps[number], x, out, crew)


def _pair_linear(
    weights: Weights, number: int, x: Floats, out: Floats, room: Room, crew: Crew
) -> None:
    inputs = weights.maps[number][1]
    for row in range(crew.member, x.shape[0], crew.size):
        pairs = room.pairs[row, :inputs]
        for i in range(inputs):
            pairs[i] = to_bfloat(x[row, i])
    meet(crew)
    _add_panels(weights, weights.maps[number], room.pairs, out, crew)


@strict
def _add_panels(weights: Weights, place: Ints, inputs: Any, out: Floats, crew: Crew) -> None:
    """The biases and a member's share of the sums. (Any: (rows, …) floats or int16.)"""
    count, bias, panels = place[1] * inputs.itemsize // _BYTES_OF_GROUP, place[3], place[2] // PANEL
    first, end = share(crew, panels, 0)
    while first < panels:
        biases = weights.vectors[bias + first * PANEL : bias + end * PANEL]
        for row in range(out.shape[0]):
            sums = out[row, first * PANEL : end * PANEL]
            for o in range(biases.size):
                sums[o] = biases[o]
        _spread_tiles(weights.panels, inputs, out, place[0], (count, first, end))
        first, end = share(crew, panels, end)
    meet(crew)


def _byte_linear(
    weights: Weights, number: int, x: Floats, out: Floats, room: Room, crew: Crew
) -> None:
    place = weights.maps[number]
    at, inputs, outputs = place[0], place[1], place[2]
    for row in range(crew.member, x.shape[0], crew.size):
        room.scales[row] = _to_bytes(x[row, :inputs], room.inputs[row])
    meet(crew)
    panels = outputs // PANEL
    first, end = share(crew, panels, 0)
    while first < panels:
        of, to = first * PANEL, end * PANEL
        offsets = weights.offsets[place[5] + of : place[5] + to]
        for row in range(x.shape[0]):
            sums = room.sums[row, of:to]
            for o in range(offsets.size):
                sums[o] = offsets[o]
        _spread_tiles(
            weights.panels, room.inputs, room.sums, at, (inputs // _BYTES_OF_GROUP, first, end)
        )
        biases = weights.vectors[place[3] + of : place[3] + to]
        steps = weights.vectors[place[4] + of : place[4] + to]
        for row in range(x.shape[0]):
            scale, sums, given = room.scales[row], room.sums[row, of:to], out[row, of:to]
            for o in range(sums.size):
                given[o] = np.float32(sums[o]) * (scale * steps[o]) + biases[o]
        first, end = share(crew, panels, end)
    meet(crew)


@loose
def _to_bytes(x: Floats, out: NDArray[np.int8]) -> np.float32:
    """Round to 255 steps between the largest and its opposite, and return the step."""
    most = np.float32(1e-30)
    for i in range(x.size):
        most = larger(most, abs(x[i]))
    gain = _BYTE / most
    for i in range(x.size):
        out[i] = low_byte(x[i] * gain + _WHOLE_BYTE)
    return most / _BYTE

"""The residual block of a decoder as one compiled function, for processors.

It gives what the block of `engine.nn.residual` gives, without the cost of many small operations.
The inner loop is in LLVM's own language, in vectors of 16 numbers that LLVM cuts to what the
machine has: several positions share the weights that are loaded, and their sums stay in registers.
Every position is summed up in one order, whatever stands around it, so it does not matter in which
stretches a sequence comes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import llvmlite.binding as llvm
import numpy as np
from llvmlite import ir
from numba import config, njit, types
from numba.core import cgutils
from numba.extending import intrinsic
from numpy.typing import NDArray

_LANES = 16
_VECTORS = 2
PANEL = _VECTORS * _LANES
"""Channels whose weights lie together: widths are multiples of it."""

TILE = 8
"""Positions come in multiples of it."""

_INDEX, _FLOAT = ir.IntType(64), ir.FloatType()
_FLOATS = ir.VectorType(_FLOAT, _LANES)
_FEATURES = cast(Any, config).CPU_FEATURES or llvm.get_host_cpu_features().flatten()
_ROWS, _VECTORS_AT_ONCE = (8, 2) if "+avx512f" in _FEATURES.split(",") else (4, 1)

Array = NDArray[np.float32]
F = TypeVar("F", bound=Callable[..., Any])  # Any: a signature is that of the function it is on.


def _compiled(function: F) -> F:
    """Compiled on first use, and kept on disk."""
    return cast(F, njit(cache=True, nogil=True, error_model="numpy")(function))


def _summing_in_any_order(function: F) -> F:
    """The same where sums may be cut to vectors; how depends on their length alone."""
    fast = {"contract", "reassoc", "nsz"}
    return cast(F, njit(cache=True, nogil=True, error_model="numpy", fastmath=fast)(function))


def _products(taps: int, *, bent: bool = False) -> Any:
    """The loop for so many taps, as numba calls it; `bent` leaves of the sums what is positive.

    Any: numba and llvmlite have no types.
    """

    def products(
        typing: Any, weights: Any, inputs: Any, starts: Any, sums: Any, places: Any
    ) -> Any:
        """Sums of a panel's products with the inputs of some positions.

        Args:
            weights: panels of (taps, inputs, 32), contiguous float32.
            inputs, starts, sums: contiguous float32; sums begin with what `starts` holds.
            places: where in each of the four to begin; how far apart positions are in inputs,
                starts and sums; how far apart taps are in inputs; how many inputs.
        """

        def emit(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            arrays = [
                cgutils.create_struct_proxy(kind)(context, builder, value=value).data
                for kind, value in zip(signature.args[:4], args[:4], strict=True)
            ]
            numbers = [builder.extract_value(args[4], n) for n in range(9)]
            firsts = [builder.gep(part, [at]) for part, at in zip(arrays, numbers[:4], strict=True)]
            for lane in range(0, PANEL, _VECTORS_AT_ONCE * _LANES):
                _emit_loops(builder, firsts, numbers[4:], lane, (taps, bent))
            return context.get_dummy_value()

        return types.void(weights, inputs, starts, sums, places), emit

    return intrinsic(products)


_one_tap, _two_taps, _three_taps = _products(1), _products(2), _products(3)
_three_bent = _products(3, bent=True)


def _emit_loops(
    builder: Any, firsts: list[Any], numbers: list[Any], first: int, kind: tuple[int, bool]
) -> None:
    """Read what sums start with, add the products of one tap after the other, and write them.

    As many lanes from `first` on as leave all sums in registers.
    """
    weights, inputs, starts, sums = firsts
    input_stride, start_stride, sum_stride, tap_stride, count = numbers
    taps, bent = kind
    totals = [
        builder.load(place, align=4) for place in _places(builder, starts, start_stride, first)
    ]
    for tap in range(taps):
        line = builder.gep(weights, [builder.mul(count, _INDEX(tap * PANEL))])
        seen = builder.gep(inputs, [builder.mul(tap_stride, _INDEX(tap))])
        columns = builder.gep(line, [_INDEX(first)])
        totals = _emit_loop(builder, (columns, seen, input_stride, count), totals)
    none = ir.Constant(_FLOATS, [0.0] * _LANES)
    for place, total in zip(_places(builder, sums, sum_stride, first), totals, strict=True):
        kept = (
            builder.select(builder.fcmp_ordered(">", total, none), total, none) if bent else total
        )
        builder.store(kept, place, align=4)


def _places(builder: Any, start: Any, stride: Any, first: int) -> list[Any]:
    """Where the vectors of all rows lie, from a lane on."""
    lanes = range(first, first + _VECTORS_AT_ONCE * _LANES, _LANES)
    rows = [builder.gep(start, [builder.mul(stride, _INDEX(row))]) for row in range(_ROWS)]
    vector = _FLOATS.as_pointer()
    return [
        builder.bitcast(builder.gep(row, [_INDEX(lane)]), vector) for row in rows for lane in lanes
    ]


def _emit_loop(builder: Any, where: tuple[Any, Any, Any, Any], before: list[Any]) -> list[Any]:
    """Add the products of one input after the other to some sums.

    Args:
        where: the weights, the inputs, how far apart positions are in these, how many there are.
    """
    weights, inputs, stride, count = where
    vector = _FLOATS.as_pointer()
    start, loop = builder.block, builder.append_basic_block("inputs")
    end = builder.append_basic_block("done")
    builder.branch(loop)
    builder.position_at_end(loop)
    index = builder.phi(_INDEX)
    totals = [builder.phi(_FLOATS) for _ in before]
    line = builder.gep(weights, [builder.mul(index, _INDEX(PANEL))])
    columns = [
        builder.load(builder.bitcast(builder.gep(line, [_INDEX(n * _LANES)]), vector), align=4)
        for n in range(_VECTORS_AT_ONCE)
    ]
    after = [
        total
        for row in range(_ROWS)
        for total in _row(
            builder,
            builder.gep(inputs, [builder.add(builder.mul(stride, _INDEX(row)), index)]),
            columns,
            totals[row * len(columns) : (row + 1) * len(columns)],
        )
    ]
    following = builder.add(index, _INDEX(1))
    index.add_incoming(_INDEX(0), start)
    index.add_incoming(following, loop)
    for total, old, new in zip(totals, before, after, strict=True):
        total.add_incoming(old, start)
        total.add_incoming(new, loop)
    builder.cbranch(builder.icmp_signed("<", following, count), loop, end)
    builder.position_at_end(end)
    return after


def _row(builder: Any, place: Any, columns: list[Any], totals: list[Any]) -> list[Any]:
    """One input of one position, times the weights, added to the position's sums."""
    none = ir.Constant(_FLOATS, ir.Undefined)
    first = builder.insert_element(none, builder.load(place), ir.IntType(32)(0))
    lanes = ir.Constant(ir.VectorType(ir.IntType(32), _LANES), [0] * _LANES)
    spread = builder.shuffle_vector(first, none, lanes)
    kind = ir.FunctionType(_FLOATS, [_FLOATS] * 3)
    fused = cgutils.get_or_insert_function(builder.module, kind, "llvm.fmuladd.v16f32")
    return [
        builder.call(fused, [column, spread, total])
        for column, total in zip(columns, totals, strict=True)
    ]


@_compiled
def _move_on(kept: Array, tile: int) -> None:
    """Let the last rows be the first; there is room for a tile after them."""
    for t in range(kept.shape[0] - tile):
        for c in range(kept.shape[1]):
            kept[t, c] = kept[t + tile, c]


@_compiled
def residual_block(
    rows: Array,
    kept: tuple[Array, Array, Array],
    out: Array,
    weights: tuple[Array, Array, Array, Array],
    dilation: int,
) -> None:
    """rows + pointwise(ReLU(dilated(ReLU(rows)))) of a tile, `dilation` positions late.

    Args:
        rows: (tile, width) what comes next; a tile is a multiple of `TILE`, and `width` and
            `inner` are multiples of `PANEL`.
        kept: (2 · dilation + tile, width) what the convolution sees and (dilation + tile, width)
            what goes past it, the last bias added, both moved on by this call; (tile, inner) room
            to work in.
        out: (tile, width) filled by this call.
        weights: `panels` of the dilated convolution and its bias, the same of the pointwise one.
    """
    heard, past, inner = kept
    dilated, dilated_bias, pointwise, pointwise_bias = weights
    tile, width = rows.shape
    between = inner.shape[1]
    _move_on(heard, tile)
    _move_on(past, tile)
    for t in range(tile):
        for c in range(width):
            heard[2 * dilation + t, c] = max(rows[t, c], np.float32(0))
            past[dilation + t, c] = rows[t, c] + pointwise_bias[c]
    for panel in range(dilated.shape[0]):
        at, first = panel * 3 * width * PANEL, panel * PANEL
        for t in range(0, tile, _ROWS):
            places = (at, t * width, first, t * between + first,
                      width, 0, between, dilation * width, width)  # fmt: skip
            _three_bent(dilated, heard, dilated_bias, inner, places)
    for panel in range(pointwise.shape[0]):
        at, first = panel * between * PANEL, panel * PANEL
        for t in range(0, tile, _ROWS):
            to = t * width + first
            places = (at, t * between, to, to, between, width, width, 0, between)
            _one_tap(pointwise, inner, past, out, places)


@_compiled
def convolution(
    rows: Array, seen: Array, out: Array, phases: tuple[Array, Array], bias: Array
) -> None:
    """A convolution of a tile, plain or transposed, one position late.

    Args:
        rows: (tile, inputs) what comes next; a tile is a multiple of `TILE`.
        seen: (2 + tile, inputs), moved on by this call.
        out: (tile, phases · outputs) filled by this call; `outputs` is a multiple of `PANEL`.
        phases: `panels` of each phase, of two or three taps, and the row of `seen` at which its
            first tap begins.
    """
    weights, firsts = phases
    tile, inputs = rows.shape
    across, outputs = out.shape[1], bias.shape[0]
    taps = weights.shape[2]
    _move_on(seen, tile)
    for t in range(tile):
        for c in range(inputs):
            seen[2 + t, c] = rows[t, c]
    for phase in range(weights.shape[0]):
        for panel in range(weights.shape[1]):
            at = (phase * weights.shape[1] + panel) * taps * inputs * PANEL
            for t in range(0, tile, _ROWS):
                to = t * across + phase * outputs + panel * PANEL
                places = (at, (firsts[phase] + t) * inputs, panel * PANEL, to,
                          inputs, 0, across, inputs, inputs)  # fmt: skip
                if taps == 3:
                    _three_taps(weights, seen, bias, out, places)
                else:
                    _two_taps(weights, seen, bias, out, places)


@_summing_in_any_order
def sound(rows: Array, seen: Array, out: Array, taps: Array, bias: Array) -> None:
    """A transposed convolution to very few outputs, one position late.

    Args:
        rows, seen: as for `convolution`.
        out: (tile, phases) filled by this call.
        taps: (phases, 3 · inputs): of the position before, the position itself and the one after.
        bias: (phases,).
    """
    tile, inputs = rows.shape
    _move_on(seen, tile)
    for t in range(tile):
        for c in range(inputs):
            seen[2 + t, c] = rows[t, c]
    line = seen.reshape(seen.size)
    for t in range(tile):
        for phase in range(len(bias)):
            total = bias[phase]
            for n in range(3 * inputs):
                total += line[t * inputs + n] * taps[phase, n]
            out[t, phase] = total


def panels(weight: Array) -> Array:
    """(taps, inputs, outputs) as (panels, taps, inputs, 32), as `residual_block` reads them."""
    taps, inputs, outputs = weight.shape
    apart = weight.reshape(taps, inputs, outputs // PANEL, PANEL)
    return np.ascontiguousarray(apart.transpose(2, 0, 1, 3))

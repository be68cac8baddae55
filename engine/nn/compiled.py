"""A decoder as one compiled function, for processors: a tile of codes in, a tile of sound out.

It gives what the layers of `engine.nn.tiles` give, without the cost of many small operations. What
it does is written in a program, a `LINE` for each layer. All that layers will see again lies in one
array, all weights in another.

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

from engine.nn.lines import BLOCK, PANEL, TILE

_LANES = 16
_INDEX, _FLOAT = ir.IntType(64), ir.FloatType()
_FLOATS = ir.VectorType(_FLOAT, _LANES)
_FEATURES = cast(Any, config).CPU_FEATURES or llvm.get_host_cpu_features().flatten()
_ROWS, _VECTORS_AT_ONCE = (8, 2) if "+avx512f" in _FEATURES.split(",") else (4, 1)

Array = NDArray[np.float32]
_in_llvm: Any = intrinsic  # llvmlite and numba tell no types of theirs.
F = TypeVar("F", bound=Callable[..., Any])  # Any: a signature is that of the function it is on.


def _compiled(function: F) -> F:
    """Compiled on first use, and kept on disk."""
    return cast(F, njit(cache=True, nogil=True, error_model="numpy")(function))


def _products(taps: int, *, bent: bool = False, onto: bool = False) -> Any:
    """The loop for so many taps, as numba calls it.

    Any: numba and llvmlite have no types.

    Args:
        bent: leave of the sums what is positive.
        onto: add them to rows that came before.
    """

    def products(typing: Any, weights: Any, memory: Any, places: Any) -> Any:
        """Sums of a panel's products with the inputs of some positions.

        Args:
            weights: all, with panels of (taps, inputs, 32).
            memory: with inputs, with rows that sums are added to, and with room for sums.
            places: where the panel begins among the weights, and its bias; where inputs, the rows
                before and sums begin in the memory; how far apart positions are in these three;
                how far apart taps are in inputs; how many inputs.
        """

        def emit(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            given, kept = (
                _numbers(context, builder, kind, part)
                for kind, part in zip(signature.args[:2], args[:2], strict=True)
            )
            at = [builder.extract_value(args[2], n) for n in range(10)]
            arrays = (given, given, kept, kept, kept)
            firsts = [builder.gep(part, [at[n]]) for n, part in enumerate(arrays)]
            for lane in range(0, PANEL, _VECTORS_AT_ONCE * _LANES):
                _emit_loops(builder, firsts, at[5:], lane, (taps, bent, onto))
            return context.get_dummy_value()

        return types.void(weights, memory, places), emit

    return intrinsic(products)


_point_onto = _products(1, onto=True)
_two_taps, _three_taps = _products(2), _products(3)
_three_bent = _products(3, bent=True)


def _emit_loops(
    builder: Any,
    firsts: list[Any],
    numbers: list[Any],
    first: int,
    kind: tuple[int, bool, bool],
) -> None:
    """Begin with the bias, add the products of one tap after the other, and write the sums.

    As many lanes from `first` on as leave all sums in registers.
    """
    weights, bias, inputs, before, sums = firsts
    input_stride, before_stride, sum_stride, tap_stride, count = numbers
    taps, bent, onto = kind
    totals = [builder.load(place, align=4) for place in _places(builder, bias, _INDEX(0), first)]
    if onto:
        rows = _places(builder, before, before_stride, first)
        totals = [
            builder.fadd(total, builder.load(row, align=4))
            for total, row in zip(totals, rows, strict=True)
        ]
    for tap in range(taps):
        line = builder.gep(weights, [builder.mul(count, _INDEX(tap * PANEL))])
        seen = builder.gep(inputs, [builder.mul(tap_stride, _INDEX(tap))])
        columns = builder.gep(line, [_INDEX(first)])
        totals = _emit_loop(builder, (columns, seen, input_stride, count), totals)
    for place, total in zip(_places(builder, sums, sum_stride, first), totals, strict=True):
        builder.store(_bent(builder, total) if bent else total, place, align=4)


def _bent(builder: Any, numbers: Any) -> Any:
    """What of them is positive."""
    none = ir.Constant(_FLOATS, [0.0] * _LANES)
    return builder.select(builder.fcmp_ordered(">", numbers, none), numbers, none)


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
    return [
        _fused(builder, column, spread, total)
        for column, total in zip(columns, totals, strict=True)
    ]


def _fused(builder: Any, one: Any, other: Any, total: Any) -> Any:
    """one · other + total."""
    kind = ir.FunctionType(_FLOATS, [_FLOATS] * 3)
    fused = cgutils.get_or_insert_function(builder.module, kind, f"llvm.fmuladd.v{_LANES}f32")
    return builder.call(fused, [one, other, total])


def _numbers(context: Any, builder: Any, kind: Any, array: Any) -> Any:
    """Where those of an array begin."""
    return cgutils.create_struct_proxy(kind)(context, builder, value=array).data


def _vector(builder: Any, numbers: Any, *places: Any) -> Any:
    """The vector of numbers at the sum of two places."""
    return builder.bitcast(builder.gep(numbers, [builder.add(*places)]), _FLOATS.as_pointer())


@_in_llvm
def _move(typing: Any, memory: Any, places: Any) -> Any:
    """Copy numbers within the memory; `places`: from where, to where, how many."""

    def emit(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        source, to, count = (builder.extract_value(args[1], n) for n in range(3))
        rows = _numbers(context, builder, signature.args[0], args[0])
        ends = builder.gep(rows, [to]), builder.gep(rows, [source])
        cgutils.raw_memmove(builder, *ends, count, 4, align=4)
        return context.get_dummy_value()

    return types.void(memory, places), emit


@_in_llvm
def _bend(typing: Any, memory: Any, places: Any) -> Any:
    """The same of whole vectors, without what is negative."""

    def emit(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        source, to, count = (builder.extract_value(args[1], n) for n in range(3))
        rows = _numbers(context, builder, signature.args[0], args[0])
        with cgutils.for_range_slice(builder, _INDEX(0), count, _INDEX(_LANES)) as (n, _):
            kept = builder.load(_vector(builder, rows, source, n), align=4)
            builder.store(_bent(builder, kept), _vector(builder, rows, to, n), align=4)
        return context.get_dummy_value()

    return types.void(memory, places), emit


@_in_llvm
def _dot(typing: Any, weights: Any, memory: Any, places: Any) -> Any:
    """The sum of products of weights and numbers; `places`: of both, how many: whole vectors."""

    def emit(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        taps, rows = (
            _numbers(context, builder, kind, part)
            for kind, part in zip(signature.args[:2], args[:2], strict=True)
        )
        tap, row, count = (builder.extract_value(args[2], n) for n in range(3))
        total = cgutils.alloca_once_value(builder, ir.Constant(_FLOATS, [0.0] * _LANES))
        with cgutils.for_range_slice(builder, _INDEX(0), count, _INDEX(_LANES)) as (n, _):
            one = builder.load(_vector(builder, taps, tap, n), align=4)
            other = builder.load(_vector(builder, rows, row, n), align=4)
            builder.store(_fused(builder, one, other, builder.load(total)), total)
        kind = ir.FunctionType(_FLOAT, [_FLOAT, _FLOATS])
        name = f"llvm.vector.reduce.fadd.v{_LANES}f32"
        adding = cgutils.get_or_insert_function(builder.module, kind, name)
        values = ir.Constant(_FLOAT, -0.0), builder.load(total)
        return builder.call(adding, values, fastmath=("reassoc",))

    return types.float32(weights, memory, places), emit


@_compiled
def _residual_block(line: Any, weights: Array, memory: Array, to: int, bent: int) -> None:
    """rows + pointwise(ReLU(dilated(ReLU(rows)))) of a tile, `late` positions late.

    Args:
        to: where the rows go.
        bent: where they go without what is negative; nowhere below 0.
    """
    width, between, late = line.inputs, line.between, line.late
    for t in range(0, line.tile, TILE):
        for rows in range(0, TILE, _ROWS):
            for panel in range(between // PANEL):
                first = panel * PANEL
                places = (line.weights + first * 3 * width, line.bias + first,
                          line.bent + (t + rows) * width, 0, rows * between + first,
                          width, 0, between, late * width, width)  # fmt: skip
                _three_bent(weights, memory, places)
            for panel in range(width // PANEL):
                first = panel * PANEL
                at = (t + rows) * width + first
                places = (line.point + first * between, line.point_bias + first,
                          rows * between, line.seen + at, to + at,
                          between, width, width, 0, between)  # fmt: skip
                _point_onto(weights, memory, places)
        if bent >= 0:
            _bend(memory, (to + t * width, bent + t * width, TILE * width))


@_compiled
def _convolution(line: Any, weights: Array, memory: Array, to: int) -> None:
    """A convolution of a tile, plain or transposed, one position late."""
    inputs, outputs, taps = line.inputs, line.outputs, line.taps
    across = line.phases * outputs
    for phase in range(line.phases):
        seen = line.seen if phase < line.split else line.seen + inputs
        for panel in range(outputs // PANEL):
            first = panel * PANEL
            at = line.weights + (phase * outputs + first) * taps * inputs
            for t in range(0, line.tile, _ROWS):
                places = (at, line.bias + first, seen + t * inputs, 0,
                          to + t * across + phase * outputs + first,
                          inputs, 0, across, inputs, inputs)  # fmt: skip
                if taps == 3:
                    _three_taps(weights, memory, places)
                else:
                    _two_taps(weights, memory, places)


@_compiled
def _sound(line: Any, weights: Array, memory: Array, out: Array, sounding: tuple[int, int]) -> None:
    """A transposed convolution to very few outputs, one position late, into (tile · phases,).

    What spills over the ends of the music is taken back at `sounding`, its first sample and the one
    after its last.
    """
    around = 3 * line.inputs
    for t in range(line.tile):
        for phase in range(line.phases):
            places = line.weights + phase * around, line.seen + t * line.inputs, around
            total = weights[line.bias + phase] + _dot(weights, memory, places)
            out[t * line.phases + phase] = total
    for at, spill in ((sounding[0], line.point), (sounding[1] - 1, line.point_bias)):
        if 0 <= at < line.tile * line.phases:
            row = line.seen + (at // line.phases + 1) * line.inputs
            total = weights[spill + line.inputs]
            out[at] -= total + _dot(weights, memory, (spill, row, line.inputs))


@_compiled
def _silence(memory: Array, place: int, line: Any, music: tuple[int, int]) -> None:
    """Zero what lies outside the music in a tile of rows that a layer sees."""
    tile, width = line.tile, line.inputs
    for n in range(place, place + min(tile, max(0, music[0])) * width):
        memory[n] = 0
    for n in range(place + min(tile, max(0, music[1])) * width, place + tile * width):
        memory[n] = 0


@_compiled
def decode(
    codes: NDArray[np.int64],
    music: tuple[int, int],
    program: NDArray[Any],
    vectors: Array,
    arrays: tuple[Array, Array, Array],
) -> None:
    """The sound that a tile of codes completes.

    Args:
        codes: (tile,), a multiple of the first line's; any that there are outside the music.
        music: where it begins and ends, in positions counted from the first of these codes.
        program: `LINE`s, the first of a plain convolution, the last of sound.
        vectors: (codes there are, inputs).
        arrays: the weights; the memory, which begins with room for `TILE` positions of what is
            within a block; (tile · hop,) filled with sound.
    """
    weights, memory, out = arrays
    hop, part = len(out) // len(codes), program[0].tile
    for t in range(0, len(codes), part):
        _take(program[0], codes[t : t + part], vectors, memory)
        ends = music[0] - t, music[1] - t
        _silence(memory, program[0].seen + 2 * program[0].inputs, program[0], ends)
        for n in range(len(program) - 1):
            ends = _pass_on(program[n], program[n + 1], weights, memory, ends)
        late, hops = program[-1].late, program[-1].phases
        ends = (ends[0] + late) * hops, (ends[1] + late) * hops
        _sound(program[-1], weights, memory, out[t * hop : (t + part) * hop], ends)


@_compiled
def _take(line: Any, codes: NDArray[np.int64], vectors: Array, memory: Array) -> None:
    """Let the first layer see the vectors of some codes."""
    _move(memory, (line.seen + line.tile * line.inputs, line.seen, 2 * line.inputs))
    to = line.seen + 2 * line.inputs
    for t in range(len(codes)):
        for c in range(line.inputs):
            memory[to + t * line.inputs + c] = vectors[codes[t], c]


@_compiled
def _pass_on(
    line: Any, after: Any, weights: Array, memory: Array, music: tuple[int, int]
) -> tuple[int, int]:
    """Let the next layer see what a layer makes of what it sees; gives where music is in that."""
    width, tile = after.inputs, after.tile
    past, bent = (after.late if after.kind == BLOCK else 2) * width, -1
    to = after.seen + past
    _move(memory, (after.seen + tile * width, after.seen, past))
    if after.kind == BLOCK:
        bent = after.bent + 2 * past
        _move(memory, (after.bent + tile * width, after.bent, 2 * past))
    if line.kind == BLOCK:
        _residual_block(line, weights, memory, to, bent)
    else:
        _convolution(line, weights, memory, to)
        if bent >= 0:
            _bend(memory, (to, bent, tile * width))
    ends = (music[0] + line.late) * line.phases, (music[1] + line.late) * line.phases
    _silence(memory, to, after, ends)
    if bent >= 0:
        _silence(memory, bent, after, ends)
    return ends

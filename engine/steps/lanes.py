"""The inner loops of the fused body, in LLVM's own language: a few rows times one panel.

Everything else of the fused body is numba and left to the compiler. Here it is not, because what
the compiler makes of such loops changes with its version, and this is where the time goes: sums
must stay in registers while weights stream by once. All is written in vectors of 16 or 8 numbers,
which LLVM cuts to what the machine has, and nothing needs a particular machine: instructions that
only some have (the dot products of bytes on x86) stand beside a plain form of the same.

Sums run over the inputs in their order, row by row. So a row's result depends on that row alone,
bit by bit, whatever stands beside it in a batch.

numba has no half-width floats: `float16` travels as uint16 and `bfloat16` as int16. Inputs that
meet bytes or bfloat16 are of the same type, and are multiplied by fours or by twos.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import llvmlite.binding as llvm
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from engine.steps.compiled import machine

PANEL = 64
"""Outputs that are computed together for a single row."""

STRIP = 32
"""Outputs whose weights lie together: for each input, 32 numbers in a row. Two strips, one behind
the other, are a panel."""

GROUPS = {"int8": 4, "int16": 2}
"""Inputs whose weights lie together in a strip of a type: as many as fill four bytes."""

_LANES = 16
_HALF_LANES = 8  # Widening half floats for a single row takes less time by eights.
_INT8, _INT16, _INT32, _INT64 = (ir.IntType(bits) for bits in (8, 16, 32, 64))
_INTS = ir.VectorType(_INT32, _LANES)
_BYTES = ir.VectorType(_INT8, 4 * _LANES)

# llvmlite and numba tell no types of theirs.
_in_llvm: Any = intrinsic
Builder = Any
Value = Any
Vectors = list[list[Value]]


def _has(feature: str) -> bool:
    return f"+{feature}" in machine().replace(" ", ",").split(",")


_WIDE = _has("avx512f")
_DOTS_BYTES = _has("avx512vnni")
_DOTS_PAIRS = _has("avx512bf16") and llvm.llvm_version_info[0] >= 16  # Before, of other types.
_READS_HALF = _has("f16c") or not llvm.get_process_triple().startswith("x86")

_SUMS = 16 if _WIDE else 4  # Vectors of sums that leave registers for what they are made of.
_CACHE_LINE_BITS = 512
_TO_READ_FROM_L2 = [_INT32(0), _INT32(2), _INT32(1)]  # Reading, kept in the second cache, data.

ROWS = 8 if _WIDE else 4
"""The most rows that share one reading of weights; fewer where registers are fewer."""

INPUT_OFFSET = 128 if _DOTS_BYTES else 0
"""What is to be added to each byte of input: the sums then hold as much more times the weights'
sum. On x86 products of bytes take inputs without a sign."""


def _function(builder: Builder, name: str, result: ir.Type, parts: Sequence[ir.Type]) -> Value:
    """A function of LLVM's."""
    return cgutils.get_or_insert_function(builder.module, ir.FunctionType(result, parts), name)


def _floats(lanes: int) -> ir.VectorType:
    return ir.VectorType(ir.FloatType(), lanes)


def _spread(builder: Builder, value: Value, lanes: int) -> Value:
    """One number in all lanes."""
    none = ir.Constant(ir.VectorType(value.type, lanes), ir.Undefined)
    first = builder.insert_element(none, value, _INT32(0))
    zeros = ir.Constant(ir.VectorType(_INT32, lanes), [0] * lanes)
    return builder.shuffle_vector(first, none, zeros)


def _read(builder: Builder, address: Value, kind: ir.Type, align: int) -> Value:
    return builder.load(builder.bitcast(address, kind.as_pointer()), align=align)


def _weights(builder: Builder, address: Value, dtype: types.Type, lanes: int) -> Value:
    """So many weights as single floats."""
    if dtype == types.float32:
        return _read(builder, address, _floats(lanes), 4)
    if dtype == types.uint16 and _READS_HALF:
        halves = _read(builder, address, ir.VectorType(ir.HalfType(), lanes), 2)
        return builder.fpext(halves, _floats(lanes))
    short = _read(builder, address, ir.VectorType(_INT16, lanes), 2)
    wide = builder.zext(short, ir.VectorType(_INT32, lanes))
    return _from_half_bits(builder, wide)


def _from_half_bits(builder: Builder, bits: Value) -> Value:
    """Exponent and fraction moved to where a single float has them, then scaled: exact."""
    floats, lanes = _floats(bits.type.count), bits.type.count
    size = _shifted(builder, builder.and_(bits, ir.Constant(bits.type, [0x7FFF] * lanes)), 13)
    sign = _shifted(builder, builder.and_(bits, ir.Constant(bits.type, [0x8000] * lanes)), 16)
    scaled = builder.fmul(builder.bitcast(size, floats), ir.Constant(floats, [2.0**112] * lanes))
    return builder.bitcast(builder.or_(builder.bitcast(scaled, bits.type), sign), floats)


def _shifted(builder: Builder, value: Value, bits: int) -> Value:
    return builder.shl(value, ir.Constant(value.type, [bits] * value.type.count))


def _fused(builder: Builder, a: Value, b: Value, total: Value) -> Value:
    name = f"llvm.fmuladd.v{total.type.count}f32"
    return builder.call(_function(builder, name, total.type, [total.type] * 3), [a, b, total])


def _bytes_dot(builder: Builder, weights: Value, four: Value, total: Value) -> Value:
    """Each lane's four products of bytes, added to its total; `four` inputs in one int32."""
    if _DOTS_BYTES:
        inputs = builder.bitcast(_spread(builder, four, _LANES), _BYTES)
        name, parts = "llvm.x86.avx512.vpdpbusd.512", [_INTS, _BYTES, _BYTES]
        return builder.call(_function(builder, name, _INTS, parts), [total, inputs, weights])
    wide = ir.VectorType(_INT32, 4 * _LANES)
    inputs = builder.bitcast(_spread(builder, four, _LANES), _BYTES)
    products = builder.mul(builder.sext(weights, wide), builder.sext(inputs, wide))
    pairs = builder.add(_every_other(builder, products, 0), _every_other(builder, products, 1))
    fours = builder.add(_every_other(builder, pairs, 0), _every_other(builder, pairs, 1))
    return builder.add(total, fours)


class _Bfloats(ir.Type):
    """A vector of bfloat16, of which llvmlite knows nothing."""

    def __str__(self) -> str:
        return f"<{2 * _LANES} x bfloat>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Bfloats)

    def __hash__(self) -> int:
        return hash(_Bfloats)


def _pairs_dot(builder: Builder, weights: Value, two: Value, total: Value) -> Value:
    """Each lane's two products of bfloat16, added to its total; `two` inputs in one int32.

    bfloat16 is the upper half of a single float.
    """
    inputs = _spread(builder, two, _LANES)
    if _DOTS_PAIRS:
        kind = _Bfloats()
        name, parts = "llvm.x86.avx512bf16.dpbf16ps.512", [total.type, kind, kind]
        given = [total, builder.bitcast(weights, kind), builder.bitcast(inputs, kind)]
        return builder.call(_function(builder, name, total.type, parts), given)
    for half in (_lower_halves, _upper_halves):
        total = _fused(builder, half(builder, weights), half(builder, inputs), total)
    return total


def _lower_halves(builder: Builder, pairs: Value) -> Value:
    return builder.bitcast(_shifted(builder, pairs, 16), _floats(_LANES))


def _upper_halves(builder: Builder, pairs: Value) -> Value:
    upper = builder.and_(pairs, ir.Constant(pairs.type, [0xFFFF0000] * _LANES))
    return builder.bitcast(upper, _floats(_LANES))


def _every_other(builder: Builder, value: Value, first: int) -> Value:
    half = value.type.count // 2
    places = ir.Constant(ir.VectorType(_INT32, half), [2 * n + first for n in range(half)])
    return builder.shuffle_vector(value, ir.Constant(value.type, ir.Undefined), places)


class _Tile:
    """One loop over inputs: `rows` rows of inputs times `vectors` vectors of a panel's outputs."""

    def __init__(
        self, context: Any, builder: Builder, signature: Any, args: Any, fetches: bool
    ) -> None:
        self.fetches = fetches
        self.builder, self.dtype = builder, signature.args[0].dtype
        self.group = GROUPS.get(str(self.dtype), 1)
        arrays = [
            cgutils.create_struct_proxy(kind)(context, builder, value=value).data
            for kind, value in zip(signature.args[:3], args[:3], strict=True)
        ]
        numbers = [builder.extract_value(args[3], n) for n in range(9)]
        weights_at, self.line, self.strip, self.ahead = numbers[:4]
        inputs_at, self.input_stride, sums_at, self.sum_stride, self.count = numbers[4:]
        self.weights = builder.gep(arrays[0], [weights_at])
        inputs = arrays[1]
        if self.group > 1:
            inputs = builder.bitcast(inputs, _INT32.as_pointer())
        self.inputs = builder.gep(inputs, [inputs_at])
        self.sums = builder.gep(arrays[2], [sums_at])

    def emit(self, rows: int, outputs: range) -> None:
        """Write the loop: sums are read, kept in registers over all inputs, and written back."""
        builder = self.builder
        self.lanes = _HALF_LANES if rows == 1 and self.dtype == types.uint16 else _LANES
        self.kind = _INTS if self.dtype == types.int8 else _floats(self.lanes)
        firsts = outputs[:: self.lanes]
        places = [[self._place(row, first) for first in firsts] for row in range(rows)]
        before = [[_read(builder, place, self.kind, 4) for place in row] for row in places]
        start = builder.block
        loop, end = builder.append_basic_block("tile"), builder.append_basic_block("tiled")
        builder.branch(loop)
        builder.position_at_end(loop)
        index = builder.phi(_INT64)
        sums = [[builder.phi(self.kind) for _ in row] for row in places]
        after = self._step(index, sums, firsts)
        following = builder.add(index, _INT64(1))
        index.add_incoming(_INT64(0), start)
        index.add_incoming(following, loop)
        for phis, olds, news in zip(sums, before, after, strict=True):
            for phi, old, new in zip(phis, olds, news, strict=True):
                phi.add_incoming(old, start)
                phi.add_incoming(new, loop)
        builder.cbranch(builder.icmp_signed("<", following, self.count), loop, end)
        builder.position_at_end(end)
        for row, news in zip(places, after, strict=True):
            for place, new in zip(row, news, strict=True):
                builder.store(new, builder.bitcast(place, self.kind.as_pointer()), align=4)

    def _fetch_ahead(self, places: list[Value]) -> None:
        """Ask for what a later loop reads, so that it finds its weights in the second cache."""
        builder, pointer = self.builder, _INT8.as_pointer()
        kind = ir.FunctionType(ir.VoidType(), [pointer, _INT32, _INT32, _INT32])
        fetch = builder.module.declare_intrinsic("llvm.prefetch", [pointer], kind)
        vector_bits = self.kind.count * self.group * self.dtype.bitwidth
        for place in places[:: max(1, _CACHE_LINE_BITS // vector_bits)]:
            there = builder.bitcast(builder.gep(place, [self.ahead]), pointer)
            builder.call(fetch, [there, *_TO_READ_FROM_L2])

    def _place(self, row: int, output: int) -> Value:
        across = self.builder.mul(self.sum_stride, _INT64(row))
        return self.builder.gep(self.sums, [self.builder.add(across, _INT64(output))])

    def _step(self, index: Value, sums: Vectors, firsts: range) -> Vectors:
        builder, group = self.builder, self.group
        line = builder.gep(self.weights, [builder.mul(index, self.line)])
        strips = [builder.gep(line, [builder.mul(self.strip, _INT64(n))]) for n in range(2)]
        places = [
            builder.gep(strips[first // STRIP], [_INT64(first % STRIP * group)]) for first in firsts
        ]
        if self.fetches:
            self._fetch_ahead(places)
        if group > 1:
            kind = _BYTES if self.dtype == types.int8 else _INTS
            weights = [_read(builder, place, kind, 1) for place in places]
        else:
            weights = [_weights(builder, place, self.dtype, self.lanes) for place in places]
        return [
            self._row(self._input(row, index), weights, totals) for row, totals in enumerate(sums)
        ]

    def _input(self, row: int, index: Value) -> Value:
        across = self.builder.mul(self.input_stride, _INT64(row))
        return self.builder.load(self.builder.gep(self.inputs, [self.builder.add(across, index)]))

    def _row(self, value: Value, weights: list[Value], totals: list[Value]) -> list[Value]:
        builder = self.builder
        pairs = zip(weights, totals, strict=True)
        if self.group > 1:
            dot = _bytes_dot if self.dtype == types.int8 else _pairs_dot
            return [dot(builder, weight, value, total) for weight, total in pairs]
        spread = _spread(builder, value, self.lanes)
        return [_fused(builder, weight, spread, total) for weight, total in pairs]


def _tile(rows: int, outputs: int, *, at_once: int = PANEL, fetches: bool = False) -> Any:
    """The loop for so many rows and outputs, as numba calls it."""

    @_in_llvm
    def tile(typing: Any, weights: Any, inputs: Any, sums: Any, places: Any) -> Any:
        """Add a panel's products with some inputs to the sums of some rows.

        Args:
            weights: contiguous; for each input, a line of outputs.
            inputs: contiguous, float32, or of the weights' type for those that lie in groups.
            sums: contiguous, float32, or int32 for weights of bytes.
            places: where the weights begin, how far apart lines of a strip are, how far the second
                strip is, how far ahead lies what is asked for meanwhile; where the inputs begin,
                and how far apart rows are; the same for sums; how many inputs, counted in groups.
        """
        signature = types.void(weights, inputs, sums, places)

        def emit(context: Any, builder: Builder, signature: Any, args: Any) -> Any:
            loops = _Tile(context, builder, signature, args, fetches)
            fit = at_once if rows == 1 else max(1, _SUMS // rows) * _LANES
            for first in range(0, outputs, fit):
                loops.emit(rows, range(first, min(outputs, first + fit)))
            return context.get_dummy_value()

        return signature, emit

    return tile


one_row = _tile(1, PANEL, at_once=STRIP)
two_rows = _tile(2, PANEL)
four_rows = _tile(4, PANEL)
eight_rows = _tile(8, PANEL, fetches=True)
one_of_many = _tile(1, PANEL, fetches=True)
half_panel = _tile(1, PANEL // 2, fetches=True)


@_in_llvm
def two_to_the(typing: Any, number: Any) -> Any:
    """2 to the power of a whole number that stands in the low bits of a float (1.5 · 2^23 + n)."""

    def emit(context: Any, builder: Builder, signature: Any, args: Any) -> Value:
        bits = builder.bitcast(args[0], _INT32)
        exponent = builder.add(builder.shl(bits, _INT32(23)), _INT32(127 << 23))
        return builder.bitcast(exponent, ir.FloatType())

    return types.float32(types.float32), emit


@_in_llvm
def numbered(typing: Any, number: Any) -> Any:
    """The float32 of a place among those from 0 on: 0 is 0, 0x3F800000 is 1, −1 is below 0."""

    def emit(context: Any, builder: Builder, signature: Any, args: Any) -> Value:
        return builder.bitcast(builder.trunc(args[0], _INT32), ir.FloatType())

    return types.float32(types.int64), emit


@_in_llvm
def low_byte(typing: Any, number: Any) -> Any:
    """The whole number that stands in the low bits of a float (1.5 · 2^23 + n), in 8 of them."""

    def emit(context: Any, builder: Builder, signature: Any, args: Any) -> Value:
        return builder.trunc(builder.bitcast(args[0], _INT32), _INT8)

    return types.int8(types.float32), emit


@_in_llvm
def to_bfloat(typing: Any, number: Any) -> Any:
    """A float32 rounded to the nearest bfloat16, halves to even; not for NaN."""

    def emit(context: Any, builder: Builder, signature: Any, args: Any) -> Value:
        bits = builder.bitcast(args[0], _INT32)
        odd = builder.and_(builder.lshr(bits, _INT32(16)), _INT32(1))
        rounded = builder.add(bits, builder.add(odd, _INT32(0x7FFF)))
        return builder.trunc(builder.lshr(rounded, _INT32(16)), _INT16)

    return types.int16(types.float32), emit


@_in_llvm
def larger(typing: Any, one: Any, other: Any) -> Any:
    """The larger of two float32; NaN if one is. Unlike `max`, loops of it become vectors."""

    def emit(context: Any, builder: Builder, signature: Any, args: Any) -> Value:
        number = ir.FloatType()
        return builder.call(_function(builder, "llvm.maximum.f32", number, [number] * 2), args)

    return types.float32(types.float32, types.float32), emit


@_in_llvm
def held(typing: Any, number: Any, weights: Any) -> Any:
    """A float32 as an array holds it: as it is, or rounded to the nearest half float, halves to
    even, and to the largest there is; not for NaN."""

    def emit(context: Any, builder: Builder, signature: Any, args: Any) -> Value:
        return args[0] if weights.dtype == types.float32 else _half_bits(builder, args[0])

    return weights.dtype(types.float32, weights), emit


def _half_bits(builder: Builder, value: Value) -> Value:
    """`_from_half_bits` the other way round, as any machine can do it.

    Beside a half, a number below the least that has all digits is rounded as it shall be here.
    """
    kind = value.type
    bits, most, half = builder.bitcast(value, _INT32), kind(65504.0), kind(0.5)
    size = builder.bitcast(builder.and_(bits, _INT32(0x7FFFFFFF)), kind)
    size = builder.select(builder.fcmp_ordered("<", size, most), size, most)
    small = builder.sub(builder.bitcast(builder.fadd(size, half), _INT32), _INT32(126 << 23))
    whole = builder.sub(builder.bitcast(size, _INT32), _INT32(112 << 23))
    odd = builder.and_(builder.lshr(whole, _INT32(13)), _INT32(1))
    whole = builder.lshr(builder.add(whole, builder.add(odd, _INT32(0xFFF))), _INT32(13))
    rounded = builder.select(builder.fcmp_ordered("<", size, kind(2.0**-14)), small, whole)
    sign = builder.and_(builder.lshr(bits, _INT32(16)), _INT32(0x8000))
    return builder.trunc(builder.or_(rounded, sign), _INT16)

"""A prior made ready for the fused body: its matrices in panels, all else in one vector.

A big prior hands its matrices over, so that they are in memory once: torch then reads the panels,
which costs it a moment per layer and call. A small one keeps its own beside them, for speed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from engine.catalog.specs import TransformerConfig
from engine.nn.layers import Normalisation, Projection, RowMap
from engine.nn.prior import Prior
from engine.nn.transformer import Layer
from engine.steps import panels
from engine.steps.arithmetic import Weights
from engine.steps.attending import Shape, cache_sizes
from engine.steps.lanes import INPUT_OFFSET, STRIP
from engine.steps.panels import Panels, padded
from engine.steps.places import tail_of
from engine.steps.stepping import Stack
from engine.types import Precision

_SMALL_BYTES = 256 * 2**20
_NAMES = ("inp", "out", "inner", "outer")
_OF_ATTENTION = ("inp", "out")


@dataclass(frozen=True, slots=True, eq=False)
class PackedPrior:
    """A prior, and the same as the compiled step reads it.

    Attributes:
        precision: of the stack.
        cache_numbers: keys and values of all layers, for one take.
        most_rows: positions that the layer that sees most of them sees.
    """

    prior: Prior
    stack: Stack
    precision: Precision
    cache_numbers: int
    most_rows: int


class PackedProjection(Projection):
    """A linear map whose matrix is held in panels."""

    def __init__(self, matrix: Panels, bias: nn.Parameter) -> None:
        nn.Module.__init__(self)
        self.panels, self.bias = matrix, bias

    def forward(self, rows: Tensor) -> Tensor:
        """(rows, inputs) to (rows, outputs)."""
        return torch.addmm(self.bias, rows, self.panels.matrix())

    def bound(self, *, gain: float = 1.0, bias_gain: float = 1.0) -> RowMap:
        """See the base class; the matrix is read anew each time."""
        bias, read = self.bias, self.panels.matrix
        return lambda rows: torch.addmm(bias, rows, read(), alpha=gain, beta=bias_gain)


class _Vectors:
    """Many short vectors in one long one."""

    def __init__(self) -> None:
        self._parts: list[NDArray[np.float32]] = []
        self.length = 0

    def add(self, vector: Tensor, length: int) -> int:
        """Append a vector, filled up with zeros; returns where it begins."""
        part = np.zeros(length, np.float32)
        part[: vector.numel()] = vector.detach().float().numpy()
        self._parts.append(part)
        self.length += length
        return self.length - length

    def joined(self) -> NDArray[np.float32]:
        """All of them."""
        return np.concatenate(self._parts)


class _Packer:
    """Lays matrices one after the other, and notes where each lies."""

    def __init__(self, shapes: list[tuple[int, int]], precision: Precision) -> None:
        self.precision, self.vectors = precision, _Vectors()
        self._sizes = [panels.numbers(*shape, precision) for shape in shapes]
        self._memory = panels.memory(sum(self._sizes), precision)
        self._used = 0
        self._maps: list[tuple[int, ...]] = []
        self._offsets: list[NDArray[np.int32]] = []

    def add(self, matrix: Tensor, bias: Tensor | None) -> Panels:
        """Lay the next matrix, (inputs, outputs)."""
        size, outputs = self._sizes[len(self._maps)], padded(matrix.shape[1])
        place = self._memory[self._used : self._used + size]
        laid = panels.packed(matrix, place, self.precision)
        bias_at = self.vectors.add(torch.zeros(0) if bias is None else bias, outputs)
        scales_at = offsets_at = 0
        if laid.scales is not None:
            scales_at = self.vectors.add(torch.from_numpy(laid.scales), outputs)
            offsets_at = sum(len(part) for part in self._offsets)
            group = panels.group_of(self.precision)
            lines = laid.stored.reshape(outputs // STRIP, -1, STRIP, group)
            sums = lines.sum((1, 3), dtype=np.int32).reshape(-1)
            self._offsets.append(-INPUT_OFFSET * sums)
        inputs = size // outputs
        self._maps.append((self._used, inputs, outputs, bias_at, scales_at, offsets_at))
        self._used += size
        return laid

    def weights(self) -> Weights:
        """All of them."""
        offsets = np.concatenate([np.zeros(0, np.int32), *self._offsets])
        return Weights(self._memory, self.vectors.joined(), offsets, np.array(self._maps))


def pack(prior: Prior, precision: Precision) -> PackedPrior:
    """Make a prior ready for the fused body; a big one gives its matrices up to it.

    Args:
        prior: on the processor, without gradients; its matrices in any float type.
        precision: of the stack; weights are rounded where it holds less than they do.
    """
    config = prior.config.transformer
    layers = [prior.stack.layer(number) for number in range(config.depth)]
    matrices = [_projections(layer)[name].weight for layer in layers for name in _NAMES]
    shapes = [(matrix.shape[0], matrix.shape[1]) for matrix in matrices]
    packer = _Packer(shapes, _kept_in(precision, matrices))
    big = sum(matrix.nbytes for matrix in matrices) > _SMALL_BYTES
    del matrices  # Where the prior is big, each is let go of once it is laid.
    plans: list[tuple[int, ...]] = []
    at, head = 0, config.state_width // config.heads
    for pattern, layer in zip(config.patterns, layers, strict=True):
        _pack_matrices(layer, packer, big, rounded=precision is not Precision.SINGLE)
        shape = layer.attention.cache_shape()
        norms = [_add_norm(packer.vectors, n) for n in (layer.attention_norm, layer.mlp_norm)]
        plans.append((pattern, at, *shape, tail_of(pattern, config), *norms))
        at += shape.groups * config.heads * sum(cache_sizes(shape.rows, head))
    embedding = prior.embedding
    stack = Stack(
        packer.weights(),
        _output(prior, precision),
        _shape(config),
        np.array(plans),
        embedding.symbol.weight.detach().numpy(),
        embedding.place.detach().numpy(),
        int(prior.head is None),
    )
    return PackedPrior(prior, stack, precision, at, max(p[3] for p in plans))


def _kept_in(precision: Precision, matrices: Iterable[Tensor]) -> Precision:
    """How matrices are kept: in half width where single precision loses nothing by it.

    Checkpoints mostly are in half width. They are computed with in single precision either way.
    """
    if precision is not Precision.SINGLE:
        return precision
    exact = all(torch.equal(matrix.half().float(), matrix.float()) for matrix in matrices)
    return Precision.HALF if exact else Precision.SINGLE


def _projections(layer: Layer) -> dict[str, Projection]:
    attention = layer.attention
    return dict(zip(_NAMES, (attention.inp, attention.out, layer.inner, layer.outer), strict=True))


def _pack_matrices(layer: Layer, packer: _Packer, big: bool, *, rounded: bool) -> None:
    """Lay a layer's matrices, and let torch read what was laid where it is not what it has."""
    for name, projection in _projections(layer).items():
        laid = packer.add(projection.weight, projection.bias)
        if big:
            holder = layer.attention if name in _OF_ATTENTION else layer
            setattr(holder, name, PackedProjection(laid, projection.bias))
        elif rounded:
            projection.weight = nn.Parameter(laid.matrix(), requires_grad=False)


def _add_norm(vectors: _Vectors, norm: Normalisation) -> int:
    width = norm.weight.numel()
    first = vectors.add(norm.weight, width)
    vectors.add(norm.bias, width)
    return first


def _shape(config: TransformerConfig) -> Shape:
    return Shape(
        config.width,
        config.state_width,
        config.heads,
        config.mlp_width,
        config.block_length,
        np.float32(1 / config.depth if config.res_scale else 1),
    )


def _output(prior: Prior, precision: Precision) -> Weights:
    """The map to logits: in bytes with the rest, else in single precision."""
    table = prior.embedding.symbol.weight if prior.head is None else prior.head.weight
    wanted = precision if precision is Precision.INT8 else Precision.SINGLE
    packer = _Packer([(table.shape[1], table.shape[0])], _kept_in(wanted, [table]))
    packer.add(table.detach().t(), None)
    return packer.weights()

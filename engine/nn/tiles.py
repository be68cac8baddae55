"""Convolutions over music that comes tile by tile, in plain torch, on any device.

Each keeps the rows that it will see again. `engine.nn.compiled` does the same for processors.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, Protocol, cast

import torch
from torch import Tensor

from engine.nn.codec import Decoder, DecoderStage, Up
from engine.nn.convolution import Convolution, Deconvolution
from engine.nn.residual import ResidualBlock

Module = Convolution | Deconvolution | ResidualBlock


def modules(decoder: Decoder) -> Iterator[Module]:
    """What a decoder does up to its last transposed convolution, in order."""
    for stage in (cast(DecoderStage, stage) for stage in reversed(list(decoder.stages))):
        yield stage.inp
        for up in (cast(Up, up) for up in stage.ups):
            yield from (cast(ResidualBlock, block) for block in up.res)
            yield up.deconv


class Rows(NamedTuple):
    """Which positions the rows of a tile hold, at the rate of a layer.

    Attributes:
        first: position of the first row.
        start: first position of the music; before it all layers are silent.
        end: the position after its last, or None while that has not been seen.
    """

    first: int
    start: int
    end: int | None

    def after(self, late: int, stride: int) -> Rows:
        """The rows of what comes out of a layer that is late by so much and then lengthens."""
        end = None if self.end is None else self.end * stride
        return Rows((self.first - late) * stride, self.start * stride, end)

    def of_sound(self, late: int, hop: int) -> Rows:
        """The samples that come out of a decoder that is late by so many."""
        end = None if self.end is None else self.end * hop
        return Rows(self.first * hop - late, self.start * hop, end)

    def silence_outside(self, tile: Tensor) -> Tensor:
        """Zero (positions, channels) where there is no music; gives the tile."""
        if self.start > self.first:
            tile[: self.start - self.first] = 0
        if self.end is not None and self.end < self.first + len(tile):
            tile[max(0, self.end - self.first) :] = 0
        return tile


class Layer(Protocol):
    """A part of a decoder with its memory. Tiles are (positions, channels)."""

    @property
    def late(self) -> int:
        """Positions by which what comes out trails what goes in, before it is lengthened."""
        ...

    @property
    def stride(self) -> int:
        """Positions that come out for one that goes in."""
        ...

    def push(self, tile: Tensor) -> Tensor:
        """What comes out when `tile` goes in. It is overwritten by the next call."""
        ...


class Window:
    """The rows of the last tile and the `past` rows before it, of (positions, channels)."""

    def __init__(self, past: int, tile: int, like: Tensor, channels: int) -> None:
        self.past = past
        self.rows = like.new_zeros(past + tile, channels)

    def push(self, tile: Tensor) -> None:
        """Move on by a tile."""
        self.rows[: self.past] = self.rows[len(tile) :].clone()
        self.rows[self.past :] = tile


class Phases(NamedTuple):
    """The weights of a convolution by the phase of the output: one of a plain one, else `stride`.

    Attributes:
        taps: (phases, taps, inputs, outputs).
        firsts: the first tap of each phase: 0 sees the position before, 1 the position itself.
        bias: (outputs,).
    """

    taps: Tensor
    firsts: tuple[int, ...]
    bias: Tensor

    @classmethod
    def of(cls, module: Convolution | Deconvolution) -> Phases:
        """Those of a convolution of 3, or of a transposed one in which two positions meet."""
        bias, weight = cast(Tensor, module.bias).detach(), module.weight.detach()
        if isinstance(module, Convolution):
            return cls(weight.permute(2, 1, 0).contiguous().unsqueeze(0), (0,), bias)
        stride, (half,) = module.stride[0], cast(tuple[int], module.padding)
        weight = weight.permute(2, 0, 1)
        seen = [
            (phase + half + stride, phase + half)
            if phase < stride - half
            else (phase + half, phase + half - stride)
            for phase in range(stride)
        ]
        taps = torch.stack([torch.stack([weight[k] for k in pair]) for pair in seen])
        firsts = tuple(0 if phase < stride - half else 1 for phase in range(stride))
        return cls(taps, firsts, bias)


class ConvolutionLayer:
    """A convolution, plain or transposed, one position late."""

    late = 1

    def __init__(self, phases: Phases, tile: int) -> None:
        self.stride = len(phases.firsts)
        self._phases = phases
        count, _, inputs, outputs = phases.taps.shape
        self._window = Window(2, tile, phases.bias, inputs)
        self._out = phases.bias.new_empty(tile, count, outputs)

    def push(self, tile: Tensor) -> Tensor:
        """See `Layer.push`."""
        self._window.push(tile)
        taps, firsts, bias = self._phases
        for phase, first in enumerate(firsts):
            seen = self._window.rows[first : first + len(tile) + len(taps[phase]) - 1]
            self._out[:, phase] = convolved(seen, 1, taps[phase], bias)
        return self._out.flatten(0, 1)


class BlockWeights(NamedTuple):
    """The weights of a residual block, its scale in those of the pointwise convolution.

    Attributes:
        taps: (3, width, inner) of the dilated convolution.
        bias: (inner,).
        point: (inner, width).
        point_bias: (width,).
    """

    taps: Tensor
    bias: Tensor
    point: Tensor
    point_bias: Tensor

    @classmethod
    def of(cls, module: ResidualBlock) -> BlockWeights:
        """Those of a block."""
        return cls(
            module.dilated.weight.detach().permute(2, 1, 0).contiguous(),
            cast(Tensor, module.dilated.bias).detach(),
            (module.scale * module.point.weight.detach()[:, :, 0].t()).contiguous(),
            module.scale * cast(Tensor, module.point.bias).detach(),
        )


class BlockLayer:
    """A residual block, operation by operation, on any device."""

    stride = 1

    def __init__(self, module: ResidualBlock, tile: int) -> None:
        self.late = module.dilated.dilation[0]
        self._weights = BlockWeights.of(module)
        width = module.dilated.in_channels
        self._heard = Window(2 * self.late, tile, self._weights.bias, width)
        self._passing = Window(self.late, tile, self._weights.bias, width)

    def push(self, tile: Tensor) -> Tensor:
        """See `Layer.push`."""
        self._heard.push(tile.relu())
        self._passing.push(tile)
        taps, bias, point, point_bias = self._weights
        inner = convolved(self._heard.rows, self.late, taps, bias).relu_()
        return torch.addmm(point_bias, inner, point).add_(self._passing.rows[: len(tile)])


def convolved(rows: Tensor, step: int, taps: Tensor, bias: Tensor) -> Tensor:
    """Σ rows[t + k · step] · taps[k] + bias, for all t that have them all."""
    length = len(rows) - (len(taps) - 1) * step
    out = torch.addmm(bias, rows[:length], taps[0])
    for k in range(1, len(taps)):
        out.addmm_(rows[k * step : k * step + length], taps[k])
    return out

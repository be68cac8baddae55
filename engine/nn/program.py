"""A decoder laid out for `engine.nn.compiled`: its weights and its memory, each in one array."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.nn.codec import Decoder
from engine.nn.compiled import Array, decode
from engine.nn.convolution import Deconvolution
from engine.nn.lines import BLOCK, CONVOLUTION, LINE, PANEL, SOUND, TILE, panels
from engine.nn.residual import ResidualBlock
from engine.nn.sounding import Responses
from engine.nn.tiles import BlockWeights, Module, Phases, Rows, modules

_FAR = 2**40  # Positions, further than any music.
_ROWS = 512  # That a cache holds of the layers that have most of them.
_OUTWEIGH = 16


class CompiledDecoder:
    """Codes of one level of one take in, sound out, in one call for each tile."""

    def __init__(self, decoder: Decoder, vectors: Tensor, tile: int) -> None:
        *inner, last = modules(decoder)
        layout = _Layout(_part(inner, tile), inner)
        for module in inner:
            layout.add(module)
        layout.add_sound(Responses(cast(Deconvolution, last), decoder.out))
        self.hop, self.late = layout.stride, layout.late
        self._vectors, self._program = vectors.contiguous().numpy(), np.concatenate(layout.lines)
        self._sound = torch.empty(tile * self.hop)
        memory = np.zeros(layout.room, np.float32)
        self._arrays = np.concatenate(layout.weights), memory, self._sound.numpy()

    def push(self, codes: Tensor, rows: Rows) -> Tensor:
        """See `engine.nn.streaming.StreamedDecoder`."""
        end = _FAR if rows.end is None else rows.end - rows.first
        music = rows.start - rows.first, end
        decode(codes.numpy(), music, self._program, self._vectors, self._arrays)
        return self._sound


def _part(modules: Sequence[Module], tile: int) -> int:
    """Codes to decode at a time: the fewest whose rows a cache holds and that outweigh the rows
    kept from before."""
    kept = max(m.dilated.dilation[0] for m in modules if isinstance(m, ResidualBlock))
    rows = tile
    for module in modules:
        rows *= module.stride[0] if isinstance(module, Deconvolution) else 1
    while tile % (2 * TILE) == 0 and rows > max(_ROWS, _OUTWEIGH * kept):
        tile, rows = tile // 2, rows // 2
    return tile


class _Layout:
    """Places for layers and their weights, in the order in which they are added.

    Args:
        tile: codes in a tile.
        modules: all that will be added but sound.

    Attributes:
        room: numbers in the memory.
        stride: rows of the last layer for one code.
        late: rows by which these trail.
    """

    def __init__(self, tile: int, modules: Sequence[Module]) -> None:
        self.lines: list[NDArray[Any]] = []
        self.weights: list[Array] = []
        inner = [m.dilated.out_channels for m in modules if isinstance(m, ResidualBlock)]
        self.room = TILE * max(inner, default=0)
        self.stride, self.late = 1, 0
        self._tile, self._numbers = tile, 0

    def add(self, module: Module) -> None:
        """A layer."""
        if isinstance(module, ResidualBlock):
            self._add_block(BlockWeights.of(module), module.dilated.dilation[0])
        else:
            self._add_convolution(Phases.of(module))

    def add_sound(self, responses: Responses) -> None:
        """The last layer."""
        taps = responses.taps.permute(2, 0, 1).contiguous()
        phases, _, inputs = taps.shape
        spills = [
            torch.cat([spill.weights, spill.constant.view(1)]).numpy()
            for spill in (responses.before, responses.after)
        ]
        self._add(
            kind=SOUND, inputs=inputs, outputs=1, phases=phases, taps=3, late=1,
            seen=self._window(2, inputs), weights=self._place(taps.numpy()),
            bias=self._place(responses.bias.numpy()), point=self._place(spills[0]),
            point_bias=self._place(spills[1]),
        )  # fmt: skip

    def _add_block(self, weights: BlockWeights, dilation: int) -> None:
        _, width, between = weights.taps.shape
        self._add(
            kind=BLOCK, inputs=width, outputs=width, phases=1, taps=3, between=between,
            late=dilation, seen=self._window(dilation, width),
            bent=self._window(2 * dilation, width),
            weights=self._place(panels(weights.taps.numpy())),
            bias=self._place(weights.bias.numpy()),
            point=self._place(panels(weights.point.unsqueeze(0).numpy())),
            point_bias=self._place(weights.point_bias.numpy()),
        )  # fmt: skip

    def _add_convolution(self, phases: Phases) -> None:
        count, taps, inputs, outputs = phases.taps.shape
        laid = np.stack([panels(part.numpy()) for part in phases.taps])
        self._add(
            kind=CONVOLUTION, inputs=inputs, outputs=outputs, phases=count, taps=taps, late=1,
            split=phases.firsts.count(0), seen=self._window(2, inputs),
            weights=self._place(laid), bias=self._place(phases.bias.numpy()),
        )  # fmt: skip

    def _add(self, **numbers: int) -> None:
        line = np.zeros(1, LINE)
        for name, number in {**numbers, "tile": self._tile}.items():
            line[name] = number
        self.lines.append(line)
        self._tile *= numbers["phases"]
        self.stride *= numbers["phases"]
        self.late = (self.late + numbers["late"]) * numbers["phases"]

    def _window(self, past: int, width: int) -> int:
        """Room for a tile and some positions before it; gives where it begins."""
        place, self.room = self.room, self.room + (past + self._tile) * width
        return place

    def _place(self, numbers: Array) -> int:
        """Where these lie among the weights."""
        place, self._numbers = self._numbers, self._numbers + numbers.size
        self.weights.append(numbers.ravel())
        return place


def compiles(decoder: Decoder, vectors: Tensor, tile: int) -> bool:
    """Whether a decoder can be compiled: on a processor, all of whole panels."""
    *inner, _ = modules(decoder)
    widths = [
        width
        for module in inner
        for width in (
            (module.dilated.in_channels, module.dilated.out_channels)
            if isinstance(module, ResidualBlock)
            else (module.out_channels,)
        )
    ]
    whole = tile % TILE == 0 and all(width % PANEL == 0 for width in widths)
    return whole and vectors.device.type == "cpu" and vectors.dtype == torch.float32

"""The decoder of one level, fed tile by tile: every convolution keeps what it will see again.

So nothing is computed twice, however far the decoder reaches, and memory does not depend on the
length of a song. Layers answer late, by as much as they look ahead; the sound that comes out
trails the codes that went in by `lag`.

Tiles are of one size and lie on one grid, counted from the first sample of the song. Then every
position is computed by a call of the same shape at the same place in it, whichever stretch of the
song is decoded and whenever its codes come: the sound is the same, bit by bit.

Knows layers and positions. Does not know which codes are there already.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

import numpy as np
import torch
from torch import Tensor

from engine.nn.codec import Decoder, DecoderStage, Up
from engine.nn.convolution import Convolution, Deconvolution
from engine.nn.residual import ResidualBlock
from engine.nn.sounding import SoundLayer
from engine.nn.tiles import (
    BlockLayer,
    BlockWeights,
    ConvolutionLayer,
    Layer,
    Phases,
    Rows,
    Window,
)
from engine.nn.vqvae import LevelAutoencoder

Module = Convolution | Deconvolution | ResidualBlock


class CompiledConvolutionLayer:
    """A convolution as one call, for processors. Outputs are whole panels."""

    late = 1

    def __init__(self, phases: Phases, tile: int) -> None:
        from engine.nn.compiled import convolution, panels  # loads a compiler

        self._run = convolution
        taps, firsts, bias = phases
        self.stride, _, inputs, self._outputs = taps.shape
        self._weights = np.stack([panels(part.numpy()) for part in taps]), np.array(firsts)
        self._bias = bias.numpy()
        self._seen = np.zeros((2 + tile, inputs), np.float32)
        self._out = torch.empty(tile, self.stride * self._outputs)

    def push(self, tile: Tensor) -> Tensor:
        """See `Layer.push`."""
        self._run(tile.numpy(), self._seen, self._out.numpy(), self._weights, self._bias)
        return self._out.view(-1, self._outputs)


class CompiledBlockLayer:
    """A residual block as one call, for processors. Widths are whole panels."""

    stride = 1

    def __init__(self, module: ResidualBlock, tile: int) -> None:
        from engine.nn.compiled import panels, residual_block  # loads a compiler

        self._run = residual_block
        self.late = module.dilated.dilation[0]
        taps, bias, point, point_bias = BlockWeights.of(module)
        dilated, pointwise = panels(taps.numpy()), panels(point.unsqueeze(0).numpy())
        self._weights = dilated, bias.numpy(), pointwise, point_bias.numpy()
        _, width, inner = taps.shape
        self._kept = (
            np.zeros((2 * self.late + tile, width), np.float32),
            np.tile(point_bias.numpy(), (self.late + tile, 1)),
            np.zeros((tile, inner), np.float32),
        )
        self._out = torch.empty(tile, width)

    def push(self, tile: Tensor) -> Tensor:
        """See `Layer.push`."""
        self._run(tile.numpy(), self._kept, self._out.numpy(), self._weights, self.late)
        return self._out


class CompiledSoundLayer(SoundLayer):
    """Channels to sound as one call, for processors."""

    def __init__(self, last: Deconvolution, out: Convolution, tile: int) -> None:
        from engine.nn.compiled import sound  # loads a compiler

        super().__init__(last, out, tile)
        self._run = sound
        taps, bias = self._responses.taps, self._responses.bias
        self._flat = taps.permute(2, 0, 1).flatten(1).contiguous().numpy(), bias.numpy()
        self._sound = torch.empty(tile, self.stride)

    def push(self, tile: Tensor) -> Tensor:
        """See `Layer.push`."""
        self._run(tile.numpy(), self._window.rows.numpy(), self._sound.numpy(), *self._flat)
        return self._sound.view(-1, 1)


class SoundStream:
    """Codes of one level of one take in, sound out.

    Args:
        tile: codes in a tile; whole multiples of 8 are fastest.

    Attributes:
        lag: codes by which sound trails: the last `lag` codes that went in have none yet.
    """

    @torch.inference_mode()
    def __init__(self, level: LevelAutoencoder, tile: int) -> None:
        self._vectors = level.codebook.vectors
        self._layers, self._end = _layers(level.decoder, tile)
        rows = Rows(0, 0, None)
        for layer in (*self._layers, self._end):
            rows = rows.after(layer)
        self.lag = -(rows.first // level.hop)
        self._ready = Window(self.lag * level.hop + rows.first, tile * level.hop, self._vectors, 1)

    @torch.inference_mode()
    def push(self, codes: Tensor, rows: Rows) -> Tensor:
        """The sound of the codes `lag` before these.

        Args:
            codes: (tile,) int64; any numbers outside the music.
            rows: where they stand; the first on the grid of tiles, and on from the last call.

        Returns:
            (tile · hop,) float32; zero outside the music.
        """
        tile = rows.silence_outside(self._vectors[codes])
        for layer in self._layers:
            rows = rows.after(layer)
            tile = rows.silence_outside(layer.push(tile))
        rows, sound = rows.after(self._end), self._end.push(tile)
        self._end.trim(sound, rows)
        self._ready.push(rows.silence_outside(sound))
        return self._ready.rows[: len(sound), 0].clone()


def _layers(decoder: Decoder, tile: int) -> tuple[list[Layer], SoundLayer]:
    """The layers of a decoder in order, the last by itself."""
    *modules, last = _modules(decoder)
    assert isinstance(last, Deconvolution)
    layers: list[Layer] = []
    for module in modules:
        layers.append(_layer(module, tile))
        tile *= layers[-1].stride
    sounding = CompiledSoundLayer if _compiles(tile, last.weight) else SoundLayer
    return layers, sounding(last, decoder.out, tile)


def _modules(decoder: Decoder) -> Iterator[Module]:
    """What a decoder does before its last convolution, in order."""
    for stage in (cast(DecoderStage, stage) for stage in reversed(list(decoder.stages))):
        yield stage.inp
        for up in (cast(Up, up) for up in stage.ups):
            yield from (cast(ResidualBlock, block) for block in up.res)
            yield up.deconv


def _layer(module: Module, tile: int) -> Layer:
    if isinstance(module, ResidualBlock):
        inner, width, _ = module.dilated.weight.shape
        compiles = _compiles(tile, module.dilated.weight, inner, width)
        return (CompiledBlockLayer if compiles else BlockLayer)(module, tile)
    phases = Phases.of(module)
    compiles = _compiles(tile, phases.bias, len(phases.bias))
    return (CompiledConvolutionLayer if compiles else ConvolutionLayer)(phases, tile)


def _compiles(tile: int, weight: Tensor, *widths: int) -> bool:
    """Whether compiled functions serve such layers."""
    whole = tile % 8 == 0 and all(width % 32 == 0 for width in widths)
    return whole and weight.device.type == "cpu" and weight.dtype == torch.float32

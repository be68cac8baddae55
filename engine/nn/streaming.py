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

from typing import Protocol, cast

import torch
from torch import Tensor

from engine.nn.codec import Decoder
from engine.nn.convolution import Deconvolution
from engine.nn.residual import ResidualBlock
from engine.nn.sounding import SoundLayer
from engine.nn.tiles import (
    BlockLayer,
    ConvolutionLayer,
    Layer,
    Module,
    Phases,
    Rows,
    Window,
    modules,
)
from engine.nn.vqvae import LevelAutoencoder


class StreamedDecoder(Protocol):
    """Codes of one level of one take in, sound out, as late as its layers are together."""

    @property
    def hop(self) -> int:
        """Samples that come out for a code."""
        ...

    @property
    def late(self) -> int:
        """Samples by which sound trails codes."""
        ...

    def push(self, codes: Tensor, rows: Rows) -> Tensor:
        """See `SoundStream.push`; late, of any sound outside the music, and overwritten by the
        next call."""
        ...


class TiledDecoder:
    """The same layer by layer, in plain torch, on any device."""

    def __init__(self, decoder: Decoder, vectors: Tensor, tile: int) -> None:
        self._vectors = vectors
        *inner, last = modules(decoder)
        self._layers: list[Layer] = []
        for module in inner:
            self._layers.append(_layer(module, tile))
            tile *= self._layers[-1].stride
        self._end = SoundLayer(cast(Deconvolution, last), decoder.out, tile)
        self.hop, self.late = 1, 0
        for layer in (*self._layers, self._end):
            self.hop *= layer.stride
            self.late = (self.late + layer.late) * layer.stride

    def push(self, codes: Tensor, rows: Rows) -> Tensor:
        """See `StreamedDecoder`."""
        tile = rows.silence_outside(self._vectors[codes])
        for layer in self._layers:
            rows = rows.after(layer.late, layer.stride)
            tile = rows.silence_outside(layer.push(tile))
        return self._end.push(tile, rows.after(self._end.late, self._end.stride))


class SoundStream:
    """Codes of one level of one take in, sound out.

    Args:
        tile: codes in a tile; whole multiples of 8 are fastest.

    Attributes:
        lag: codes by which sound trails: the last `lag` codes that went in have none yet.
    """

    @torch.inference_mode()
    def __init__(self, level: LevelAutoencoder, tile: int) -> None:
        vectors = level.codebook.vectors
        self._decoder = _decoder(level.decoder, vectors, tile)
        late, hop = self._decoder.late, self._decoder.hop
        self.lag = -(-late // hop)
        self._ready = Window(self.lag * hop - late, tile * hop, vectors, 1)

    @torch.inference_mode()
    def push(self, codes: Tensor, rows: Rows) -> Tensor:
        """The sound of the codes `lag` before these.

        Args:
            codes: (tile,) int64; any that there are outside the music.
            rows: where they stand; the first on the grid of tiles, and on from the last call.

        Returns:
            (tile · hop,) float32; zero outside the music.
        """
        sound = self._decoder.push(codes, rows)
        heard = rows.of_sound(self._decoder.late, self._decoder.hop)
        self._ready.push(heard.silence_outside(sound).unsqueeze(1))
        return self._ready.rows[: len(sound), 0].clone()


def _decoder(decoder: Decoder, vectors: Tensor, tile: int) -> StreamedDecoder:
    from engine.nn.program import CompiledDecoder, compiles  # loads a compiler

    kind = CompiledDecoder if compiles(decoder, vectors, tile) else TiledDecoder
    return kind(decoder, vectors, tile)


def _layer(module: Module, tile: int) -> Layer:
    if isinstance(module, ResidualBlock):
        return BlockLayer(module, tile)
    return ConvolutionLayer(Phases.of(module), tile)

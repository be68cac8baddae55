"""A stack of residual attention layers, run on whole sequences or on what comes next.

Knows the wiring of a layer and in which pieces a long continuation is fed. Does not know symbols,
positions or conditioning, and ends without a normalisation.

Source: Jukebox paper, appendix A; jukebox specification 3.2.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.catalog.specs import Pattern, TransformerConfig
from engine.nn.attention import (
    BlockAttention,
    BlockTailsAttention,
    ColumnAttention,
    CrossAttention,
    DenseAttention,
    LyricsAttention,
    PreviousBlockAttention,
    SelfAttention,
)
from engine.nn.cache import CacheSpace
from engine.nn.layers import Normalisation, Projection

_GELU_GAIN = 1.702


def attention(pattern: Pattern, config: TransformerConfig) -> SelfAttention | CrossAttention:
    """The attention of one layer."""
    match pattern:
        case Pattern.DENSE:
            return DenseAttention(config)
        case Pattern.BLOCK:
            return BlockAttention(config)
        case Pattern.COLUMN:
            return ColumnAttention(config)
        case Pattern.PREVIOUS_BLOCK:
            return PreviousBlockAttention(config)
        case Pattern.BLOCK_SUMMARY:
            return BlockTailsAttention(config, tail=1)
        case Pattern.BLOCK_TAILS:
            return BlockTailsAttention(config, tail=config.tail_length)
        case Pattern.CROSS:
            return CrossAttention(config)
        case Pattern.LYRICS:
            return LyricsAttention(config)


class Layer(nn.Module):
    """Attention, then two projections with a bend between them, both added to the stream."""

    def __init__(self, pattern: Pattern, config: TransformerConfig) -> None:
        super().__init__()
        self.scale = 1 / config.depth if config.res_scale else 1.0
        self.attention_norm = Normalisation(config.width)
        self.attention = attention(pattern, config)
        self.mlp_norm = Normalisation(config.width)
        self.inner = Projection(config.width, config.mlp_width, 0.02 * config.init_scale)
        self.outer = Projection(config.mlp_width, config.width, self.attention.out_std(config))

    def forward(self, rows: Tensor, batch: int, lyrics: Tensor | None) -> Tensor:
        """(batch · time, width) to the same shape, whole sequences at once."""
        normal = self.attention_norm(rows)
        if isinstance(self.attention, CrossAttention):
            return self._added(rows, self.attention(normal, lyrics))
        return self._added(rows, self.attention(normal, batch))

    def _added(self, rows: Tensor, attended: Tensor) -> Tensor:
        middle = rows + attended
        wide = self.inner(self.mlp_norm(middle))
        bent = self.outer(wide * torch.sigmoid(_GELU_GAIN * wide))
        return middle + bent if self.scale == 1 else rows + self.scale * (attended + bent)


class Continuation:
    """A layer that is fed what comes next: its past in a cache, its weights at hand.

    Reaching weights through modules, step by step, takes longer than what a small model computes
    with them. For the same reason x · sigmoid(g x) is silu(g x) / g here, its factors carried by
    the projections on either side.
    """

    def __init__(self, layer: Layer, space: CacheSpace) -> None:
        attention = layer.attention
        self.cache = attention.new_cache(space)
        self._proceed = attention.proceed
        self._scale = layer.scale
        self._attention_norm = layer.attention_norm.bound(space.dtype)
        self._inp = attention.inp.bound()
        self._out = attention.out.bound()
        self._mlp_norm = layer.mlp_norm.bound(space.dtype)
        self._inner = layer.inner.bound(gain=_GELU_GAIN, bias_gain=_GELU_GAIN)
        self._outer = layer.outer.bound(gain=1 / _GELU_GAIN)

    def extend(self, rows: Tensor, start: int) -> Tensor:
        """(batch · time, width) from position `start` on, inside one block or whole blocks."""
        projected = self._inp(self._attention_norm(rows))
        attended = self._out(self._proceed(projected, self.cache, start))
        middle = rows + attended
        bent = self._outer(F.silu(self._inner(self._mlp_norm(middle))))
        return middle + bent if self._scale == 1 else rows + self._scale * (attended + bent)


class StackCache:
    """One decode of a stack: every layer's continuation, and how many positions went through."""

    def __init__(self, layers: list[Continuation], length: int) -> None:
        self.layers = layers
        self.length = length
        self.position = 0

    @property
    def size_bytes(self) -> int:
        """Memory that keys and values take up."""
        return sum(layer.cache.size_bytes for layer in self.layers)

    def require_room(self, positions: int) -> None:
        """Check that more positions fit.

        Raises:
            ValueError: the window is full.
        """
        if self.position + positions > self.length:
            raise ValueError(
                f"{positions} positions after {self.position} do not fit a window of {self.length}."
            )


class Transformer(nn.Module):
    """Layers one after the other."""

    def __init__(self, config: TransformerConfig) -> None:
        super().__init__()
        self.config = config
        self.layers = nn.ModuleList(Layer(pattern, config) for pattern in config.patterns)

    @property
    def dtype(self) -> torch.dtype:
        """In which type the layers compute."""
        return self._layer_list()[0].inner.weight.dtype

    def set_dtype(self, dtype: torch.dtype) -> None:
        """Compute in another type; normalisations stay in single precision."""
        for module in self.modules():
            if isinstance(module, Projection):
                module.to(dtype)

    def forward(self, x: Tensor, lyrics: Tensor | None = None) -> Tensor:
        """A whole sequence at once, with gradients.

        Args:
            x: (batch, time, width), whole blocks.
            lyrics: (batch, lyrics, width) for layers that see a lyric encoder.

        Returns:
            (batch, time, width) float32.
        """
        return deque(self.states(x, lyrics), maxlen=1).pop()

    def states(self, x: Tensor, lyrics: Tensor | None = None) -> Iterator[Tensor]:
        """What goes into each layer and comes out of the last: depth + 1 times as `forward`."""
        rows = x.to(self.dtype).flatten(0, 1)
        lyrics = None if lyrics is None else lyrics.to(self.dtype)
        yield rows.float().view(x.shape)
        for layer in self._layer_list():
            rows = layer(rows, x.shape[0], lyrics)
            yield rows.float().view(x.shape)

    def layer(self, number: int) -> Layer:
        """One layer by itself."""
        return self._layer_list()[number]

    def new_cache(self, batch: int) -> StackCache:
        """Room for a whole sequence of every row of a batch."""
        config, weight = self.config, self._layer_list()[0].inner.weight
        head = config.state_width // config.heads
        space = CacheSpace(batch, config.heads, head, weight.device, weight.dtype)
        return StackCache([Continuation(n, space) for n in self._layer_list()], config.length)

    def listen(self, lyrics: Tensor, cache: StackCache) -> None:
        """Let the layers that see a lyric encoder keep its states (batch, lyrics, width)."""
        for layer, kept in zip(self._layer_list(), cache.layers, strict=True):
            if isinstance(layer.attention, CrossAttention):
                layer.attention.listen(lyrics.to(self.dtype), kept.cache)

    def extend(self, x: Tensor, cache: StackCache) -> Tensor:
        """What comes next in the sequence that `cache` holds.

        Args:
            x: (batch, time, width), of any length that fits.

        Returns:
            (batch, time, width) float32.

        Raises:
            ValueError: the sequence would become longer than the stack allows.
        """
        cache.require_room(x.shape[1])
        lengths = pieces(cache.position, x.shape[1], self.config.block_length)
        parts = x.to(self.dtype).split(list(lengths), dim=1)
        extended = [self._extend_piece(part, cache) for part in parts]
        return extended[0] if len(extended) == 1 else torch.cat(extended, dim=1)

    def _extend_piece(self, x: Tensor, cache: StackCache) -> Tensor:
        rows = x.flatten(0, 1)
        for layer in cache.layers:
            rows = layer.extend(rows, cache.position)
        cache.position += x.shape[1]
        return rows.float().view(x.shape)

    def _layer_list(self) -> list[Layer]:
        return cast(list[Layer], list(self.layers))


def pieces(start: int, length: int, block: int) -> Iterator[int]:
    """Lengths of the pieces to feed: the rest of a block, whole blocks, the beginning of one."""
    to_border = min(-start % block, length)
    whole = (length - to_border) // block * block
    for piece in (to_border, whole, length - to_border - whole):
        if piece:
            yield piece

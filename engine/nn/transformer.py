"""A stack of residual attention layers, run on whole sequences or on what comes next.

Knows the wiring of a layer and in which pieces a long continuation is fed. Does not know symbols,
positions or conditioning, and ends without a normalisation.

Source: Jukebox paper, appendix A; jukebox specification 3.2.
"""

from __future__ import annotations

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
from engine.nn.cache import CacheSpace, KeyValueCache, StackCache
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

    def extend(self, rows: Tensor, cache: KeyValueCache, start: int) -> Tensor:
        """(batch · time, width) from position `start` on."""
        return self._added(rows, self.attention.extend(self.attention_norm(rows), cache, start))

    def _added(self, rows: Tensor, attended: Tensor) -> Tensor:
        middle = rows + attended
        bent = self._mlp(self.mlp_norm(middle))
        return middle + bent if self.scale == 1 else rows + self.scale * (attended + bent)

    def _mlp(self, rows: Tensor) -> Tensor:
        """Two projections with x · sigmoid(g x) between them.

        That is silu(g x) / g, and the factors cost nothing inside the projections.
        """
        wide = self.inner.scaled(rows, _GELU_GAIN)
        return self.outer.unscaled(F.silu(wide), _GELU_GAIN)


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
        rows = x.to(self.dtype).flatten(0, 1)
        lyrics = None if lyrics is None else lyrics.to(self.dtype)
        for layer in self._layer_list():
            rows = layer(rows, x.shape[0], lyrics)
        return rows.float().view(x.shape)

    def new_cache(self, batch: int) -> StackCache:
        """Room for a whole sequence of every row of a batch."""
        config, weight = self.config, self._layer_list()[0].inner.weight
        head = config.state_width // config.heads
        space = CacheSpace(batch, config.heads, head, weight.device, weight.dtype)
        caches = [layer.attention.new_cache(space) for layer in self._layer_list()]
        return StackCache(caches, config.length)

    def listen(self, lyrics: Tensor, cache: StackCache) -> None:
        """Let the layers that see a lyric encoder keep its states (batch, lyrics, width)."""
        for layer, kept in zip(self._layer_list(), cache.layers, strict=True):
            if isinstance(layer.attention, CrossAttention):
                layer.attention.listen(lyrics.to(self.dtype), kept)

    def extend(self, x: Tensor, cache: StackCache) -> Tensor:
        """What comes next in the sequence that `cache` holds.

        Args:
            x: (batch, time, width), of any length that fits.

        Returns:
            (batch, time, width) float32.

        Raises:
            ValueError: the sequence would become longer than the stack allows.
        """
        start = cache.advance(x.shape[1])
        x = x.to(self.dtype)
        lengths = list(pieces(start, x.shape[1], self.config.block_length))
        if len(lengths) == 1:
            return self._extend_piece(x, cache, start)
        parts: list[Tensor] = []
        for part in x.split(lengths, dim=1):
            parts.append(self._extend_piece(part, cache, start))
            start += part.shape[1]
        return torch.cat(parts, dim=1)

    def _extend_piece(self, x: Tensor, cache: StackCache, start: int) -> Tensor:
        rows = x.flatten(0, 1)
        for layer, kept in zip(self._layer_list(), cache.layers, strict=True):
            rows = layer.extend(rows, kept, start)
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

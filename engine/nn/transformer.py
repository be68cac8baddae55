"""A stack of residual attention layers, run on whole sequences or on what comes next.

Knows the wiring of a layer and in which pieces a long continuation is fed. Does not know symbols,
positions or conditioning, and ends without a normalisation.

Source: Jukebox paper, appendix A; jukebox specification 3.2.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
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
from engine.nn.cache import CacheSpace, KeyValueCache
from engine.nn.layers import Normalisation, Projection

Proceed = Callable[[Tensor, KeyValueCache, int], Tensor]
"""Attends from (batch · time, …), with a past and a position, as `Attention.proceed` does."""

ROWS_AT_ONCE = 4096
"""Positions of all takes together that a stack is fed at a time; bounds memory."""

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


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Where the weights of a layer are, when they are not beside those of the others.

    Attributes:
        device: where the layer computes.
        fetched: inside of it, the weights are there.
    """

    device: torch.device
    fetched: Callable[[], AbstractContextManager[None]]


class Layer(nn.Module):
    """Attention, then two projections with a bend between them, both added to the stream.

    Attributes:
        elsewhere: where its weights are; None for beside the others.
    """

    def __init__(self, pattern: Pattern, config: TransformerConfig) -> None:
        super().__init__()
        self.elsewhere: Elsewhere | None = None
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

    def at_hand(self) -> AbstractContextManager[None]:
        """Inside of it, the layer's weights are where it computes."""
        return nullcontext() if self.elsewhere is None else self.elsewhere.fetched()

    def continuation(self, space: CacheSpace) -> Continuation | VisitedContinuation:
        """The layer with a past that is empty so far."""
        if self.elsewhere is not None:
            return VisitedContinuation(self, self.elsewhere, space)
        return Continuation(self, self.attention.new_cache(space), space.dtype)

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

    Args:
        proceed: what attends; None for the layer's own `Attention.proceed`.
    """

    def __init__(
        self,
        layer: Layer,
        cache: KeyValueCache,
        dtype: torch.dtype,
        proceed: Proceed | None = None,
    ) -> None:
        attention = layer.attention
        self.cache = cache
        self._proceed = proceed or attention.proceed
        self._scale = layer.scale
        self._attention_norm = layer.attention_norm.bound(dtype)
        self._inp = attention.inp.bound()
        self._out = attention.out.bound()
        self._mlp_norm = layer.mlp_norm.bound(dtype)
        self._inner = layer.inner.bound(gain=_GELU_GAIN, bias_gain=_GELU_GAIN)
        self._outer = layer.outer.bound(gain=1 / _GELU_GAIN)

    def extend(self, rows: Tensor, start: int) -> Tensor:
        """(batch · time, width) from position `start` on, inside one block or whole blocks."""
        projected = self._inp(self._attention_norm(rows))
        attended = self._out(self._proceed(projected, self.cache, start))
        middle = rows + attended
        bent = self._outer(F.silu(self._inner(self._mlp_norm(middle))))
        return middle + bent if self._scale == 1 else rows + self._scale * (attended + bent)


class VisitedContinuation:
    """A `Continuation` of a layer whose weights are fetched for every call."""

    def __init__(self, layer: Layer, elsewhere: Elsewhere, space: CacheSpace) -> None:
        self.cache = layer.attention.new_cache(replace(space, device=elsewhere.device))
        self._layer, self._elsewhere, self._dtype = layer, elsewhere, space.dtype

    def extend(self, rows: Tensor, start: int) -> Tensor:
        """See `Continuation.extend`."""
        with self._elsewhere.fetched():
            layer = Continuation(self._layer, self.cache, self._dtype)
            return layer.extend(rows.to(self._elsewhere.device), start).to(rows.device)


class StackCache:
    """One decode of a stack: every layer's continuation, and how many positions went through."""

    def __init__(self, layers: list[Continuation | VisitedContinuation], length: int) -> None:
        self.layers = layers
        self.length = length
        self.position = 0

    @property
    def size_bytes(self) -> int:
        """Memory that keys and values take up."""
        return sum(layer.cache.size_bytes for layer in self.layers)

    def share(self, batch: int) -> None:
        """Go on as the past of `batch` sequences, all of which begin as the one held so far."""
        for layer in self.layers:
            layer.cache.share(batch)

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
        """In which type the layers compute; their matrices may be kept in fewer bytes."""
        return self._layer_list()[0].inner.bias.dtype

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
        config, bias = self.config, self._layer_list()[0].inner.bias
        head = config.state_width // config.heads
        space = CacheSpace(batch, config.heads, head, bias.device, bias.dtype)
        return StackCache([n.continuation(space) for n in self._layer_list()], config.length)

    def listen(self, lyrics: Tensor, cache: StackCache) -> None:
        """Let the layers that see a lyric encoder keep its states (batch, lyrics, width)."""
        for layer, kept in zip(self._layer_list(), cache.layers, strict=True):
            if isinstance(layer.attention, CrossAttention):
                with layer.at_hand():
                    heard = lyrics.to(layer.attention.lyrics.bias)
                    layer.attention.listen(heard, kept.cache)

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
        block = self.config.block_length
        most = max(1, ROWS_AT_ONCE // (x.shape[0] * block)) * block
        lengths = pieces(cache.position, x.shape[1], block, most)
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


def pieces(start: int, length: int, block: int, most: int) -> Iterator[int]:
    """Lengths of the pieces to feed: the rest of a block, whole blocks, the beginning of one.

    Args:
        most: of whole blocks at a time; a multiple of `block`.
    """
    to_border = min(-start % block, length)
    whole = (length - to_border) // block * block
    rest = length - to_border - whole
    for piece in (to_border, *[most] * (whole // most), whole % most, rest):
        if piece:
            yield piece

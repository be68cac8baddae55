"""Attention, one class per pattern: which earlier positions a position sees.

Every class gives the same answer in two ways: `forward` on a whole sequence at once, for training,
and `proceed` with what comes next, with keys and values of the past in a cache of fixed size. It
does not know what a position means, nor what stands before or after it in a layer.

Sequences are cut into blocks of equal length. What `proceed` is given lies inside one block or is
whole blocks. Folded tensors are (groups, batch · heads, rows, head): a group attends within itself.

Source: Jukebox paper, section 4.1 and appendix A; jukebox specification 3.3 to 3.6.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.catalog.specs import TransformerConfig
from engine.nn.cache import CacheShape, CacheSpace, KeyValueCache
from engine.nn.layers import (
    Projection,
    attend_up_to_self,
    blocks_apart,
    blocks_joined,
    columns_apart,
    columns_joined,
    join_heads,
    split_heads,
)


class Attention(nn.Module):
    """What all patterns share: heads, the projection of the result, and its initial weights.

    Layers that see the lyrics start with an output of zero, as do all where `zero_out` says so.

    Attributes:
        input_parts: what `inp` makes of a row: queries, and keys and values where they are its own.
    """

    input_parts = 3

    def __init__(self, config: TransformerConfig) -> None:
        super().__init__()
        self.heads = config.heads
        self.block = config.block_length
        self.blocks = config.blocks
        parts = self.input_parts * config.state_width
        self.inp = Projection(config.width, parts, 0.02 * config.init_scale)
        self.out = Projection(config.state_width, config.width, self.out_std(config))

    @staticmethod
    def out_std(config: TransformerConfig) -> float:
        """Spread of the initial output matrix."""
        return 0.0 if config.zero_out else 0.02 * config.init_scale

    def cache_shape(self) -> CacheShape:
        """Rows that suffice, however long the sequence gets."""
        raise NotImplementedError

    def new_cache(self, space: CacheSpace) -> KeyValueCache:
        """An empty cache for one layer."""
        return KeyValueCache(self.cache_shape(), space)

    def proceed(self, projected: Tensor, cache: KeyValueCache, start: int) -> Tensor:
        """What comes next, from (batch · time, …) by `inp` to what `out` projects."""
        raise NotImplementedError


class SelfAttention(Attention):
    """Positions of one sequence seeing earlier ones of the same."""

    def forward(self, rows: Tensor, batch: int) -> Tensor:
        """Whole blocks from the sequence's beginning: (batch · time, width) to the same shape."""
        parts = split_heads(self.inp(rows), batch, 3, self.heads)
        return self.out(join_heads(self.attend(parts[:1], parts[1:]), self.heads))

    def proceed(self, projected: Tensor, cache: KeyValueCache, start: int) -> Tensor:
        """The positions from `start` on, with those before in `cache`, which takes in these.

        Args:
            projected: (batch · time, 3 · state) by `inp`, inside one block or whole blocks.

        Returns:
            (batch · time, state), to be projected by `out`.
        """
        parts = split_heads(projected, cache.batch, 3, self.heads)
        queries, keys_values = parts[:1], parts[1:]
        block, inside = divmod(start, self.block)
        if inside == 0 and queries.shape[2] % self.block == 0:
            attended = self.attend_blocks(queries, keys_values, cache, block)
        else:
            attended = self.attend_inside(queries, keys_values, cache, start)
        return join_heads(attended, self.heads)

    def attend(self, queries: Tensor, keys_values: Tensor) -> Tensor:
        """Attention of a whole sequence.

        Args:
            queries: (1, batch · heads, time, head).
            keys_values: (2, batch · heads, time, head).

        Returns:
            (…, batch · heads, time, head).
        """
        raise NotImplementedError

    def attend_blocks(
        self, queries: Tensor, keys_values: Tensor, cache: KeyValueCache, block: int
    ) -> Tensor:
        """As `attend`, for whole blocks of which the first is number `block`."""
        raise NotImplementedError

    def attend_inside(
        self, queries: Tensor, keys_values: Tensor, cache: KeyValueCache, start: int
    ) -> Tensor:
        """As `attend`, for positions inside one block, the first of them `start`."""
        raise NotImplementedError


class DenseAttention(SelfAttention):
    """Sees every position up to itself."""

    def __init__(self, config: TransformerConfig) -> None:
        super().__init__(config)
        self.length = config.length

    def cache_shape(self) -> CacheShape:
        """One row per position."""
        return CacheShape(1, self.length)

    def attend(self, queries: Tensor, keys_values: Tensor) -> Tensor:
        """See the base class."""
        keys, values = keys_values.split(1)
        return attend_up_to_self(queries, keys, values)

    def attend_blocks(
        self, queries: Tensor, keys_values: Tensor, cache: KeyValueCache, block: int
    ) -> Tensor:
        """See the base class."""
        return self.attend_inside(queries, keys_values, cache, block * self.block)

    def attend_inside(
        self, queries: Tensor, keys_values: Tensor, cache: KeyValueCache, start: int
    ) -> Tensor:
        """See the base class."""
        cache.put(0, start, keys_values.unsqueeze(1))
        return attend_up_to_self(queries, *cache.get(0, 1, start + queries.shape[2]))


class BlockAttention(SelfAttention):
    """Sees its own block up to itself."""

    def cache_shape(self) -> CacheShape:
        """The block being filled."""
        return CacheShape(1, self.block)

    def attend(self, queries: Tensor, keys_values: Tensor) -> Tensor:
        """See the base class."""
        folded = blocks_apart(queries, self.block)[0], *blocks_apart(keys_values, self.block)
        return blocks_joined(attend_up_to_self(*folded))

    def attend_blocks(
        self, queries: Tensor, keys_values: Tensor, cache: KeyValueCache, block: int
    ) -> Tensor:
        """Whole blocks see nothing outside, and nothing after will see them."""
        return self.attend(queries, keys_values)

    def attend_inside(
        self, queries: Tensor, keys_values: Tensor, cache: KeyValueCache, start: int
    ) -> Tensor:
        """See the base class."""
        inside = start % self.block
        cache.put(0, inside, keys_values.unsqueeze(1))
        return attend_up_to_self(queries, *cache.get(0, 1, inside + queries.shape[2]))


class ColumnAttention(SelfAttention):
    """Sees the same place in its own and all earlier blocks."""

    def cache_shape(self) -> CacheShape:
        """A group per column, so that a step reads neighbouring rows."""
        return CacheShape(self.block, self.blocks)

    def attend(self, queries: Tensor, keys_values: Tensor) -> Tensor:
        """See the base class."""
        folded = columns_apart(queries, self.block)[0], *columns_apart(keys_values, self.block)
        return columns_joined(attend_up_to_self(*folded))

    def attend_blocks(
        self, queries: Tensor, keys_values: Tensor, cache: KeyValueCache, block: int
    ) -> Tensor:
        """See the base class."""
        (columns,) = columns_apart(queries, self.block)
        cache.put(0, block, columns_apart(keys_values, self.block))
        past = cache.get(0, self.block, block + columns.shape[2])
        return columns_joined(attend_up_to_self(columns, *past))

    def attend_inside(
        self, queries: Tensor, keys_values: Tensor, cache: KeyValueCache, start: int
    ) -> Tensor:
        """See the base class."""
        block, column = divmod(start, self.block)
        cache.put(column, block, keys_values.transpose(1, 2).unsqueeze(3))
        keys, values = cache.get(column, queries.shape[2], block + 1)
        attended = F.scaled_dot_product_attention(queries.permute(2, 1, 0, 3), keys, values)
        return attended.permute(2, 1, 0, 3)


class PreviousBlockAttention(SelfAttention):
    """Sees all of the block before its own; before the first there is one of zeros."""

    def cache_shape(self) -> CacheShape:
        """The previous block and the one being filled, taking turns."""
        return CacheShape(2, self.block)

    def attend(self, queries: Tensor, keys_values: Tensor) -> Tensor:
        """See the base class."""
        blocks = blocks_apart(keys_values, self.block)
        return self._attend_shifted(queries, blocks, torch.zeros_like(blocks[:, :1]))

    def attend_blocks(
        self, queries: Tensor, keys_values: Tensor, cache: KeyValueCache, block: int
    ) -> Tensor:
        """See the base class."""
        blocks = blocks_apart(keys_values, self.block)
        before = torch.stack(cache.get((block + 1) % 2, 1, self.block))
        attended = self._attend_shifted(queries, blocks, before)
        cache.put((block + blocks.shape[1] - 1) % 2, 0, blocks[:, -1:])
        return attended

    def attend_inside(
        self, queries: Tensor, keys_values: Tensor, cache: KeyValueCache, start: int
    ) -> Tensor:
        """See the base class."""
        block, inside = divmod(start, self.block)
        cache.put(block % 2, inside, keys_values.unsqueeze(1))
        keys, values = cache.get((block + 1) % 2, 1, self.block)
        return F.scaled_dot_product_attention(queries, keys, values)

    def _attend_shifted(self, queries: Tensor, blocks: Tensor, before: Tensor) -> Tensor:
        keys, values = torch.cat((before, blocks[:, :-1]), dim=1)
        (folded,) = blocks_apart(queries, self.block)
        return blocks_joined(F.scaled_dot_product_attention(folded, keys, values))


class BlockTailsAttention(SelfAttention):
    """Sees the last places of every block but the last, up to itself, after as many zeros."""

    def __init__(self, config: TransformerConfig, tail: int) -> None:
        super().__init__(config)
        self.tail = tail

    def cache_shape(self) -> CacheShape:
        """The zeros, then the tail of every block."""
        return CacheShape(1, (self.blocks + 1) * self.tail)

    def attend(self, queries: Tensor, keys_values: Tensor) -> Tensor:
        """See the base class."""
        tails = self._tails(keys_values)
        zeros = torch.zeros_like(tails[:, :, : self.tail])
        keys, values = torch.cat((zeros, tails), dim=2).split(1)
        seen = self._seen(0, queries)
        rows = seen.shape[1]
        return F.scaled_dot_product_attention(queries, keys[:, :, :rows], values[:, :, :rows], seen)

    def attend_blocks(
        self, queries: Tensor, keys_values: Tensor, cache: KeyValueCache, block: int
    ) -> Tensor:
        """See the base class."""
        cache.put(0, (block + 1) * self.tail, self._tails(keys_values).unsqueeze(1))
        return self._attend_cached(queries, cache, block * self.block)

    def attend_inside(
        self, queries: Tensor, keys_values: Tensor, cache: KeyValueCache, start: int
    ) -> Tensor:
        """See the base class."""
        block, inside = divmod(start, self.block)
        first = inside - (self.block - self.tail)
        tail = keys_values[:, :, max(0, -first) :]
        if tail.shape[2]:
            cache.put(0, (block + 1) * self.tail + max(0, first), tail.unsqueeze(1))
        return self._attend_cached(queries, cache, start)

    def _tails(self, keys_values: Tensor) -> Tensor:
        blocks = keys_values.unflatten(2, (-1, self.block))
        return blocks[:, :, :, -self.tail :].flatten(2, 3)

    def _attend_cached(self, queries: Tensor, cache: KeyValueCache, start: int) -> Tensor:
        seen = self._seen(start, queries)
        return F.scaled_dot_product_attention(queries, *cache.get(0, 1, seen.shape[1]), seen)

    def _seen(self, start: int, queries: Tensor) -> Tensor:
        """(queries, rows) bool, with as many rows as the last query sees."""
        places = range(start, start + queries.shape[2])
        counts = torch.tensor([self._rows_seen(place) for place in places], device=queries.device)
        rows = torch.arange(self._rows_seen(places[-1]), device=queries.device)
        return rows.unsqueeze(0) < counts.unsqueeze(1)

    def _rows_seen(self, place: int) -> int:
        block, inside = divmod(place, self.block)
        own = max(0, inside + 1 - (self.block - self.tail))
        return min((block + 1) * self.tail + own, self.blocks * self.tail)


class LyricsAttention(SelfAttention):
    """Sees the lyrics at the sequence's beginning, and the few codes that fill their last place.

    The released models round the lyrics up by a number of positions that is the count of blocks.
    """

    def __init__(self, config: TransformerConfig) -> None:
        super().__init__(config)
        self.prefix = (config.lyric_length // config.blocks + 1) * config.blocks

    def cache_shape(self) -> CacheShape:
        """The visible beginning."""
        return CacheShape(1, self.prefix)

    def attend(self, queries: Tensor, keys_values: Tensor) -> Tensor:
        """See the base class."""
        keys, values = keys_values[:, :, : self.prefix].split(1)
        return self._attend_from(queries, keys, values, 0)

    def attend_blocks(
        self, queries: Tensor, keys_values: Tensor, cache: KeyValueCache, block: int
    ) -> Tensor:
        """See the base class."""
        return self.attend_inside(queries, keys_values, cache, block * self.block)

    def attend_inside(
        self, queries: Tensor, keys_values: Tensor, cache: KeyValueCache, start: int
    ) -> Tensor:
        """See the base class."""
        if start < self.prefix:
            cache.put(0, start, keys_values[:, :, : self.prefix - start].unsqueeze(1))
        past = cache.get(0, 1, min(self.prefix, start + queries.shape[2]))
        return self._attend_from(queries, *past, start)

    def _attend_from(self, queries: Tensor, keys: Tensor, values: Tensor, start: int) -> Tensor:
        """Positions of the prefix see up to themselves, those after it see all of it."""
        inside = min(max(0, self.prefix - start), queries.shape[2])
        within, after = queries[:, :, :inside], queries[:, :, inside:]
        parts: list[Tensor] = []
        if within.shape[2]:
            parts.append(attend_up_to_self(within, keys, values))
        if after.shape[2]:
            parts.append(F.scaled_dot_product_attention(after, keys, values))
        return parts[0] if len(parts) == 1 else torch.cat(parts, dim=2)


class CrossAttention(Attention):
    """Sees all states of a separate lyric encoder."""

    input_parts = 1

    def __init__(self, config: TransformerConfig) -> None:
        super().__init__(config)
        self.lyric_length = config.encoder_length
        self.lyrics = Projection(config.width, 2 * config.state_width, 0.02 * config.init_scale)

    @staticmethod
    def out_std(config: TransformerConfig) -> float:
        """Silent at first, so that the rest of the stack learns undisturbed."""
        return 0.0

    def cache_shape(self) -> CacheShape:
        """One row per lyric state."""
        return CacheShape(1, self.lyric_length)

    def forward(self, rows: Tensor, lyrics: Tensor) -> Tensor:
        """Attend from (batch · time, width) to the states (batch, lyrics, width)."""
        keys, values = self._heard(lyrics).split(1)
        return self.out(self._attend(self.inp(rows), keys, values, lyrics.shape[0]))

    def listen(self, lyrics: Tensor, cache: KeyValueCache) -> None:
        """Keep keys and values of the lyric states (batch, lyrics, width), once per window."""
        cache.put(0, 0, self._heard(lyrics).unsqueeze(1))

    def proceed(self, projected: Tensor, cache: KeyValueCache, start: int) -> Tensor:
        """Attend from (batch · time, state), wherever it starts, to what `listen` kept."""
        return self._attend(projected, *cache.get(0, 1, self.lyric_length), cache.batch)

    def _heard(self, lyrics: Tensor) -> Tensor:
        rows = self.lyrics(lyrics.flatten(0, 1))
        return split_heads(rows, lyrics.shape[0], 2, self.heads)

    def _attend(self, projected: Tensor, keys: Tensor, values: Tensor, batch: int) -> Tensor:
        queries = split_heads(projected, batch, 1, self.heads)
        return join_heads(F.scaled_dot_product_attention(queries, keys, values), self.heads)

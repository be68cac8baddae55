"""Where a layer looks: its attention as plain weights, which computing with it never makes.

Whatever pattern a layer has, its weights are what it gives for values that are unit vectors. So
nothing here repeats the patterns. Does not know what a position means.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from engine.nn.attention import CrossAttention, SelfAttention
from engine.nn.layers import split_heads
from engine.nn.transformer import Layer


def attention_weights(
    layer: Layer, x: Tensor, lyrics: Tensor | None = None, keys: int | None = None
) -> Tensor:
    """How much each position of a whole sequence looks at each other, or at each lyric state.

    Args:
        x: (batch, time, width) that goes into the layer.
        lyrics: (batch, lyrics, width), for a layer that sees a lyric encoder.
        keys: how many of them to tell of, from the first on; None for all.

    Returns:
        (batch, heads, time, keys) float32. Rows add up to 1, less what a position gives
        to the zeros that some patterns put before the first block.
    """
    attention = layer.attention
    with layer.at_hand():
        rows = layer.attention_norm(x.to(attention.inp.bias).flatten(0, 1))
        if isinstance(attention, CrossAttention):
            assert lyrics is not None
            weights = _at_lyrics(attention, rows, lyrics.to(rows))[..., :keys]
        else:
            weights = _at_each_other(attention, rows, x.shape[0], keys)
    return weights.to(x.device).float().unflatten(0, (x.shape[0], attention.heads))


def _at_lyrics(attention: CrossAttention, rows: Tensor, lyrics: Tensor) -> Tensor:
    batch, heads = lyrics.shape[0], attention.heads
    (queries,) = split_heads(attention.inp(rows), batch, 1, heads)
    keys, _ = split_heads(attention.lyrics(lyrics.flatten(0, 1)), batch, 2, heads)
    return (queries @ keys.transpose(1, 2) / keys.shape[-1] ** 0.5).softmax(-1)


def _at_each_other(
    attention: SelfAttention, rows: Tensor, batch: int, keys_told: int | None
) -> Tensor:
    parts = split_heads(attention.inp(rows), batch, 3, attention.heads)
    queries, keys = parts[:1], parts[1:2]
    time, head = keys.shape[2:]
    told = min(time, keys_told or time)
    units = torch.eye(time, told, dtype=rows.dtype, device=rows.device)
    units = F.pad(units, (0, -told % head))
    columns = [
        attention.attend(queries, torch.cat((keys, values.expand_as(keys))))
        for values in units.split(head, dim=1)
    ]
    return torch.cat(columns, dim=-1)[..., :told].reshape(-1, time, told)

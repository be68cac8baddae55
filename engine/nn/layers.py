"""The small parts that attention stacks are made of: projections, normalisation, folding.

Knows shapes. Does not know patterns, caches or models.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor, nn
from torch.nn import functional as F

RowMap = Callable[[Tensor], Tensor]


class Projection(nn.Module):
    """A linear map, its matrix stored as (inputs, outputs) like the released ones.

    It computes in the type of its bias, which is that of its rows. The matrix may be kept in fewer
    bytes; it is widened each time it is read.
    """

    def __init__(self, inputs: int, outputs: int, std: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(inputs, outputs))
        self.bias = nn.Parameter(torch.zeros(outputs))
        nn.init.normal_(self.weight, std=std)

    def forward(self, rows: Tensor) -> Tensor:
        """(rows, inputs) to (rows, outputs)."""
        return torch.addmm(self.bias, rows, self.weight.to(rows.dtype))

    def bound(self, *, gain: float = 1.0, bias_gain: float = 1.0) -> RowMap:
        """The same map with its weights at hand, times a gain, for calls many and small."""
        bias, weight = self.bias, self.weight
        if weight.dtype == bias.dtype:
            return partial(torch.addmm, bias, mat2=weight, alpha=gain, beta=bias_gain)
        return lambda rows: torch.addmm(
            bias, rows, weight.to(bias.dtype), alpha=gain, beta=bias_gain
        )


class Normalisation(nn.LayerNorm):
    """Layer normalisation in single precision, whatever the type of what it normalises."""

    def forward(self, input: Tensor) -> Tensor:
        """(…, width) to the same shape and type."""
        single = input.float()
        shape, weight, bias = self.normalized_shape, self.weight, self.bias
        return torch.layer_norm(single, shape, weight, bias, self.eps).to(input.dtype)

    def bound(self, dtype: torch.dtype) -> RowMap:
        """The same map with its weights at hand, for rows of one type."""
        if dtype != torch.float32:
            return self.forward
        shape, weight, bias = self.normalized_shape, self.weight, self.bias
        return partial(
            torch.layer_norm, normalized_shape=shape, weight=weight, bias=bias, eps=self.eps
        )


def split_heads(rows: Tensor, batch: int, parts: int, heads: int) -> Tensor:
    """(batch · time, parts · heads · head) to (parts, batch · heads, time, head)."""
    head = rows.shape[1] // (parts * heads)
    if rows.shape[0] == 1:
        return rows.view(parts, heads, 1, head)
    split = rows.view(batch, -1, parts, heads, head).permute(2, 0, 3, 1, 4)
    return split.reshape(parts, batch * heads, -1, head)


def join_heads(attended: Tensor, heads: int) -> Tensor:
    """(…, batch · heads, time, head) to (batch · time, heads · head)."""
    time, head = attended.shape[-2:]
    if time == 1:
        return attended.reshape(-1, heads * head)
    apart = attended.view(-1, heads, time, head)
    return apart.transpose(1, 2).reshape(-1, heads * head)


def attend_up_to_self(queries: Tensor, keys: Tensor, values: Tensor) -> Tensor:
    """Each query sees the keys up to its own; the queries are those of the last keys."""
    new, known = queries.shape[2], keys.shape[2]
    if new == 1:
        return F.scaled_dot_product_attention(queries, keys, values)
    if new == known:
        return F.scaled_dot_product_attention(queries, keys, values, is_causal=True)
    ones = torch.ones(new, known, dtype=torch.bool, device=queries.device)
    return F.scaled_dot_product_attention(queries, keys, values, ones.tril(known - new))


def blocks_apart(x: Tensor, block: int) -> Tensor:
    """(parts, batch · heads, time, head) to (parts, blocks, batch · heads, block, head)."""
    return x.unflatten(2, (-1, block)).transpose(1, 2)


def blocks_joined(x: Tensor) -> Tensor:
    """(blocks, batch · heads, block, head) to (batch · heads, time, head)."""
    return x.transpose(0, 1).flatten(1, 2)


def columns_apart(x: Tensor, block: int) -> Tensor:
    """(parts, batch · heads, time, head) to (parts, columns, batch · heads, blocks, head)."""
    return x.unflatten(2, (-1, block)).permute(0, 3, 1, 2, 4)


def columns_joined(x: Tensor) -> Tensor:
    """(columns, batch · heads, blocks, head) to (batch · heads, time, head)."""
    return x.permute(1, 2, 0, 3).flatten(1, 2)

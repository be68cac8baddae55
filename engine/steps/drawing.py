"""From logits to one symbol: temperature, top-k, top-p, and a draw that a number decides.

The draw inverts the cumulative distribution at a given uniform number. So the outcome depends on
the logits and on that number alone, not on how many takes or levels are drawn beside it.
"""

from __future__ import annotations

import torch
from torch import Tensor

from engine.types import LevelSettings


def draw(logits: Tensor, settings: LevelSettings, uniform: Tensor) -> Tensor:
    """One symbol per row.

    Args:
        logits: (batch, symbols) float32.
        uniform: (batch,) float32 within 0…1, 1 excluded.

    Returns:
        (batch,) int64.
    """
    scaled = filtered(logits / settings.temperature, settings.top_k, settings.top_p)
    cumulative = torch.softmax(scaled, dim=-1).cumsum(dim=-1)
    target = uniform.unsqueeze(-1) * cumulative[:, -1:]
    drawn = torch.searchsorted(cumulative, target, right=True).squeeze(-1)
    return drawn.clamp_(max=logits.shape[-1] - 1)


def filtered(logits: Tensor, top_k: int, top_p: float) -> Tensor:
    """Logits with the unlikely ones at −∞.

    Args:
        logits: (batch, symbols).
        top_k: keep the k largest, and those equal to the k-th; 0 keeps all.
        top_p: keep the likeliest until their probability exceeds this, the one that crosses it
            included; 0 keeps all.
    """
    if top_k:
        kth = logits.topk(min(top_k, logits.shape[-1]), dim=-1).values[:, -1:]
        return logits.masked_fill(logits < kth, -torch.inf)
    if top_p:
        ordered, order = logits.sort(dim=-1, descending=True)
        before = ordered.softmax(dim=-1).cumsum(dim=-1).roll(1, dims=-1)
        before[:, 0] = 0
        dropped = torch.zeros_like(logits, dtype=torch.bool).scatter(-1, order, before > top_p)
        return logits.masked_fill(dropped, -torch.inf)
    return logits

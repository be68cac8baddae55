"""Waves in the embeddings of places, so that a prior need not find out how far a beat is.

Where windows begin on beats, a place modulo a few numbers tells where in a beat it lies. A table of
a thousand unrelated rows has to learn that row by row; waves of these periods say it at once.

Knows tables and periods. Does not know songs or training.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import tau

import torch
from torch import Tensor


def with_pulses(places: Tensor, periods: Sequence[float], size: float) -> Tensor:
    """Embeddings of places with a wave of each period added, each in two random directions.

    Args:
        places: (length, width), a row for each place.
        periods: in places, at least one.
        size: of what is added to a row, as a norm.

    Returns:
        (length, width).
    """
    turns = tau * torch.arange(len(places))[:, None] / torch.tensor(periods)
    waves = torch.cat((turns.sin(), turns.cos()), dim=1)
    directions = torch.nn.init.orthogonal_(torch.empty(waves.shape[1], places.shape[1]))
    added = waves @ directions
    return places + size * added / added.norm(dim=1).mean()

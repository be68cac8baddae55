"""The numbers that decide draws: one per seed, take, level and place in the song."""

from __future__ import annotations

import hashlib

import torch
from torch import Tensor

from engine.types import Level

_NOISE_BLOCK = 1024


def noise(seed: int, variation: int, level: Level, start: int, end: int) -> Tensor:
    """The uniform numbers that decide the codes `start`…`end` of one take and level.

    They depend on the position in the song only, so a take that stops and goes on, or that is
    sampled beside others, draws the same codes.

    Returns:
        (end − start,) float32 within 0…1, 1 excluded.
    """
    first, last = start // _NOISE_BLOCK, -(-end // _NOISE_BLOCK)
    blocks = [_noise_block(seed, variation, level, block) for block in range(first, last)]
    offset = start - first * _NOISE_BLOCK
    return torch.cat(blocks)[offset : offset + end - start]


def _noise_block(seed: int, variation: int, level: Level, block: int) -> Tensor:
    key = f"{seed}/{variation}/{int(level)}/{block}".encode()
    digest = hashlib.sha256(key).digest()
    generator = torch.Generator().manual_seed(int.from_bytes(digest[:8], "big") >> 1)
    return torch.rand(_NOISE_BLOCK, generator=generator)

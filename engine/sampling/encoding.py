"""Sound to codes, tile by tile, equal to encoding everything at once."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray

from engine.nn.vqvae import VQVAE
from engine.types import Codes

_TILE_S = 8


def encoded_tiles(
    vqvae: VQVAE, samples: NDArray[np.float32], device: torch.device
) -> Iterator[Codes]:
    """Codes of all levels, a tile of a few seconds at a time, in order.

    Each tile is encoded together with as much of its neighbours as the encoders reach, so the
    tiles joined equal the codes of the whole.

    Args:
        samples: (time,) mono at the model's rate; what is left over after the last whole code of
            the top level is not encoded.
    """
    grid = max(vqvae.config.hops)
    length = len(samples) // grid * grid
    reach = -(-max(max(vqvae.encoder_reach(level)) for level in range(vqvae.config.levels)) // grid)
    tile = max(_TILE_S * vqvae.config.sample_rate // grid, reach) * grid
    for start in range(0, length, tile):
        end = min(start + tile, length)
        first, last = max(0, start - reach * grid), min(length, end + reach * grid)
        sound = torch.from_numpy(np.array(samples[first:last], np.float32)).unsqueeze(0).to(device)
        yield _encode(vqvae, sound, start - first, end - first)


def joined(tiles: list[Codes]) -> Codes:
    """Codes of consecutive tiles as one."""
    levels = len(tiles[0].levels)
    return Codes(
        tuple(np.concatenate([tile.at(level) for tile in tiles]) for level in range(levels))
    )


def _encode(vqvae: VQVAE, sound: torch.Tensor, start: int, end: int) -> Codes:
    with torch.inference_mode():
        levels = vqvae.encode(sound)
    hops = vqvae.config.hops
    return Codes(
        tuple(
            codes[0, start // hop : end // hop].cpu().numpy().astype(np.uint16)
            for codes, hop in zip(levels, hops, strict=True)
        )
    )

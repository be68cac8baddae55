"""The dataset as codes: one array of codes per song and level, kept as `.npy` files.

Knows how songs become codes with a trained VQ-VAE, and how often each code occurs. Does not know
priors.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.nn.codec import encoder_reach
from engine.nn.vqvae import LevelAutoencoder
from engine.training.data import Song, read_stretch

log = logging.getLogger(__name__)

CodeArray = NDArray[np.uint16]
_TILE_SAMPLES = 1 << 19


def codes_path(folder: Path, song: Song) -> Path:
    """Where the codes of a song at one level are kept."""
    return folder / f"{song.name}.npy"


def write_codes(songs: Iterable[Song], level: LevelAutoencoder, folder: Path) -> None:
    """Encode the songs that are not encoded at a level yet."""
    folder.mkdir(parents=True, exist_ok=True)
    for song in songs:
        path = codes_path(folder, song)
        if not path.exists():
            _write(path, encoded(level, read_stretch(song, 0, song.samples)))
            log.info("encoded %s", song.name)


@torch.no_grad()
def encoded(level: LevelAutoencoder, audio: Tensor) -> CodeArray:
    """The codes of (time,) sound at one level, tile by tile, each with what its encoder reaches."""
    hop, device = level.hop, next(level.parameters()).device
    reach = -(-max(encoder_reach(level.shape, hop)) // hop)
    codes = len(audio) // hop
    tile = max(_TILE_SAMPLES // hop, reach)
    parts: list[CodeArray] = []
    for start in range(0, codes, tile):
        end = min(start + tile, codes)
        first, last = max(0, start - reach), min(codes, end + reach)
        heard = audio[first * hop : last * hop].unsqueeze(0).to(device)
        found = level.encode(heard)[0, start - first : end - first]
        parts.append(found.cpu().numpy().astype(np.uint16))
    return np.concatenate(parts)


def _write(path: Path, codes: CodeArray) -> None:
    unfinished = path.with_suffix(".part")
    with unfinished.open("wb") as file:
        np.save(file, codes)
    unfinished.replace(path)


def read_codes(folder: Path, song: Song) -> CodeArray:
    """The codes of a song, mapped from the file."""
    return np.load(codes_path(folder, song), mmap_mode="r")


def unigram_bits(train: list[CodeArray], test: list[CodeArray], size: int) -> float:
    """Bits per code of `test` when each code is as frequent as in `train`."""
    counts = np.ones(size)
    for codes in train:
        counts += np.bincount(codes, minlength=size)
    bits = -np.log2(counts / counts.sum())
    return float(np.mean(bits[np.concatenate(test)]))


def bigram_bits(train: list[CodeArray], test: list[CodeArray], size: int) -> float:
    """Bits per code of `test` when each code depends on the one before as in `train`.

    Pairs that are rare in `train` fall back on the frequency of the second code.
    """
    pairs = np.zeros((size, size))
    for codes in train:
        np.add.at(pairs, (codes[:-1], codes[1:]), 1)
    single = (pairs.sum(0) + 1) / (pairs.sum() + size)
    weight = 1 + (pairs > 0).sum(1, keepdims=True)  # Witten-Bell: by how many codes ever followed
    chances = (pairs + weight * single) / (pairs.sum(1, keepdims=True) + weight)
    bits = [-np.log2(chances[codes[:-1], codes[1:]]) for codes in test]
    return float(np.mean(np.concatenate(bits)))

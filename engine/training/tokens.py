"""The dataset as codes: one array of codes per song and level, kept as `.npy` files.

Knows how songs become codes with a trained VQ-VAE, and how often each code occurs. Does not know
priors.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.nn.vqvae import VQVAE
from engine.sampling.encoding import encoded_tiles, joined
from engine.training.data import Song, read_stretch
from engine.types import Level

log = logging.getLogger(__name__)

CodeArray = NDArray[np.uint16]


def codes_path(folder: Path, song: Song) -> Path:
    """Where the codes of a song at one level are kept."""
    return folder / f"{song.name}.npy"


def write_codes(songs: Iterable[Song], vqvae: VQVAE, folders: Mapping[Level, Path]) -> None:
    """Encode the songs that are not encoded at every level yet."""
    for folder in folders.values():
        folder.mkdir(parents=True, exist_ok=True)
    device = next(vqvae.parameters()).device
    for song in songs:
        paths = {level: codes_path(folder, song) for level, folder in folders.items()}
        if all(path.exists() for path in paths.values()):
            continue
        audio = read_stretch(song, 0, song.samples).numpy()
        codes = joined(list(encoded_tiles(vqvae, audio, device)))
        for level, path in paths.items():
            _write(path, codes.at(level))
        log.info("encoded %s", song.name)


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

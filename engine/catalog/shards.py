"""Weights written to a folder one by one, in shards: what stands is not made again.

Knows names, shapes and files. Does not know where numbers come from, nor what they are for.

Source: the safetensors format, as documented by its project.
"""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor

from engine.catalog.sources import CODES, in_safetensors
from engine.errors import ModelError

SHARD_BYTES = 512 << 20
_NAMES = {dtype: name for name, dtype in CODES.items()}
SHARDS = "model-*.safetensors"
INDEX = "model.safetensors.index.json"


class Pending(NamedTuple):
    """A weight that is made when its turn comes."""

    name: str
    shape: tuple[int, ...]
    dtype: torch.dtype
    make: Callable[[], Tensor]

    @property
    def size_bytes(self) -> int:
        """Bytes in the file."""
        return math.prod(self.shape) * self.dtype.itemsize


def write_shards(folder: Path, weights: Sequence[Pending]) -> None:
    """Write weights and their index; after a stop, the same call goes on where it stopped.

    Memory holds one weight at a time.

    Raises:
        ModelError: the disk has too little room; nothing was written.
        OSError: the folder cannot be written.
    """
    shards = list(_grouped(weights))
    names = [f"model-{n:05}-of-{len(shards):05}.safetensors" for n in range(1, len(shards) + 1)]
    missing = {
        name: shard
        for name, shard in zip(names, shards, strict=True)
        if not _stands(folder / name, shard)
    }
    _require_room(folder, sum(weight.size_bytes for shard in missing.values() for weight in shard))
    for name, shard in missing.items():
        _write_shard(folder / name, shard)
    places = {w.name: name for name, shard in zip(names, shards, strict=True) for w in shard}
    size = sum(weight.size_bytes for weight in weights)
    index = {"metadata": {"total_size": size}, "weight_map": places}
    (folder / INDEX).write_text(json.dumps(index, indent=1) + "\n", "utf-8")


def _grouped(weights: Sequence[Pending]) -> Iterator[list[Pending]]:
    """Weights in groups that fill a shard each."""
    shard: list[Pending] = []
    for weight in weights:
        size = sum(other.size_bytes for other in shard) + weight.size_bytes
        if shard and size > SHARD_BYTES:
            yield shard
            shard = []
        shard.append(weight)
    yield shard


def _stands(path: Path, shard: Sequence[Pending]) -> bool:
    """Whether a file holds these weights, as its head says and its size allows."""
    try:
        found = in_safetensors(path)
    except ModelError:
        return False
    there = {name: (weight.shape, weight.dtype) for name, weight in found.items()}
    return there == {weight.name: (weight.shape, weight.dtype) for weight in shard}


def _write_shard(path: Path, shard: Sequence[Pending]) -> None:
    unfinished = path.with_suffix(".part")
    with unfinished.open("wb") as file:
        file.write(_head(shard))
        for weight in shard:
            numbers = weight.make().to(weight.dtype).contiguous().view(-1).view(torch.uint8)
            file.write(numbers.numpy().data)
    unfinished.replace(path)


def _head(shard: Sequence[Pending]) -> bytes:
    """Length and table of contents; padded, so that all numbers lie at even addresses."""
    entries: dict[str, object] = {"__metadata__": {"format": "pt"}}
    end = 0
    for weight in shard:
        start, end = end, end + weight.size_bytes
        kind, shape = _NAMES[weight.dtype], list(weight.shape)
        entries[weight.name] = {"dtype": kind, "shape": shape, "data_offsets": [start, end]}
    table = json.dumps(entries).encode()
    table += b" " * (-len(table) % 8)
    return len(table).to_bytes(8, "little") + table


def _require_room(folder: Path, needed: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < needed * 1.01:
        raise ModelError(
            "The model needs {needed:.1f} GB in “{folder}”, where {free:.1f} GB are free. Free "
            "some space, or name another folder.",
            needed=needed / 1e9,
            folder=folder,
            free=free / 1e9,
        )

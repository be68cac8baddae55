"""Weights where they lie: names, shapes and types are known, numbers are read when asked for.

Numbers come through a small buffer into the tensor that will hold them, in the type and on the
device that it has, so reading takes hardly more memory than the result. Files come from strangers:
a head is believed only as far as the file bears it out. Does not know what weights are called.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from io import FileIO
from pathlib import Path
from typing import Any, cast

import torch
from torch import Tensor

from engine.catalog.pages import empty, in_pages
from engine.catalog.pickles import MAX_DIMENSIONS, open_pickle, reading
from engine.errors import ModelError

_MAX_HEAD_BYTES = 16 << 20
_BUFFER_BYTES = 8 << 20

CODES = {
    "F64": torch.float64,
    "F32": torch.float32,
    "F16": torch.float16,
    "BF16": torch.bfloat16,
    "I64": torch.int64,
    "I32": torch.int32,
    "I16": torch.int16,
    "I8": torch.int8,
    "U8": torch.uint8,
    "BOOL": torch.bool,
}
"""Types of numbers as a safetensors file calls them."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A weight of which nothing is in memory yet.

    Attributes:
        shape, dtype: as it is stored.
        fill: copies the numbers into a tensor of that shape, of any type and on any device.
    """

    shape: tuple[int, ...]
    dtype: torch.dtype
    fill: Callable[[Tensor], None]

    def read(self, dtype: torch.dtype | None = None, device: torch.device | str = "cpu") -> Tensor:
        """The numbers in memory of their own, in a type and on a device.

        Raises:
            ModelError: the file is broken.
        """
        tensor = empty(self.shape, dtype or self.dtype, device)
        self.fill(tensor)
        return tensor


Source = Mapping[str, Stored]


def held(tensor: Tensor) -> Stored:
    """A tensor that is in memory."""
    return Stored(tuple(tensor.shape), tensor.dtype, partial(_copy, tensor.detach()))


def in_safetensors(path: Path) -> dict[str, Stored]:
    """The weights of a safetensors file.

    Raises:
        ModelError: the file is missing, broken, or says what it does not hold.
    """
    with reading(path), path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        if length > _MAX_HEAD_BYTES:
            raise ValueError(f"a head of {length} bytes")
        head = cast(dict[str, Any], json.loads(file.read(length)))
        head.pop("__metadata__", None)
        first, size = 8 + length, path.stat().st_size
        found = {name: _entry(path, entry, first, size) for name, entry in head.items()}
        if first + sum(_bytes_of(weight) for weight in found.values()) != size:
            raise ValueError("weights that do not fill the file")
    return found


def in_pickle(path: Path, entry: str | None = None) -> dict[str, Stored]:
    """The weights of one of torch's files, or of one entry in it.

    The file is mapped while any of them is held; its pages are let go after each reading.

    Raises:
        ModelError: the file is missing or broken, has no such entry, or holds other things.
    """
    pickled = open_pickle(path)
    content = pickled.entries if entry is None else pickled.entries.get(entry)
    if not isinstance(content, dict):
        raise ModelError(
            "“{name}” is no Jukebox checkpoint: it holds no entry “{entry}”.",
            name=path.name,
            entry=entry,
        )
    items = cast(dict[object, object], content).items()
    tensors = {str(name): value for name, value in items if isinstance(value, Tensor)}
    if len(tensors) < len(items) or not tensors:
        raise ModelError("“{name}” holds things that are no weights.", name=path.name)
    return {
        name: Stored(
            tuple(tensor.shape), tensor.dtype, partial(_copy_mapped, tensor, pickled.drop_pages)
        )
        for name, tensor in tensors.items()
    }


def _entry(path: Path, entry: Mapping[str, Any], first: int, size: int) -> Stored:
    """A weight as a file's head describes it."""
    shape, (begin, end) = tuple(entry["shape"]), entry["data_offsets"]
    dtype = CODES[entry["dtype"]]
    if len(shape) > MAX_DIMENSIONS:
        raise ValueError("a tensor of too many dimensions")
    if not all(type(number) is int and 0 <= number < 2**62 for number in (*shape, begin, end)):
        raise ValueError("a tensor of impossible size")
    if end - begin != math.prod(shape) * dtype.itemsize or first + end > size:
        raise ValueError("a tensor beyond its numbers")
    return Stored(shape, dtype, partial(_fill_from_file, path, first + begin, dtype))


def _bytes_of(weight: Stored) -> int:
    return math.prod(weight.shape) * weight.dtype.itemsize


def _fill_from_file(path: Path, start: int, dtype: torch.dtype, target: Tensor) -> None:
    flat = target.view(-1)
    direct = target.device.type == "cpu" and target.dtype == dtype
    at_once = _BUFFER_BYTES // dtype.itemsize
    buffer = None if direct else in_pages((min(at_once, len(flat)),), dtype)
    with reading(path), path.open("rb", buffering=0) as file:
        file.seek(start)
        for part in flat.split(at_once):
            numbers = part if buffer is None else buffer[: len(part)]
            _read_exactly(file, numbers)
            if buffer is not None:
                part.copy_(numbers)


def _read_exactly(file: FileIO, numbers: Tensor) -> None:
    room = numbers.view(torch.uint8).numpy().data
    while len(room):
        count = file.readinto(room)
        if not count:
            raise EOFError("the file ends within a weight")
        room = room[count:]


def _copy(tensor: Tensor, target: Tensor) -> None:
    target.copy_(tensor)


def _copy_mapped(tensor: Tensor, drop_pages: Callable[[], None], target: Tensor) -> None:
    target.copy_(tensor)
    drop_pages()

"""Tensors in torch's pickled files, read without running what a pickle says.

A pickle is a program. Here it may build lists, dicts, numbers and names of tensors from a short
list of makers of our own, and nothing else: whatever else it asks for is refused by name. Tensors
are views of the file, mapped into memory, so that reading one reads only that one. Both layouts are
read: the zip of today, and the older one, which starts with several pickles in a row.

Source: torch's serialization module, as documented there; jukebox specification 7.1.
"""

from __future__ import annotations

import io
import math
import mmap
import pickle
import pickletools
import re
import struct
import zipfile
from collections import OrderedDict
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
import torch
from safetensors import SafetensorError
from torch import Tensor

from engine.errors import ModelError, ModelMissingError

MAX_DIMENSIONS = 8
"""No weight has more; a header that says so is there to do harm."""

_MAX_PICKLE_BYTES = 16 << 20
_MAX_OPERATIONS = 1_000_000
_MAGIC, _PROTOCOL = 0x1950A86A20F9469CFC6C, 1001
_ZIP = b"PK\x03\x04"

_UNREADABLE = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    MemoryError,
    NotImplementedError,
    OSError,
    RuntimeError,
    SafetensorError,
    TypeError,
    ValueError,
    pickle.UnpicklingError,
    struct.error,
    zipfile.BadZipFile,
)
"""What pickle, zipfile, torch and safetensors are known to raise at files that are broken."""


@contextmanager
def reading(path: Path) -> Generator[None]:
    """Tell what goes wrong while a weight file is read.

    Raises:
        ModelMissingError: there is no such file.
        ModelError: it is broken.
    """
    try:
        yield
    except FileNotFoundError as error:
        raise ModelMissingError(f"There is no file “{path}”.") from error
    except _UNREADABLE as error:
        raise ModelError(
            f"“{path.name}” cannot be read: it is damaged or no model file. Fetch it again."
        ) from error


def read_pickle(path: Path) -> dict[str, object]:
    """The dict that a file of torch's holds, with its tensors as views of the file.

    Tensors are there at the first and at the second level: in the dict, and in dicts and lists in
    it. They may lie at odd addresses; `aligned` moves one.

    Raises:
        ModelMissingError: there is no such file.
        ModelError: it is broken, or asks for what no weights need.
    """
    with reading(path), path.open("rb") as file:
        content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
        loaded = _from_zip(path, content) if content[:4] == _ZIP else _from_row(path, content)
        if not isinstance(loaded, dict):
            raise ModelError(f"“{path.name}” holds no weights.")
        entries = cast(dict[object, object], loaded)
        return {str(name): _viewed(value, _tensors_in) for name, value in entries.items()}


def aligned(tensor: Tensor) -> Tensor:
    """The same tensor where a processor expects one of its type; a copy if it is elsewhere."""
    return tensor.clone() if tensor.data_ptr() % tensor.element_size() else tensor


class _Fixed:
    """Something of ours that a pickle gets hold of, and would else be free to change."""

    __slots__ = ()

    def __setstate__(self, state: object) -> None:
        raise TypeError("a change of what is fixed")


@dataclass(slots=True)
class _Storage(_Fixed):
    """A stretch of numbers, and where in the file it starts once that is known."""

    key: str
    dtype: torch.dtype
    count: int
    content: mmap.mmap
    start: int = -1

    def locate(self, start: int, room: int) -> None:
        """Say where it lies.

        Raises:
            ValueError: it is longer than the room there is.
        """
        if self.count * self.dtype.itemsize > min(room, len(self.content) - start):
            raise ValueError("numbers beyond the end of the file")
        self.start = start


@dataclass(slots=True)
class _Stored(_Fixed):
    """A tensor that has not been looked at."""

    storage: _Storage
    offset: int
    size: tuple[int, ...]
    stride: tuple[int, ...]

    def tensor(self) -> Tensor:
        """A view of the file.

        Raises:
            ValueError: it does not lie within its storage.
        """
        numbers = (self.offset, *self.size, *self.stride)
        if len(self.size) != len(self.stride) or len(self.size) > MAX_DIMENSIONS:
            raise ValueError("a tensor of too many dimensions")
        if not all(type(number) is int and 0 <= number < 2**62 for number in numbers):
            raise ValueError("a tensor of impossible size")
        count = math.prod(self.size)
        steps = zip(self.size, self.stride, strict=True)
        last = self.offset + sum((size - 1) * stride for size, stride in steps)
        if count > self.storage.count or (count and last >= self.storage.count):
            raise ValueError("a tensor beyond its numbers")
        return self._all().as_strided(self.size, self.stride, self.offset)

    def _all(self) -> Tensor:
        storage = self.storage
        if storage.start < 0:
            raise ValueError("a tensor without numbers")
        if not storage.count:
            return torch.empty(0, dtype=storage.dtype)
        return torch.frombuffer(
            storage.content, dtype=storage.dtype, count=storage.count, offset=storage.start
        )


def _viewed(value: object, inside: Callable[[object], object]) -> object:
    return value.tensor() if isinstance(value, _Stored) else inside(value)


def _tensors_in(value: object) -> object:
    if isinstance(value, dict):
        entries = cast(dict[object, object], value)
        return {name: _viewed(item, lambda other: other) for name, item in entries.items()}
    if isinstance(value, list):
        return [_viewed(item, lambda other: other) for item in cast(list[object], value)]
    return value


def _from_zip(path: Path, content: mmap.mmap) -> object:
    with zipfile.ZipFile(path) as archive:
        entries = {info.filename: info for info in archive.infolist()}
        (main,) = (name for name in entries if name.endswith("/data.pkl"))
        root = main.removesuffix("data.pkl")
        if entries[main].file_size > _MAX_PICKLE_BYTES:
            raise ModelError(f"“{path.name}” cannot be read: its table of contents is too large.")
        order = entries.get(f"{root}byteorder")
        if order is not None and _bytes_of(order, content) != b"little":
            raise ModelError(f"“{path.name}” cannot be read: its numbers are written backwards.")
    row = _Row(path.name, content, _bytes_of(entries[main], content))
    loaded = row.load()
    for key, storage in row.storages.items():
        start, room = _place_of(entries[f"{root}data/{key}"], content)
        storage.locate(start, room)
    return loaded


def _bytes_of(info: zipfile.ZipInfo, content: mmap.mmap) -> bytes:
    start, length = _place_of(info, content)
    return content[start : start + length]


def _place_of(info: zipfile.ZipInfo, content: mmap.mmap) -> tuple[int, int]:
    """Where an entry's bytes start, and how many there are."""
    if info.compress_type != zipfile.ZIP_STORED or info.flag_bits & 1:
        raise ValueError("a packed entry")
    name, extra = struct.unpack_from("<HH", content, info.header_offset + 26)
    start = info.header_offset + 30 + name + extra
    if content[info.header_offset : info.header_offset + 4] != _ZIP:
        raise ValueError("an entry without a head")
    if start + info.file_size > len(content):
        raise ValueError("an entry beyond the end of the file")
    return start, info.file_size


def _from_row(path: Path, content: mmap.mmap) -> object:
    row = _Row(path.name, content, content[:_MAX_PICKLE_BYTES])
    if row.load() != _MAGIC or row.load() != _PROTOCOL:
        raise ModelError(f"“{path.name}” cannot be read: it is no file of torch's.")
    about = cast(Mapping[str, object], row.load())
    if not about["little_endian"]:
        raise ModelError(f"“{path.name}” cannot be read: its numbers are written backwards.")
    loaded, keys = row.load(), cast(list[str], row.load())
    start = row.position
    for key in keys:
        storage = row.storages[key]
        (count,) = struct.unpack_from("<q", content, start)
        if count != storage.count:
            raise ValueError("numbers of another count")
        storage.locate(start + 8, len(content))
        start += 8 + count * storage.dtype.itemsize
    return loaded


class _Row:
    """Pickles one after the other, and the storages they name."""

    def __init__(self, name: str, content: mmap.mmap, head: bytes) -> None:
        self._name, self._content, self._head = name, content, head
        self.storages: dict[str, _Storage] = {}
        self.position = 0

    def load(self) -> object:
        """What the next pickle makes."""
        end = self._end()
        reader = _Reader(io.BytesIO(self._head[self.position : end]), self._name, self._storage)
        self.position = end
        return reader.load()

    def _end(self) -> int:
        """Where the next pickle ends; refuses one that would only fill the memory."""
        file = io.BytesIO(self._head)
        file.seek(self.position)
        for number, (operation, argument, position) in enumerate(pickletools.genops(file)):
            far = operation.name.endswith("PUT") and int(argument or 0) > _MAX_OPERATIONS
            if number > _MAX_OPERATIONS or far:
                raise ModelError(f"“{self._name}” cannot be read: it is made to fill the memory.")
            if operation.name == "STOP":
                return cast(int, position) + 1
        raise ValueError("a pickle without an end")

    def _storage(self, identity: object) -> _Storage:
        match identity:
            case ("storage", torch.dtype() as dtype, str(key), str(), int(count), *rest):
                if any(part is not None for part in rest) or count < 0:
                    raise ValueError("a storage within a storage")
                storage = _Storage(key, dtype, count, self._content)
                return self.storages.setdefault(key, storage)
            case _:
                raise ValueError("a storage that is none")


class _Reader(pickle.Unpickler):
    """Builds plain values, and those of the makers below."""

    def __init__(self, file: io.BytesIO, name: str, storage: Callable[[object], _Storage]) -> None:
        super().__init__(file)
        self._name, self._storage = name, storage

    def find_class(self, module: str, name: str, /) -> object:
        """What a pickle asks for by name.

        Raises:
            ModelError: no weights need that.
        """
        if (module, name) not in _ALLOWED:
            asked = f"{module}.{name}"[:80]
            raise ModelError(
                f"“{self._name}” cannot be read: it asks to run “{asked}”, which no weights need. "
                "Nothing was run. Do not trust this file."
            )
        return _ALLOWED[module, name]

    def persistent_load(self, pid: object, /) -> _Storage:
        """The numbers that a pickle names."""
        return self._storage(pid)


class _Maker(_Fixed):
    """A function that a pickle may call."""

    __slots__ = ("_make",)

    def __init__(self, make: Callable[..., object]) -> None:
        self._make = make

    def __call__(self, *arguments: object) -> object:
        return self._make(*arguments)


@dataclass(slots=True)
class _NumpyType:
    """The type of a numpy scalar, such as “f8”.

    Not frozen: early Pythons 3.11 give frozen classes with slots a `__setstate__` of their own.
    """

    code: str

    def __setstate__(self, state: object) -> None:
        """Byte order and the like, which are those of this computer or make no difference."""


def _stored(
    storage: _Storage, offset: int, size: tuple[int, ...], stride: tuple[int, ...], *_: object
) -> _Stored:
    if not isinstance(storage, _Storage):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError("a tensor without a storage")
    return _Stored(storage, offset, tuple(size), tuple(stride))


def _bare(data: object, *_: object) -> object:
    return data


def _numpy_type(code: str, *_: object) -> _NumpyType:
    if not re.fullmatch("[biuf][1248]", code):
        raise ValueError("a numpy type that is no number")
    return _NumpyType(code)


def _numpy_scalar(kind: _NumpyType, content: bytes) -> object:
    return np.frombuffer(content, kind.code, 1).item()


def _encoded(text: str, encoding: str = "latin1") -> bytes:
    return text.encode("utf-8" if encoding == "utf-8" else "latin1")


def _allowed() -> Iterator[tuple[tuple[str, str], object]]:
    yield ("collections", "OrderedDict"), OrderedDict
    yield ("jukebox.hparams", "Hyperparams"), OrderedDict
    yield ("_codecs", "encode"), _Maker(_encoded)
    yield ("torch", "Size"), _Maker(tuple)
    for name in ("_rebuild_tensor", "_rebuild_tensor_v2"):
        yield ("torch._utils", name), _Maker(_stored)
    yield ("torch._utils", "_rebuild_parameter"), _Maker(_bare)
    yield ("numpy", "dtype"), _Maker(_numpy_type)
    for module in ("numpy.core.multiarray", "numpy._core.multiarray"):
        yield (module, "scalar"), _Maker(_numpy_scalar)
    for kind, dtype in _DTYPES.items():
        yield ("torch", f"{kind}Storage"), dtype


_DTYPES = {
    "Float": torch.float32,
    "Half": torch.float16,
    "BFloat16": torch.bfloat16,
    "Double": torch.float64,
    "Long": torch.int64,
    "Int": torch.int32,
    "Short": torch.int16,
    "Char": torch.int8,
    "Byte": torch.uint8,
    "Bool": torch.bool,
}

_ALLOWED = dict(_allowed())

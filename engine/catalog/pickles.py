"""Tensors in torch's pickled files, read without running what a pickle says.

A pickle is a program. Here it may build lists, dicts, numbers and names of tensors from a short
list of makers of our own, and nothing else: whatever else it asks for is refused by name. Tensors
are views of the file, mapped into memory, so that reading one reads only that one. Both layouts are
read: the zip of today, and the older one, which starts with several pickles in a row.

Source: torch's serialization module, as documented there; jukebox specification 7.1.
"""

from __future__ import annotations

import io
import mmap
import pickle
import pickletools
import struct
import zipfile
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import torch
from safetensors import SafetensorError

from engine.catalog.makers import ALLOWED, PickledNumbers, PickledTensor
from engine.catalog.makers import MAX_DIMENSIONS as MAX_DIMENSIONS
from engine.errors import ModelError, ModelMissingError

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
        raise ModelMissingError("There is no file “{path}”.", path=path) from error
    except _UNREADABLE as error:
        raise ModelError(
            "“{name}” cannot be read: it is damaged or no model file. Fetch it again.",
            name=path.name,
        ) from error


@dataclass(frozen=True, slots=True)
class Pickled:
    """What a file of torch's holds, its tensors as views of the file.

    Tensors are there at the first and at the second level: in the dict, and in dicts and lists in
    it. They may lie at odd addresses, so they are to be copied before they are computed with.
    """

    entries: dict[str, object]
    content: mmap.mmap

    def drop_pages(self) -> None:
        """Give the memory of what was read back; reading it again reads the file again."""
        if hasattr(mmap, "MADV_DONTNEED"):
            self.content.madvise(mmap.MADV_DONTNEED)


def read_pickle(path: Path) -> dict[str, object]:
    """The entries of `open_pickle`, which fails in the same ways."""
    return open_pickle(path).entries


def open_pickle(path: Path) -> Pickled:
    """The dict that a file of torch's holds.

    Raises:
        ModelMissingError: there is no such file.
        ModelError: it is broken, or asks for what no weights need.
    """
    with reading(path), path.open("rb") as file:
        content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
        loaded = _from_zip(path, content) if content[:4] == _ZIP else _from_row(path, content)
        if not isinstance(loaded, dict):
            raise ModelError("“{name}” holds no weights.", name=path.name)
        entries = cast(dict[object, object], loaded)
        viewed = {str(name): _viewed(value, _tensors_in) for name, value in entries.items()}
        return Pickled(viewed, content)


def _viewed(value: object, inside: Callable[[object], object]) -> object:
    return value.tensor() if isinstance(value, PickledTensor) else inside(value)


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
            raise ModelError(
                "“{name}” cannot be read: its table of contents is too large.", name=path.name
            )
        order = entries.get(f"{root}byteorder")
        if order is not None and _bytes_of(order, content) != b"little":
            raise ModelError(
                "“{name}” cannot be read: its numbers are written backwards.", name=path.name
            )
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
        raise ModelError("“{name}” cannot be read: it is no file of torch's.", name=path.name)
    about = cast(Mapping[str, object], row.load())
    if not about["little_endian"]:
        raise ModelError(
            "“{name}” cannot be read: its numbers are written backwards.", name=path.name
        )
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
        self.storages: dict[str, PickledNumbers] = {}
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
                raise ModelError(
                    "“{name}” cannot be read: it is made to fill the memory.", name=self._name
                )
            if operation.name == "STOP":
                return cast(int, position) + 1
        raise ValueError("a pickle without an end")

    def _storage(self, identity: object) -> PickledNumbers:
        match identity:
            case ("storage", torch.dtype() as dtype, str(key), str(), int(count), *rest):
                if any(part is not None for part in rest) or count < 0:
                    raise ValueError("a storage within a storage")
                storage = PickledNumbers(key, dtype, count, self._content)
                return self.storages.setdefault(key, storage)
            case _:
                raise ValueError("a storage that is none")


class _Reader(pickle.Unpickler):
    """Builds plain values, and what `engine.catalog.makers` makes."""

    def __init__(
        self, file: io.BytesIO, name: str, storage: Callable[[object], PickledNumbers]
    ) -> None:
        super().__init__(file)
        self._name, self._storage = name, storage

    def find_class(self, module: str, name: str, /) -> object:
        """What a pickle asks for by name.

        Raises:
            ModelError: no weights need that.
        """
        if (module, name) not in ALLOWED:
            asked = f"{module}.{name}"[:80]
            raise ModelError(
                "“{name}” cannot be read: it asks to run “{asked}”, which no weights need. Nothing "
                "was run. Do not trust this file.",
                name=self._name,
                asked=asked,
            )
        return ALLOWED[module, name]

    def persistent_load(self, pid: object, /) -> PickledNumbers:
        """The numbers that a pickle names."""
        return self._storage(pid)

"""What a pickle of weights may ask for: names of tensors, sizes, dicts and numbers, made by us.

Whatever a pickle gets hold of here it cannot change, and nothing here makes much out of little: a
few bytes could else copy a megabyte again and again.

Source: torch's serialization module, as documented there.
"""

from __future__ import annotations

import math
import mmap
import re
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

MAX_DIMENSIONS = 8
"""No weight has more; a header that says so is there to do harm."""

_MAX_PART = 64
"""Characters or entries in what a pickle may have made anew."""


class _Fixed:
    """Something of ours that a pickle gets hold of, and would else be free to change."""

    __slots__ = ()

    def __setstate__(self, state: object) -> None:
        raise TypeError("a change of what is fixed")


@dataclass(slots=True)
class PickledNumbers(_Fixed):
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
class PickledTensor(_Fixed):
    """A tensor that has not been looked at."""

    storage: PickledNumbers
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
    storage: PickledNumbers, offset: int, size: tuple[int, ...], stride: tuple[int, ...], *_: object
) -> PickledTensor:
    if not isinstance(storage, PickledNumbers):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError("a tensor without a storage")
    return PickledTensor(storage, offset, _size(size), _size(stride))


def _bare(data: object, *_: object) -> object:
    return data


def _numpy_type(code: str, *_: object) -> _NumpyType:
    if not re.fullmatch("[biuf][1248]", code):
        raise ValueError("a numpy type that is no number")
    return _NumpyType(code)


def _numpy_scalar(kind: _NumpyType, content: bytes) -> object:
    return np.frombuffer(content, kind.code, 1).item()


def _encoded(text: str, encoding: str = "latin1") -> bytes:
    _require_small(text)
    return text.encode("utf-8" if encoding == "utf-8" else "latin1")


def _size(numbers: Sequence[int]) -> tuple[int, ...]:
    _require_small(numbers)
    return tuple(numbers)


def _require_small(content: Sequence[object]) -> None:
    if len(content) > _MAX_PART:
        raise ValueError("a copy of something large")


class _Closed(type):
    """A class that a pickle gets hold of, and would else be free to change."""

    def __setattr__(cls, name: str, value: object) -> None:
        raise TypeError("a change of what is fixed")


class _Entries(OrderedDict[object, object], metaclass=_Closed):
    """A dict that a pickle fills entry by entry, as torch's do."""

    def __init__(self) -> None:
        super().__init__()


def _allowed() -> Iterator[tuple[tuple[str, str], object]]:
    yield ("collections", "OrderedDict"), _Entries
    yield ("jukebox.hparams", "Hyperparams"), _Entries
    yield ("_codecs", "encode"), _Maker(_encoded)
    yield ("torch", "Size"), _Maker(_size)
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

ALLOWED = dict(_allowed())
"""What a pickle may ask for, by module and name."""

"""Memory in pages of its own, for weights: large pages where the system grants them.

It is taken when it is written to, leaves no holes between other things, and goes back to the system
the moment nothing refers to it.
"""

from __future__ import annotations

import contextlib
import math
import mmap

import torch
from torch import Tensor

LARGE_BYTES = 1 << 20
"""From here on a tensor is worth pages of its own."""


def pages(size_bytes: int) -> mmap.mmap:
    """Zeros, of this process alone. Large pages stream up to twice as fast from memory."""
    private = getattr(mmap, "MAP_PRIVATE", 0) | getattr(mmap, "MAP_ANONYMOUS", 0)
    found = mmap.mmap(-1, size_bytes, flags=private) if private else mmap.mmap(-1, size_bytes)
    if hasattr(mmap, "MADV_HUGEPAGE"):
        # A kernel built without them says so here; small pages do as well.
        with contextlib.suppress(OSError):
            found.madvise(mmap.MADV_HUGEPAGE)
    return found


def empty(shape: tuple[int, ...], dtype: torch.dtype, device: torch.device | str) -> Tensor:
    """A tensor to be filled, in pages of its own where it is large and on the processor."""
    if _deserves_pages(shape, dtype, device):
        return in_pages(shape, dtype)
    return torch.empty(shape, dtype=dtype, device=device)


def zeros(shape: tuple[int, ...], dtype: torch.dtype, device: torch.device | str) -> Tensor:
    """Zeros, in pages of their own where they are large and on the processor."""
    if _deserves_pages(shape, dtype, device):
        return in_pages(shape, dtype)
    return torch.zeros(shape, dtype=dtype, device=device)


def in_pages(shape: tuple[int, ...], dtype: torch.dtype) -> Tensor:
    """Zeros on the processor, in pages of their own."""
    count = math.prod(shape)
    if not count:
        return torch.empty(shape, dtype=dtype)
    return torch.frombuffer(pages(count * dtype.itemsize), dtype=dtype).view(shape)


def _deserves_pages(shape: tuple[int, ...], dtype: torch.dtype, device: torch.device | str) -> bool:
    large = math.prod(shape) * dtype.itemsize >= LARGE_BYTES
    return large and torch.device(device).type == "cpu"

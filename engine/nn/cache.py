"""What sampling keeps between steps: keys and values, in storage that never grows.

Knows storage. Does not know which positions see which: each attention pattern chooses its own
groups and rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from engine.catalog.pages import zeros


class CacheShape(NamedTuple):
    """How the keys (and values) of a layer are kept: `groups` groups of `rows` rows."""

    groups: int
    rows: int


@dataclass(frozen=True, slots=True)
class CacheSpace:
    """What is the same for all layers of a stack.

    Attributes:
        batch: sequences side by side.
        heads: attention heads.
        head_width: numbers per key of one head.
        device, dtype: of the storage.
    """

    batch: int
    heads: int
    head_width: int
    device: torch.device
    dtype: torch.dtype


class KeyValueCache:
    """Keys and values of one layer, all zero at first."""

    def __init__(self, shape: CacheShape, space: CacheSpace) -> None:
        size = (2, shape.groups, space.batch * space.heads, shape.rows, space.head_width)
        self._hold(zeros(size, space.dtype, space.device), space.batch)

    def _hold(self, storage: Tensor, batch: int) -> None:
        self._storage, self.batch = storage, batch
        self._keys, self._values = storage[0], storage[1]

    def share(self, batch: int) -> None:
        """Go on as the past of `batch` sequences, all of which begin as the one held so far."""
        self._hold(self._storage.repeat(1, 1, batch, 1, 1), batch)

    def release(self) -> Tensor:
        """Hand over (2, groups, batch · heads, rows, head) keys and values, and hold none."""
        stored = self._storage
        self._hold(stored[:, :0].clone(), self.batch)
        return stored

    @property
    def storage(self) -> Tensor:
        """(2, groups, batch · heads, rows, head) keys and values, as they lie."""
        return self._storage

    @property
    def size_bytes(self) -> int:
        """Memory it holds."""
        return self._storage.nbytes

    def put(self, group: int, row: int, keys_values: Tensor) -> None:
        """Keep (2, groups, batch · heads, rows, head) from `group` and `row` on."""
        groups, rows = keys_values.shape[1], keys_values.shape[3]
        place = self._storage.narrow(1, group, groups).narrow(3, row, rows)
        place.copy_(keys_values)

    def get(self, group: int, groups: int, rows: int) -> tuple[Tensor, Tensor]:
        """Keys and values of the first `rows` rows of some groups.

        Returns:
            Two views of (groups, batch · heads, rows, head).
        """
        keys = self._keys.narrow(0, group, groups).narrow(2, 0, rows)
        return keys, self._values.narrow(0, group, groups).narrow(2, 0, rows)

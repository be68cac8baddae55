"""Matrices as the fused body reads them: in panels, in any precision, in memory made for streaming.

A panel holds 64 outputs in two strips: one strip, for each input 32 numbers in a row, then the
other; what is over in the last panel is zero. Bytes lie in groups of 4 inputs, bfloat16 in groups
of 2. A matrix exists once: torch reads the same memory through `Panels.matrix`, which lays it out
and widens it anew each time.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.catalog.pages import pages
from engine.steps.lanes import GROUPS, PANEL, STRIP
from engine.types import Precision

_HUGE_PAGE = 2 << 20
_STORED = {
    Precision.SINGLE: (np.float32, torch.float32),
    Precision.HALF: (np.uint16, torch.float16),
    Precision.BFLOAT: (np.int16, torch.bfloat16),
    Precision.INT8: (np.int8, torch.int8),
}


def dtype_of(precision: Precision) -> np.dtype[np.generic]:
    """The type in which panels of a precision are stored."""
    return np.dtype(_STORED[precision][0])


def group_of(precision: Precision) -> int:
    """Inputs whose weights lie together."""
    return GROUPS.get(dtype_of(precision).name, 1)


def memory(numbers: int, precision: Precision) -> NDArray[np.generic]:
    """Zeros in pages of 2 MB, where the system grants them: weights then stream up to twice as
    fast. Taken only when written to."""
    dtype = dtype_of(precision)
    whole = np.frombuffer(pages(numbers * dtype.itemsize + _HUGE_PAGE), np.uint8)
    first = -whole.ctypes.data % _HUGE_PAGE
    return whole[first : first + numbers * dtype.itemsize].view(dtype)


def padded(outputs: int) -> int:
    """Outputs of a matrix with those that fill its last panel."""
    return -(-outputs // PANEL) * PANEL


def numbers(inputs: int, outputs: int, precision: Precision) -> int:
    """How many numbers the panels of a matrix hold."""
    group = group_of(precision)
    return -(-inputs // group) * group * padded(outputs)


@dataclass(frozen=True, slots=True, eq=False)
class Panels:
    """One matrix.

    Attributes:
        stored: (numbers,) in the precision's own type.
        inputs, outputs: of the matrix.
        scales: (padded outputs,) float32 that bytes are to be multiplied with; else None.
    """

    stored: NDArray[np.generic]
    precision: Precision
    inputs: int
    outputs: int
    scales: NDArray[np.float32] | None = None

    def matrix(self) -> Tensor:
        """(inputs, outputs) float32."""
        group = group_of(self.precision)
        lines = self.tensor().view(-1, math.ceil(self.inputs / group), STRIP, group)
        flat = lines.permute(1, 3, 0, 2).reshape(-1, padded(self.outputs)).float()
        if self.scales is not None:
            flat *= torch.from_numpy(self.scales)
        return flat[: self.inputs, : self.outputs]

    def tensor(self) -> Tensor:
        """What is stored, in torch's type for it."""
        dtype = _STORED[self.precision][1]
        if self.precision in (Precision.HALF, Precision.BFLOAT):
            return torch.from_numpy(self.stored.view(np.int16)).view(dtype)
        return torch.from_numpy(self.stored)


def packed(matrix: Tensor, stored: NDArray[np.generic], precision: Precision) -> Panels:
    """Lay a matrix (inputs, outputs) of any float type into memory of the right size.

    Bytes are rounded to the nearest of 255 steps between an output's largest weight and its
    opposite.
    """
    inputs, outputs = matrix.shape
    group = group_of(precision)
    wide = torch.zeros(-(-inputs // group) * group, padded(outputs))
    wide[:inputs, :outputs] = matrix
    scales = None
    if precision is Precision.INT8:
        scales = wide.abs().amax(0) / 127
        wide = (wide / scales.clamp_min(1e-30)).round()
    panels = Panels(stored, precision, inputs, outputs, None if scales is None else scales.numpy())
    lines = wide.view(-1, group, wide.shape[1] // STRIP, STRIP).permute(2, 0, 3, 1)
    panels.tensor().view(lines.shape).copy_(lines)
    return panels

"""Dilated residual convolutions: what the VQ-VAE and the upsamplers' conditioner are built of.

Knows one block and a stack of them. Does not know which way a stack is turned, where it stands in a
network, or what its channels mean.

Source: Jukebox paper, appendix B.1; jukebox specification 2.1.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from engine.nn.convolution import Convolution


@dataclass(frozen=True, slots=True)
class StackShape:
    """The shape of a stack of residual blocks.

    Attributes:
        width: channels in and out.
        depth: blocks.
        hidden_factor: inner channels over `width`.
        growth, cycle: block d is dilated by growth^(d mod cycle); no cycle with None.
        scale: factor on every residual branch.
    """

    width: int
    depth: int
    hidden_factor: float = 1.0
    growth: int = 3
    cycle: int | None = None
    scale: float = 1.0

    @property
    def dilations(self) -> tuple[int, ...]:
        """Of each block, in the order of growth."""
        cycle = self.depth if self.cycle is None else self.cycle
        return tuple(self.growth ** (block % cycle) for block in range(self.depth))

    @property
    def reach(self) -> int:
        """Positions to either side that one output position depends on."""
        return sum(self.dilations)


def depth_scale(depth: int) -> float:
    """The factor on residual branches that keeps the variance of a deep stack: 1/√depth."""
    return 1 / math.sqrt(depth)


class ResidualBlock(nn.Module):
    """x + scale · (ReLU → dilated convolution of 3 → ReLU → pointwise convolution)."""

    def __init__(self, width: int, hidden: int, dilation: int, scale: float = 1.0) -> None:
        super().__init__()
        self.scale = scale
        self.relu = nn.ReLU()
        self.dilated = Convolution(width, hidden, 3, padding=dilation, dilation=dilation)
        self.point = Convolution(hidden, width, 1)

    def forward(self, x: Tensor) -> Tensor:
        """(batch, width, time) to the same shape."""
        return torch.add(x, self.point(self.relu(self.dilated(self.relu(x)))), alpha=self.scale)


class ResidualStack(nn.Sequential):
    """Residual blocks one after the other; index 0 is applied first.

    Args:
        shape: widths and dilations.
        dilations: of the blocks as applied, where they are not in the order of growth.
    """

    def __init__(self, shape: StackShape, dilations: tuple[int, ...] | None = None) -> None:
        hidden = int(shape.hidden_factor * shape.width)
        order = shape.dilations if dilations is None else dilations
        super().__init__(*(ResidualBlock(shape.width, hidden, d, shape.scale) for d in order))

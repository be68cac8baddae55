"""Several processes that learn as one: each from its own data, all with the same weights.

Knows gradients and rows to be joined. Does not know models. With one process nothing happens.
"""

from __future__ import annotations

from typing import cast

import torch
from accelerate import Accelerator
from torch import Tensor, nn

LARGEST_GRADIENT = 1.0
"""Gradients of a larger norm are scaled down to it."""


def join_gradients(model: nn.Module, accelerator: Accelerator) -> None:
    """Give every process the mean gradient, scaled down where it is large."""
    gradients = [p.grad for p in model.parameters() if p.grad is not None]
    if accelerator.num_processes > 1:
        mean = cast(Tensor, accelerator.reduce(torch.cat([g.flatten() for g in gradients]), "mean"))
        for gradient, part in zip(
            gradients, mean.split([g.numel() for g in gradients]), strict=True
        ):
            gradient.copy_(part.view_as(gradient))
    nn.utils.clip_grad_norm_(model.parameters(), LARGEST_GRADIENT)


def gathered(rows: Tensor, accelerator: Accelerator) -> Tensor:
    """The rows of all processes, in the same order everywhere."""
    return cast(Tensor, accelerator.gather(rows)) if accelerator.num_processes > 1 else rows

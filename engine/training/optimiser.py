"""The optimiser of all training: orthogonal steps for matrices, Adam for all else.

A step of a matrix is its averaged gradient with all singular values made about equal, so that
directions that are rarely pushed learn as fast as the others. Knows parameters and gradients. Does
not know models, losses or schedules.

Source: Jordan et al. 2024, "Muon: an optimizer for hidden layers in neural networks"; the scale of
steps after Liu et al. 2025, "Muon is scalable for LLM training".
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor, nn

_ITERATIONS = 5
_QUINTIC = (3.4445, -4.7750, 2.0315)
_STEP_SIZE = 0.2  # root mean square of a step over the rate, as Adam's steps have


class Muon(torch.optim.Optimizer):
    """Orthogonal steps for matrices; kernels of convolutions count as matrices of their outputs."""

    def __init__(
        self, params: Iterable[nn.Parameter], momentum: float = 0.95, weight_decay: float = 0.0
    ) -> None:
        defaults = {"lr": 0.0, "momentum": momentum, "weight_decay": weight_decay}
        super().__init__(params, defaults)

    @torch.no_grad()
    def step(self, closure: Any = None) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Move all parameters that have a gradient; those of one shape together."""
        for group in self.param_groups:
            for shape, parameters in _by_shape(group["params"]).items():
                pushes = [self._push(p, group["momentum"]).reshape(shape) for p in parameters]
                moves = orthogonal(torch.stack(pushes)) * (_STEP_SIZE * max(shape) ** 0.5)
                for parameter, move in zip(parameters, moves, strict=True):
                    parameter.mul_(1 - group["lr"] * group["weight_decay"])
                    parameter.add_(move.reshape(parameter.shape), alpha=-group["lr"])

    def _push(self, parameter: nn.Parameter, momentum: float) -> Tensor:
        state = self.state[parameter]
        if "average" not in state:
            state["average"] = torch.zeros_like(parameter)
        assert parameter.grad is not None
        state["average"].lerp_(parameter.grad, 1 - momentum)
        return parameter.grad.lerp(state["average"], momentum)


class Optimiser:
    """Muon for the matrices of a model, Adam for its tables, vectors and the rest.

    Args:
        model: whose parameters are moved.
        weight_decay: of matrices, as a share of the rate per step.
    """

    def __init__(self, model: nn.Module, weight_decay: float = 0.0) -> None:
        tables = {id(m.weight) for m in model.modules() if isinstance(m, nn.Embedding)}
        named = [(n, p) for n, p in model.named_parameters() if p.requires_grad]
        matrices = [p for n, p in named if _is_matrix(n, p) and id(p) not in tables]
        chosen = {id(p) for p in matrices}
        others = [p for _, p in named if id(p) not in chosen]
        self.parts: dict[str, torch.optim.Optimizer] = {}
        if matrices:
            self.parts["matrices"] = Muon(matrices, weight_decay=weight_decay)
        if others:
            self.parts["others"] = torch.optim.Adam(others, lr=0.0, betas=(0.9, 0.98))

    def step(self, rate: float) -> None:
        """Move all parameters at a learning rate and forget their gradients."""
        for part in self.parts.values():
            for group in part.param_groups:
                group["lr"] = rate
            part.step()
            part.zero_grad()

    def state_dict(self) -> dict[str, Any]:
        """Averages of both kinds."""
        return {name: part.state_dict() for name, part in self.parts.items()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go back to where `state` was taken."""
        for name, part in self.parts.items():
            part.load_state_dict(state[name])


def orthogonal(matrices: Tensor) -> Tensor:
    """(…, rows, columns) with all singular values brought to about 1, in half precision."""
    first, third, fifth = _QUINTIC
    x = (matrices / (matrices.norm(dim=(-2, -1), keepdim=True) + 1e-7)).bfloat16()
    tall = x.shape[-2] > x.shape[-1]
    x = x.mT if tall else x
    for _ in range(_ITERATIONS):
        square = x @ x.mT
        x = first * x + (third * square + fifth * square @ square) @ x
    return (x.mT if tall else x).float()


def _is_matrix(name: str, parameter: nn.Parameter) -> bool:
    """Weights that map vectors to vectors; what is added to a sequence place by place does not."""
    return name.endswith("weight") and parameter.ndim > 1 and min(parameter.flatten(1).shape) > 1


def _by_shape(parameters: list[nn.Parameter]) -> dict[tuple[int, ...], list[nn.Parameter]]:
    groups: dict[tuple[int, ...], list[nn.Parameter]] = defaultdict(list)
    for parameter in parameters:
        if parameter.grad is not None:
            groups[tuple(parameter.flatten(1).shape)].append(parameter)
    return groups

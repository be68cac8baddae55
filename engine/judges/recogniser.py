"""Tells by its timbre who made a sound: multinomial logistic regression.

Knows statistics and names. Does not know sound.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

_DECAY = 1e-2
_ROUNDS = 100


class Recogniser:
    """Learnt from examples; the same examples give the same recogniser.

    Args:
        examples: (sounds, statistics).
        names: of each.
    """

    def __init__(self, examples: NDArray[np.floating], names: Sequence[str]) -> None:
        self.names = tuple(sorted(set(names)))
        self._mean, self._spread = examples.mean(0), examples.std(0) + 1e-6
        wanted = torch.tensor([self.names.index(name) for name in names])
        inputs = self._inputs(examples)
        self._weights = torch.zeros(inputs.shape[1], len(self.names), requires_grad=True)
        optimiser = torch.optim.LBFGS(
            [self._weights], max_iter=_ROUNDS, line_search_fn="strong_wolfe"
        )

        def loss() -> torch.Tensor:
            optimiser.zero_grad()
            surprise = torch.nn.functional.cross_entropy(inputs @ self._weights, wanted)
            total = surprise + _DECAY * self._weights[:-1].square().sum()
            total.backward()
            return total

        optimiser.step(loss)

    def recognise(self, sounds: NDArray[np.floating]) -> tuple[str, ...]:
        """The likeliest name of each of (sounds, statistics)."""
        with torch.inference_mode():
            best = (self._inputs(sounds) @ self._weights).argmax(1)
        return tuple(self.names[n] for n in best.tolist())

    def _inputs(self, sounds: NDArray[np.floating]) -> torch.Tensor:
        """Statistics of one size, and a constant."""
        scaled = (sounds - self._mean) / self._spread
        constant = np.ones((len(sounds), 1))
        return torch.from_numpy(np.concatenate([scaled, constant], axis=1)).float()

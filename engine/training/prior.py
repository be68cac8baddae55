"""Trains the prior of one level on windows of codes.

Knows the loss, the optimiser and the moving average of the weights, which is what ships. Does not
know where windows come from, files or schedules.

Source: Jukebox paper, section 4; jukebox specification 4.6.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from accelerate import Accelerator
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from engine.catalog.specs import PriorConfig
from engine.nn.conditioning import LabelBatch
from engine.nn.prior import Prior
from engine.sampling.labels import WindowLabels
from engine.training.excerpts import Window
from engine.training.runs import State


@dataclass(frozen=True, slots=True)
class PriorTraining:
    """How a prior is trained.

    Attributes:
        batch: windows per step.
        weight_decay: of matrices.
        average: share of the averaged weights kept at each step.
        seed: of weights and windows.
    """

    batch: int = 8
    weight_decay: float = 0.01
    average: float = 0.995
    seed: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Windows side by side: codes (batch, context), labels, and the codes above or None."""

    codes: Tensor
    labels: LabelBatch
    upper: Tensor | None

    @classmethod
    def of(cls, windows: list[Window], device: torch.device) -> Batch:
        """Stack windows of one prior."""
        codes = torch.stack([window.codes for window in windows]).to(device)
        above = [window.upper for window in windows if window.upper is not None]
        upper = torch.stack(above).to(device) if above else None
        labels = _label_batch([window.labels for window in windows]).to(device)
        return cls(codes, labels, upper)


class PriorTrainer:
    """A prior in training.

    Args:
        config: of the prior.
        training: how.
        draw: gives one random window, drawn with the generator it is handed.
        accelerator: where and in which precision.
    """

    def __init__(
        self,
        config: PriorConfig,
        training: PriorTraining,
        draw: Callable[[torch.Generator], Window],
        accelerator: Accelerator,
    ) -> None:
        torch.manual_seed(training.seed + config.level)
        self.training = training
        self.accelerator = accelerator
        self.model = Prior(config).to(accelerator.device)
        self.averaged = AveragedModel(
            self.model, multi_avg_fn=get_ema_multi_avg_fn(training.average)
        )
        self.generator = torch.Generator().manual_seed(training.seed + config.level)
        self.optimiser = _optimiser(self.model, training.weight_decay)
        self._draw = draw

    def learn(self, step: int, rate: float) -> Mapping[str, float]:
        """One step; figures in bits per code."""
        windows = [self._draw(self.generator) for _ in range(self.training.batch)]
        batch = Batch.of(windows, self.accelerator.device)
        with self.accelerator.autocast():
            output = self.model(batch.codes, batch.labels, batch.upper)
        self.accelerator.backward(output.loss)
        self._apply(rate)
        return {"bits": output.music_loss.item(), "loss": output.loss.item()}

    def _apply(self, rate: float) -> None:
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        self.accelerator.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimiser.step()
        self.optimiser.zero_grad()
        self.averaged.update_parameters(self.model)

    def state_dict(self) -> State:
        """Weights, their average, optimiser and generator."""
        return {
            "model": self.model.state_dict(),
            "averaged": self.averaged.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "generator": self.generator.get_state(),
        }

    def load_state_dict(self, state: State) -> None:
        """Go back to where `state` was taken."""
        self.model.load_state_dict(state["model"])
        self.averaged.load_state_dict(state["averaged"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.generator.set_state(state["generator"])


def averaged_weights(trainer_state: State) -> State:
    """The weights that ship, out of a trainer's state."""
    prefix = "module."
    entries = trainer_state["averaged"].items()
    return {name.removeprefix(prefix): value for name, value in entries if name.startswith(prefix)}


def _label_batch(labels: list[WindowLabels]) -> LabelBatch:
    lyrics = [window.lyrics for window in labels]
    return LabelBatch(
        total_length=torch.tensor([window.total_length for window in labels]),
        offset=torch.tensor([window.offset for window in labels]),
        length=torch.tensor([window.length for window in labels]),
        artist=torch.tensor([window.artist for window in labels]),
        genres=torch.tensor([window.genres for window in labels]),
        lyrics=torch.tensor(lyrics) if lyrics[0] else None,
    )


def _optimiser(model: nn.Module, weight_decay: float) -> torch.optim.AdamW:
    parameters = list(model.parameters())
    matrices = [p for p in parameters if p.ndim > 1]
    vectors = [p for p in parameters if p.ndim <= 1]
    groups = [
        {"params": matrices, "weight_decay": weight_decay},
        {"params": vectors, "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, betas=(0.9, 0.95))

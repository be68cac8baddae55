"""Trains one level of the VQ-VAE by itself; the levels share nothing.

Knows the objective, the warm-up and the codebook's upkeep. Does not know files, schedules or the
other levels.

For the first steps the latents pass unrounded, so that the codebook can start on latents that
already carry sound; without that, and with restarts that presume huge batches, most codes die.

Source: Jukebox paper, section 3.1 and appendix B.1; jukebox specification 2.5.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from accelerate import Accelerator
from torch import Tensor

from engine.catalog.specs import VqVaeConfig
from engine.nn.codebook import CodebookAverage
from engine.nn.vqvae import LevelAutoencoder
from engine.training.data import Crops
from engine.training.losses import MULTISPECTRAL, spectral_loss
from engine.training.runs import State

GATHERED_STEPS = 16
"""Last steps of the warm-up, from whose latents the codebook starts."""


@dataclass(frozen=True, slots=True)
class VqVaeTraining:
    """How a level is trained.

    Attributes:
        batch: stretches per step.
        crop: samples per stretch.
        unrounded_steps: steps before there is a codebook.
        commitment: weight of the distance from latents to codes.
        audio_power: mean square of the dataset's sound, which scales the error of samples.
        refresh: steps after which the dataset folder is read again.
        seed: of weights, stretches and restarts.
    """

    batch: int = 4
    crop: int = 16384
    unrounded_steps: int = 150
    commitment: float = 0.02
    audio_power: float = 0.01
    refresh: int = 200
    seed: int = 0


class LevelTrainer:
    """One level in training.

    Args:
        config: of the whole VQ-VAE.
        level: which level of it.
        training: how.
        crops: gives the stretches to train on; called again every `refresh` steps.
        accelerator: where and in which precision.
    """

    def __init__(
        self,
        config: VqVaeConfig,
        level: int,
        training: VqVaeTraining,
        crops: Callable[[], Crops],
        accelerator: Accelerator,
    ) -> None:
        torch.manual_seed(training.seed + level)
        self.training = training
        self.accelerator = accelerator
        self.model = LevelAutoencoder(config, level).to(accelerator.device)
        self.average = CodebookAverage(self.model.codebook)
        self.generator = torch.Generator().manual_seed(training.seed + level)
        self.optimiser = torch.optim.Adam(self.model.parameters(), betas=(0.9, 0.99))
        self._find_crops = crops
        self._crops = crops()
        self._gathered: list[Tensor] = []

    def learn(self, step: int, rate: float) -> Mapping[str, float]:
        """One step; figures: loss and its parts, and the share of codes in use."""
        if step % self.training.refresh == 0:
            self._crops = self._find_crops()
        audio = self._crops.draw(self.training.batch, self.generator)
        audio = audio.to(self.accelerator.device)
        rounds = step >= self.training.unrounded_steps
        figures = self._rounded(audio) if rounds else self._unrounded(audio, step)
        self._apply(rate)
        return figures

    def _rounded(self, audio: Tensor) -> dict[str, float]:
        with self.accelerator.autocast():
            output = self.model(audio)
        loss, figures = self._objective(output.audio.float(), audio)
        self.accelerator.backward(loss + self.training.commitment * output.commitment)
        rows = _rows(output.latents)
        used = self.average.update(rows, output.codes.flatten(), self.generator)
        return figures | {"commitment": output.commitment.item(), "used": used}

    def _unrounded(self, audio: Tensor, step: int) -> dict[str, float]:
        with self.accelerator.autocast():
            latents = self.model.encoder(audio)
            made = self.model.decoder(latents)
        loss, figures = self._objective(made.float(), audio)
        self.accelerator.backward(loss)
        left = self.training.unrounded_steps - step
        if left <= GATHERED_STEPS:
            self._gathered.append(_rows(latents))
        if left == 1:
            self.average.start(torch.cat(self._gathered), self.generator)
            self._gathered = []
        return figures | {"commitment": 0.0, "used": 0.0}

    def _objective(self, made: Tensor, wanted: Tensor) -> tuple[Tensor, dict[str, float]]:
        chosen = int(torch.randint(len(MULTISPECTRAL), (1,), generator=self.generator))
        samples = (made - wanted).square().mean() / self.training.audio_power
        spectrum = spectral_loss(made, wanted, MULTISPECTRAL[chosen])
        figures = {"samples": samples.item(), "spectrum": spectrum.item()}
        return samples + spectrum, figures

    def _apply(self, rate: float) -> None:
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        self.accelerator.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimiser.step()
        self.optimiser.zero_grad()

    def state_dict(self) -> State:
        """Weights, codebook averages, optimiser and generator."""
        return {
            "model": self.model.state_dict(),
            "average": self.average.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "generator": self.generator.get_state(),
            "gathered": self._gathered,
        }

    def load_state_dict(self, state: State) -> None:
        """Go back to where `state` was taken."""
        self.model.load_state_dict(state["model"])
        self.average.load_state_dict(state["average"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.generator.set_state(state["generator"])
        self._gathered = state["gathered"]


def _rows(latents: Tensor) -> Tensor:
    """(batch, width, time) as (batch · time, width) float32 without gradient."""
    return latents.detach().float().permute(0, 2, 1).flatten(0, 1)

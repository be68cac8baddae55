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
from engine.training.ahead import Ahead, Renewed, generator_of
from engine.training.data import Crops
from engine.training.losses import MULTISPECTRAL, LossWeights, even_loss
from engine.training.optimiser import Optimiser
from engine.training.runs import State
from engine.training.together import gathered, join_gradients

GATHERED_STEPS = 16
"""Last steps of the warm-up, from whose latents the codebook starts."""


@dataclass(frozen=True, slots=True)
class VqVaeTraining:
    """How levels are trained. Tuples run BOTTOM first.

    Attributes:
        batch: stretches per step, per level.
        crop: samples per stretch, per level.
        unrounded_steps: steps before there is a codebook.
        commitment: weight of the distance from latents to codes.
        waves, sizes, logarithms: weights of the parts of the loss, per level.
        refresh: steps after which the dataset folder is read again.
        workers: threads that read ahead; none on a CPU, which has nothing to wait for.
        seed: of weights, stretches and restarts.
    """

    batch: tuple[int, ...] = (4, 4, 4)
    crop: tuple[int, ...] = (4096, 8192, 16384)
    unrounded_steps: int = 300
    commitment: float = 0.02
    waves: tuple[float, ...] = (1.0, 1.0, 1.0)
    sizes: tuple[float, ...] = (0.5, 0.5, 0.5)
    logarithms: tuple[float, ...] = (0.3, 0.3, 0.3)
    refresh: int = 200
    workers: int = 0
    seed: int = 0

    def weights(self, level: int) -> LossWeights:
        """Of the parts of the loss of a level."""
        return LossWeights(self.waves[level], self.sizes[level], self.logarithms[level])


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
        self.level = level
        self.batch = training.batch[level]
        self.rate = config.sample_rate
        self.accelerator = accelerator
        self.model = LevelAutoencoder(config, level).to(accelerator.device)
        self.average = CodebookAverage(self.model.codebook)
        self.generator = torch.Generator().manual_seed(training.seed + level)
        self.optimiser = Optimiser(self.model)
        self._crops = Renewed(crops, training.refresh)
        self._audio = Ahead(self._draw, training.workers)
        self._gathered: list[Tensor] = []

    def learn(self, step: int, rate: float) -> Mapping[str, float]:
        """One step; figures: loss and its parts, and the share of codes in use."""
        audio = self._audio.take(step).to(self.accelerator.device)
        figures = self._rounded(audio) if self.average.begun else self._unrounded(audio, step)
        join_gradients(self.model, self.accelerator)
        self.optimiser.step(rate)
        return figures

    def _draw(self, step: int) -> Tensor:
        process = self.accelerator.process_index
        generator = generator_of(self.training.seed + self.level, step, process)
        return self._crops.at(step).draw(self.batch, generator)

    def _rounded(self, audio: Tensor) -> dict[str, float]:
        with self.accelerator.autocast():
            output = self.model(audio)
        loss, figures = self._objective(output.audio.float(), audio)
        self.accelerator.backward(loss + self.training.commitment * output.commitment)
        rows = gathered(_rows(output.latents), self.accelerator)
        codes = gathered(output.codes.flatten(), self.accelerator)
        used = self.average.update(rows, codes, self.generator)
        return figures | {"commitment": output.commitment.item(), "used": used}

    def _unrounded(self, audio: Tensor, step: int) -> dict[str, float]:
        with self.accelerator.autocast():
            latents = self.model.encoder(audio)
            made = self.model.decoder(latents)
        loss, figures = self._objective(made.float(), audio)
        self.accelerator.backward(loss)
        left = self.training.unrounded_steps - step
        if left <= GATHERED_STEPS:
            self._gathered.append(gathered(_rows(latents), self.accelerator))
        if left == 1:
            self.average.start(torch.cat(self._gathered), self.generator)
            self._gathered = []
        return figures | {"commitment": 0.0, "used": 0.0}

    def _objective(self, made: Tensor, wanted: Tensor) -> tuple[Tensor, dict[str, float]]:
        chosen = int(torch.randint(len(MULTISPECTRAL), (1,), generator=self.generator))
        parts = even_loss(made, wanted, MULTISPECTRAL[chosen], self.rate)
        return parts.weighed(self.training.weights(self.level)), parts.figures()

    def begin_as(self, weights: Mapping[str, Tensor]) -> None:
        """Begin with those encoder and decoder weights of another level or model that fit.

        The outer stages of a level are shaped like those of the level below: it grows from them.
        """
        own = self.model.state_dict()
        fitting = {
            name: value
            for name, value in weights.items()
            if name in own and own[name].shape == value.shape and not name.startswith("codebook")
        }
        self.model.load_state_dict(own | fitting)

    def go_on_from(self, weights: Mapping[str, Tensor]) -> None:
        """Begin with a trained level, codebook and all, where it is shaped alike; else `begin_as`.

        Codes drift from there, the faster the higher the rate; priors begin better than anew.
        """
        own = self.model.state_dict()
        shapes = {name: value.shape for name, value in weights.items()}
        if any(shapes.get(name) != value.shape for name, value in own.items()):
            self.begin_as(weights)
            return
        self.model.load_state_dict(dict(weights))
        self.average.keep(self.batch * self.training.crop[self.level] // self.model.hop)

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

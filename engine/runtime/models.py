"""A model in memory: its VQ-VAE at once, its priors when they are first asked for."""

from __future__ import annotations

import logging
import time
from typing import TypeVar

from torch import nn

from engine.catalog import weights
from engine.catalog.specs import ModelSpec, PriorConfig
from engine.catalog.store import InstalledModel
from engine.nn.prior import Prior
from engine.nn.vqvae import VQVAE
from engine.runtime.devices import Placement, build_empty
from engine.sampling.labels import SongLabels
from engine.types import Level, Prompt

log = logging.getLogger(__name__)

M = TypeVar("M", bound=nn.Module)


class LoadedModel:
    """The networks of one installed model, ready to run."""

    def __init__(self, installed: InstalledModel, placement: Placement) -> None:
        self._installed = installed
        self._placement = placement
        self.device = placement.device
        self._priors: dict[Level, Prior] = {}
        self.vqvae = self._load("vqvae", VQVAE(installed.config.vqvae))

    @property
    def spec(self) -> ModelSpec:
        """What is known of it without weights."""
        return self._installed.spec

    def prior_config(self, level: Level) -> PriorConfig:
        """The shape of a prior."""
        return self._installed.config.priors[level]

    def labels(self, level: Level, prompt: Prompt) -> SongLabels | None:
        """What the prior of a level is told of a song; None for a prior without labels."""
        vocabulary = self._installed.vocabularies[level]
        return vocabulary and SongLabels(prompt, vocabulary, self.prior_config(level))

    def prior(self, level: Level) -> Prior:
        """The prior of a level, loaded on first use."""
        if level not in self._priors:
            config = self.prior_config(level)
            self._priors[level] = self._load(level, build_empty(lambda: Prior(config)))
        return self._priors[level]

    def _load(self, part: weights.Part, module: M) -> M:
        began = time.monotonic()
        state = weights.read_folder_state(self._installed.folder, part)
        weights.assign(module, state, self._placement.dtype)
        name = part if isinstance(part, str) else part.name
        log.info("loaded %s of %s in %.2f s", name, self.spec.id, time.monotonic() - began)
        return module.to(self._placement.device).eval().requires_grad_(False)

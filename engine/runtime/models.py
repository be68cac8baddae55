"""A model in memory, as a placement says: the VQ-VAE at once, priors when they are asked for."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence

from torch import nn

from engine.catalog import weights
from engine.catalog.sources import Source
from engine.catalog.specs import ModelSpec, PriorConfig
from engine.catalog.store import InstalledModel
from engine.nn.prior import Prior
from engine.nn.vqvae import VQVAE
from engine.runtime.budget import Home, Residency, weights_bytes
from engine.runtime.devices import Placement, build_empty, places, release, spread
from engine.sampling.labels import SongLabels
from engine.steps.body import Body
from engine.steps.plain import PlainBody
from engine.steps.warming import Bodies
from engine.types import Level, Prompt

log = logging.getLogger(__name__)


class LoadedModel:
    """The networks of one installed model, ready to run."""

    def __init__(self, installed: InstalledModel, placement: Placement) -> None:
        self._installed = installed
        self._placement = placement
        self.device = placement.device
        self._priors: dict[Level, Prior] = {}
        self._maker = Bodies(placement.device, placement.precision)
        self._bodies: dict[Level, Body] = {}
        self.vqvae = build_empty(lambda: VQVAE(installed.config.vqvae))
        self._fill(self.vqvae, "vqvae")

    @property
    def spec(self) -> ModelSpec:
        """What is known of it without weights."""
        return self._installed.spec

    @property
    def holds_all_levels(self) -> bool:
        """Whether asking for one level's network leaves the others in memory."""
        return self._placement.residency is Residency.ALL

    @property
    def size_bytes(self) -> int:
        """Memory that its weights take up on the device, at the least."""
        on_processor, precision = self.device.type == "cpu", self._placement.precision
        return sum(
            weights_bytes(self.prior_config(level), precision, on_processor)
            for level in self._priors
            if level not in self._placement.homes
        )

    def serves(self, placement: Placement) -> bool:
        """Whether it runs as a placement says; for all but its residency it must be loaded anew.

        From now on it holds as many levels as the placement allows.
        """
        now = self._placement
        if (now.device, now.precision, now.homes) != (
            placement.device,
            placement.precision,
            placement.homes,
        ):
            return False
        self._placement = placement
        if not self.holds_all_levels:
            self._keep_only(next(iter(self._priors), None))
        return True

    def prior_config(self, level: Level) -> PriorConfig:
        """The shape of a prior."""
        return self._installed.config.priors[level]

    def labels(self, level: Level, prompt: Prompt) -> SongLabels | None:
        """What the prior of a level is told of a song; None for a prior without labels."""
        vocabulary = self._installed.vocabularies[level]
        return vocabulary and SongLabels(prompt, vocabulary, self.prior_config(level))

    def prior(self, level: Level) -> Prior:
        """The prior of a level, loaded on first use; others may have to give way to it."""
        if level not in self._priors:
            if not self.holds_all_levels:
                self._keep_only(None)
            self._priors[level] = self._loaded_prior(level)
        return self._priors[level]

    def body(self, level: Level) -> Body:
        """What draws the codes of a level."""
        prior = self.prior(level)
        if level not in self._bodies:
            apart = level in self._placement.homes
            self._bodies[level] = PlainBody(prior) if apart else self._maker.body(prior)
        return self._bodies[level]

    def _keep_only(self, kept: Level | None) -> None:
        """Let go of all levels but one, or of all, and of their memory."""
        for level in [level for level in self._priors if level is not kept]:
            self._bodies.pop(level, None)
            del self._priors[level]
        release(self.device)

    def _loaded_prior(self, level: Level) -> Prior:
        config, homes = self.prior_config(level), self._placement.homes.get(level, ())
        prior = build_empty(lambda: Prior(config))
        source = self._fill(prior, level, homes)
        spread(prior, source, self._placement, homes)
        return prior

    def _fill(self, module: nn.Module, part: weights.Part, homes: Sequence[Home] = ()) -> Source:
        began = time.monotonic()
        source = weights.open_folder(self._installed.folder, part)
        weights.load(module, source, places(module, self._placement, homes))
        module.eval().requires_grad_(False)
        name = part if isinstance(part, str) else part.name
        log.info("loaded %s of %s in %.2f s", name, self.spec.id, time.monotonic() - began)
        return source

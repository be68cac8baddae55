"""The networks by themselves, for those who build on them: torch modules that load by name.

    vqvae = engine.VQVAE.load("pocket")
    codes = vqvae.encode(sound)                     # per level, BOTTOM first
    prior = engine.Prior.load("pocket", Level.TOP)
    more = prior.sample(100, prior.told(prompt), known=codes[Level.TOP])

Making music needs none of this: `engine.Jukebox` and `engine.Engine` do it, windows and levels
included.
"""

from __future__ import annotations

from pathlib import Path
from typing import Self, TypeVar

import torch
from torch import Tensor

from engine.catalog import weights
from engine.catalog.specs import PriorConfig, VqVaeConfig
from engine.catalog.store import InstalledModel, default_store, open_model
from engine.errors import ModelError
from engine.nn.conditioning import LabelBatch
from engine.nn.prior import Prior as _Prior
from engine.nn.prior import PriorOutput
from engine.nn.vqvae import VQVAE as _VQVAE
from engine.nn.vqvae import Reconstruction
from engine.runtime.devices import build_empty
from engine.sampling.batches import label_batch
from engine.sampling.labels import SongLabels
from engine.sampling.noise import noise
from engine.steps.plain import PlainBody
from engine.text.vocabulary import Vocabulary
from engine.types import Level, LevelSettings, Prompt

_M = TypeVar("_M", bound=torch.nn.Module)

__all__ = ["VQVAE", "LabelBatch", "Prior", "PriorConfig", "PriorOutput", "Reconstruction",
           "VqVaeConfig"]  # fmt: skip


class VQVAE(_VQVAE):
    """The autoencoder between sound and codes: `forward`, `encode` and `decode`."""

    @classmethod
    def load(cls, model: str | Path = "pocket", device: str = "cpu") -> Self:
        """The VQ-VAE of a model, in single precision and ready to run.

        Args:
            model: an installed model by name, or a model's folder.

        Raises:
            ModelError: it is missing or damaged.
        """
        installed = _opened(model)
        module = build_empty(lambda: cls(installed.config.vqvae))
        return _filled(module, installed, "vqvae", device)


class Prior(_Prior):
    """The model of one level's codes: `forward` on whole windows, and `sample`.

    Attributes:
        vocabulary: its names; None for a prior without labels, or one that was not loaded.
    """

    def __init__(self, config: PriorConfig) -> None:
        super().__init__(config)
        self.vocabulary: Vocabulary | None = None

    @classmethod
    def load(
        cls, model: str | Path = "pocket", level: Level = Level.TOP, device: str = "cpu"
    ) -> Self:
        """The prior of a level of a model, in single precision and ready to run.

        Args:
            model: an installed model by name, or a model's folder.

        Raises:
            ModelError: it is missing or damaged.
        """
        installed = _opened(model)
        module = build_empty(lambda: cls(installed.config.priors[level]))
        prior = _filled(module, installed, level, device)
        prior.vocabulary = installed.vocabularies[level]
        return prior

    def told(self, prompt: Prompt, start: int = 0) -> LabelBatch:
        """What the prior is told of a window, as one row.

        Args:
            start: the window's first code, counted from the first sample of the song.

        Raises:
            ModelError: a prior without names.
            ValueError: the window starts outside the song.
        """
        if self.vocabulary is None:
            raise ModelError("This prior has no names: load one that has labels.")
        labels = SongLabels(prompt, self.vocabulary, self.config)
        return label_batch(labels.window(start), 1, self.device)

    @torch.inference_mode()
    def sample(
        self,
        count: int,
        labels: LabelBatch | None = None,
        known: Tensor | None = None,
        upper: Tensor | None = None,
        settings: LevelSettings | None = None,
        seed: int = 0,
    ) -> Tensor:
        """Draw codes in one window, after those that are known.

        Args:
            count: how many; with those known they fit into `config.context`.
            labels: of the window, one row or one per row of codes; None for a prior without.
            known: (batch, m) int64 codes at the window's beginning; None for none.
            upper: (batch, context / factor) codes of the level above; None at the top level.
            settings: how to draw; None for the usual.
            seed: the same seed draws the same codes.

        Returns:
            (batch, m + count) int64, the known codes included.

        Raises:
            ModelError: the prior needs something that is not there.
            ValueError: the window is full.
        """
        before = torch.empty(1, 0, dtype=torch.int64) if known is None else known
        rows, first = before.shape
        conditioning = self.condition(labels, upper).of_rows(rows)
        stream = PlainBody(self).open(
            before.to(self.device), conditioning, settings or LevelSettings()
        )
        level = self.config.level
        uniforms = [noise(seed, row, level, first, first + count) for row in range(rows)]
        drawn = stream.draw(torch.stack(uniforms).to(self.device))
        return torch.cat((before.to(self.device), drawn), dim=1)


def _opened(model: str | Path) -> InstalledModel:
    return open_model(model) if isinstance(model, Path) else default_store().get(model)


def _filled(module: _M, installed: InstalledModel, part: weights.Part, device: str) -> _M:
    places = {name: weights.Place(torch.float32, device) for name in module.state_dict()}
    weights.load(module, weights.open_folder(installed.folder, part), places)
    return module.eval()

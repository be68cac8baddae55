"""The small models of a golden folder, from the original's checkpoints and hyper-parameters."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TypeVar

import torch
from torch import Tensor, nn

from engine.catalog.hparams import prior_from_hparams, vqvae_from_hparams
from engine.catalog.specs import PriorConfig
from engine.catalog.weights import assign, read_openai_checkpoint
from engine.errors import ModelMissingError
from engine.nn.conditioning import LabelBatch
from engine.nn.prior import Prior
from engine.nn.vqvae import VQVAE
from engine.parity.case import Json, facts
from engine.sampling.labels import SongLabels, WindowLabels
from engine.text.vocabulary import ExactVocabulary
from engine.types import Prompt

_M = TypeVar("_M", bound=nn.Module)

VQVAE_FILE = "vqvae.pth.tar"
PRIOR_FILES = "prior_level_*.pth.tar"


def holds_vqvae(folder: Path) -> bool:
    """Whether a folder is of an autoencoder, by its checkpoint or else by its configuration."""
    return _holds(folder, VQVAE_FILE) or _configures(folder, prior=False)


def holds_prior(folder: Path) -> bool:
    """Whether a folder is of a prior, by its checkpoint or else by its configuration."""
    return _holds(folder, PRIOR_FILES) or _configures(folder, prior=True)


def _holds(folder: Path, files: str) -> bool:
    """Whether there are such checkpoints, and something to compare them with."""
    beside = any((folder / name).is_file() for name in ("config.json", "io.safetensors"))
    return beside and any(folder.glob(files))


def _configures(folder: Path, *, prior: bool) -> bool:
    path = folder / "config.json"
    content = facts(path) if path.is_file() else {}
    return "hparams" in content and ("vqvae_config" in content) == prior


def hparams(folder: Path) -> Json:
    """The original's hyper-parameters of the model in a folder."""
    return facts(folder / "config.json")["hparams"]


@lru_cache(maxsize=4)
def vqvae_of(folder: Path) -> VQVAE:
    """The autoencoder in a folder."""
    with torch.device("meta"):
        model = VQVAE(vqvae_from_hparams(hparams(folder)))
    return _filled(model, folder / VQVAE_FILE)


@lru_cache(maxsize=16)
def prior_of(folder: Path) -> Prior:
    """The prior in a folder, to be left as it is."""
    return new_prior(folder)


def new_prior(folder: Path) -> Prior:
    """The prior in a folder, whose configuration names that of its autoencoder."""
    with torch.device("meta"):
        prior = Prior(prior_config(folder))
    checkpoints = sorted(folder.glob(PRIOR_FILES))
    if not checkpoints:
        raise ModelMissingError(f"“{folder.name}” holds no checkpoint {PRIOR_FILES}.")
    return _filled(prior, checkpoints[0])


def prior_config(folder: Path) -> PriorConfig:
    """The shape of the prior in a folder."""
    vqvae = vqvae_from_hparams(hparams(autoencoder_of(folder)))
    return prior_from_hparams(hparams(folder), vqvae)


def autoencoder_of(folder: Path) -> Path:
    """The folder of the autoencoder whose codes the prior in a folder models."""
    return (folder / facts(folder / "config.json")["vqvae_config"]).parent.resolve()


def batch_of(config: PriorConfig, y: Tensor | None) -> LabelBatch | None:
    """The original's label vectors (batch, labels) as a prior hears them."""
    if config.labels is None or y is None:
        return None
    first = 4 + config.labels.max_genres
    lyrics = y[:, first:] if config.lyrics else None
    return LabelBatch(y[:, 0], y[:, 1], y[:, 2], y[:, 3], y[:, 4:first], lyrics)


class OffsetLabels(SongLabels):
    """The labels of an item that starts anywhere in its song, from the original's label vector.

    Names are given by number, since a golden folder holds no lists of names.
    """

    def __init__(self, y: list[int], lyrics: str, prior: PriorConfig) -> None:
        total, self._offset, _, artist, *rest = y
        assert prior.labels is not None
        genres = [number for number in rest[: prior.labels.max_genres] if number >= 0]
        names = ExactVocabulary({"artist": artist}, {f"n{number}": number for number in genres})
        prompt = Prompt("artist", tuple(f"n{number}" for number in genres), lyrics, total)
        super().__init__(prompt, names, prior)
        self._hop = prior.hop
        self.asked: list[list[int]] = []

    def window(self, start_code: int) -> WindowLabels:
        """The labels of a window, which is noted down as the original's vector."""
        window = self.window_at(self._offset + start_code * self._hop)
        times = [window.total_length, window.offset, window.length, window.artist]
        self.asked.append([*times, *window.genres, *window.lyrics])
        return window


def _filled(module: _M, checkpoint: Path) -> _M:
    assign(module, read_openai_checkpoint(checkpoint))
    return module.eval()

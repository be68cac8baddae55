"""A finished model that training begins from, or that lends the parts which are not trained anew.

Knows how a model's tables of names are turned to other names. Does not know trainers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from engine.catalog.store import InstalledModel, default_store, open_model
from engine.catalog.weights import read_folder_state
from engine.text.vocabulary import ANY, Vocabulary
from engine.types import Level

WeightState = dict[str, Tensor]


@dataclass(frozen=True, slots=True)
class BaseModel:
    """An installed model whose weights can be taken over."""

    installed: InstalledModel

    def codec(self, level: Level) -> WeightState:
        """The weights of one level of the VQ-VAE, in single precision.

        Raises:
            ModelError: they cannot be read.
        """
        prefix = f"levels.{int(level)}."
        state = read_folder_state(self.installed.folder, "vqvae")
        mine = {name: weight for name, weight in state.items() if name.startswith(prefix)}
        return {name.removeprefix(prefix): weight.float() for name, weight in mine.items()}

    def prior(self, level: Level, names: Vocabulary) -> WeightState:
        """The weights of a prior, in single precision, its tables of names in another order.

        A name that the base does not know begins as any artist, or any genre.

        Raises:
            ModelError: they cannot be read.
        """
        state = read_folder_state(self.installed.folder, level)
        state = {name: weight.float() for name, weight in state.items()}
        known = self.installed.vocabularies[level]
        if known is not None:
            for name, theirs, ours in (
                ("labels.artist.weight", known.artists, names.artists),
                ("labels.genre.weight", known.genres, names.genres),
            ):
                state[name] = state[name][_rows(theirs, ours)]
        return state


def find_base(wish: str) -> BaseModel:
    """The model in a folder, or the installed one of that id.

    Raises:
        ModelError: there is none, or it is damaged.
    """
    folder = Path(wish)
    is_folder = (folder / "studio.json").is_file()
    return BaseModel(open_model(folder) if is_folder else default_store().get(wish))


def _rows(theirs: Mapping[str, int], ours: Mapping[str, int]) -> Tensor:
    by_number = sorted(ours, key=lambda name: ours[name])
    return torch.tensor([theirs.get(name, ANY) for name in by_number])

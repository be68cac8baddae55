"""What codes mean after a codec trained on, told in its codes from before.

Priors know codes by number, in tables with a row for each. When a codec trains on, its numbers soon
mean something else. Rows are mixed anew out of the rows of the codes that stood at the same
moments; so a prior goes on where it was instead of beginning anew.

Knows songs, codes and tables. Does not know how anything is trained.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from engine.catalog.specs import PriorConfig
from engine.nn.vqvae import LevelAutoencoder
from engine.training.base import WeightState
from engine.training.data import Song, read_stretch
from engine.training.tokens import CodeArray, encoded
from engine.types import Level


@dataclass(frozen=True, slots=True)
class CodeTable:
    """A table of a prior with a row for each code of a level, from row `first` on."""

    name: str
    level: Level
    first: int


def code_tables(config: PriorConfig) -> tuple[CodeTable, ...]:
    """The tables in which a prior knows its own codes and those above."""
    own = Level(config.level)
    tables = [CodeTable("embedding.symbol.weight", own, config.first_code)]
    if config.merged_decoder:
        tables.append(CodeTable("head.weight", own, config.first_code))
    if config.conditioner is not None:
        tables.append(CodeTable("conditioner.embedding.weight", Level(own + 1), 0))
    return tuple(tables)


@torch.no_grad()
def meanings(
    songs: Iterable[tuple[Song, CodeArray]], before: LevelAutoencoder, size: int
) -> Tensor:
    """How large a share of the moments of each code each old code stood at.

    Args:
        songs: with their codes by the codec as it is now.
        before: the codec as it was.
        size: codes of the codebook.

    Returns:
        (new codes, old codes); rows sum to 1. A code that is not heard keeps its meaning.
    """
    counts = torch.zeros(size, size)
    for song, after in songs:
        old = encoded(before, read_stretch(song, 0, song.samples))
        pairs = size * after.astype(np.int64) + old.astype(np.int64)
        counts += torch.from_numpy(np.bincount(pairs, minlength=size * size)).view(size, size)
    unheard = counts.sum(1) == 0
    counts[unheard] = torch.eye(size)[unheard]
    return counts / counts.sum(1, keepdim=True)


def carried_over(weights: WeightState, table: CodeTable, meaning: Tensor) -> WeightState:
    """A prior's weights with a table mixed anew, its rows as large on average as before."""
    rows = slice(table.first, table.first + len(meaning))
    old = weights[table.name][rows]
    mixed = meaning @ old
    renewed = weights[table.name].clone()
    renewed[rows] = mixed * (old.norm(dim=1).mean() / mixed.norm(dim=1).mean())
    return {**weights, table.name: renewed}

"""A recipe, and the folders in which a model takes shape.

Knows what a recipe file says and where each stage keeps its work. Does not know how anything is
trained.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from engine.catalog.configs import from_json
from engine.catalog.specs import ModelConfig
from engine.text.vocabulary import ExactVocabulary, Vocabulary
from engine.training.data import DatasetError, Song, find_songs
from engine.training.excerpts import Windows, Withheld
from engine.training.prior import PriorTraining
from engine.training.runs import RunFolder, Schedule, State
from engine.training.vqvae import VqVaeTraining
from engine.types import Level

RECIPES = Path(__file__).parent / "recipes"


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a recipe file says.

    Attributes:
        threads: of the CPU, per process.
        precision: of the arithmetic while training: "bf16" or "no" for float32.
        artists, genres: names by their number; number 0 is any.
    """

    title: str
    licence: str
    threads: int
    precision: str
    artists: tuple[str, ...]
    genres: tuple[str, ...]
    architecture: ModelConfig
    vqvae_training: VqVaeTraining
    vqvae_schedule: Schedule
    prior_training: PriorTraining
    prior_schedule: Schedule
    withheld: Withheld

    @property
    def vocabulary(self) -> Vocabulary:
        """Numbers of artists and genres."""
        return ExactVocabulary(_numbered(self.artists), _numbered(self.genres))


def read_recipe(path: Path) -> Recipe:
    """The recipe in a TOML file.

    Raises:
        ModelError: its architecture does not hold together.
    """
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    return Recipe(
        title=table["title"],
        licence=table["licence"],
        threads=table["threads"],
        precision=table["precision"],
        artists=tuple(table["artists"]),
        genres=tuple(table["genres"]),
        architecture=from_json(table["architecture"]),
        vqvae_training=VqVaeTraining(**table["vqvae_training"]),
        vqvae_schedule=Schedule(**table["vqvae_schedule"]),
        prior_training=PriorTraining(**table["prior_training"]),
        prior_schedule=Schedule(**table["prior_schedule"]),
        withheld=Withheld(**table["withheld"]),
    )


def _numbered(names: tuple[str, ...]) -> dict[str, int]:
    return {name: number for number, name in enumerate(names)}


@dataclass(frozen=True, slots=True)
class Workshop:
    """A recipe with the folders it works in.

    Attributes:
        data: the dataset; songs in its folder `heldout` are kept for evaluation.
        runs: checkpoints, curves and codes.
    """

    recipe: Recipe
    data: Path
    runs: Path

    @property
    def held_out(self) -> Path:
        """The folder of songs that nothing learns from."""
        return self.data / "heldout"

    def songs(self, folder: Path) -> tuple[Song, ...]:
        """The songs of the dataset, or of its held-out part."""
        return find_songs(folder, self.recipe.architecture.vqvae.sample_rate)

    def run(self, part: str, level: Level) -> RunFolder:
        """Where the training of one part ("vqvae" or "prior") is kept."""
        return RunFolder(self.runs / f"{part}-{level.name.lower()}")

    def trained(self, part: str, level: Level) -> State:
        """The latest state of a trainer.

        Raises:
            DatasetError: this part has not been trained yet.
        """
        state = self.run(part, level).load()
        if state is None:
            raise DatasetError(f"The {level.name} {part} is not trained yet; do that stage first.")
        return state["trainer"]

    def codes(self, songs_folder: Path, level: Level) -> Path:
        """Where the codes of the songs of a folder are kept."""
        return self.runs / "codes" / songs_folder.name / level.name.lower()

    def windows(self, songs_folder: Path, level: Level) -> Windows:
        """Windows of one level, out of the songs of a folder that are encoded by now."""
        priors = self.recipe.architecture.priors
        top = priors[Level.TOP]
        return Windows(
            self.songs(songs_folder),
            {at: self.codes(songs_folder, at) for at in Level},
            priors[level],
            self.recipe.vocabulary,
            top.context * top.hop,
        )

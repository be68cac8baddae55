"""A recipe, and the folders in which a model takes shape.

Knows what a recipe file says and where each stage keeps its work. Does not know how anything is
trained.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from engine.catalog.configs import from_json
from engine.catalog.specs import ModelConfig
from engine.text.vocabulary import ExactVocabulary, Vocabulary
from engine.training.base import BaseModel, WeightState
from engine.training.data import DatasetError, Song, find_songs
from engine.training.excerpts import Windows, Withheld
from engine.training.prior import PriorTraining, averaged_weights
from engine.training.runs import RunFolder, Schedule
from engine.training.vqvae import VqVaeTraining
from engine.types import PUBLISHED_TEMPERATURES, Level

RECIPES = Path(__file__).parent / "recipes"


@dataclass(frozen=True, slots=True)
class SongPlan:
    """How many songs are rendered, to learn from and to hold out, and from which seed on."""

    learnt: int
    held_out: int
    first_seed: int = 0
    first_held_out_seed: int = 900_000


@dataclass(frozen=True, slots=True)
class OnGpu:
    """Sizes for a GPU: batches large enough to fill it, and threads that keep it fed."""

    precision: str
    vqvae_batch: tuple[int, ...]
    prior_batch: tuple[int, ...]
    workers: int


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a recipe file says.

    Attributes:
        threads: of the CPU, per process.
        songs: what the composer is to render; None for a dataset that comes from elsewhere.
        on_gpu: what is done otherwise on a GPU.
        vqvae_schedules, prior_schedules, polish_schedules: one per level, BOTTOM first.
        precision: of the arithmetic while training: "bf16" or "no" for float32.
        artists, genres: names by their number; number 0 is any.
        temperatures: at which the model is drawn where nobody asks for another, BOTTOM first.
    """

    title: str
    licence: str
    threads: int
    precision: str
    artists: tuple[str, ...]
    genres: tuple[str, ...]
    architecture: ModelConfig
    vqvae_training: VqVaeTraining
    vqvae_schedules: tuple[Schedule, ...]
    prior_training: PriorTraining
    prior_schedules: tuple[Schedule, ...]
    polish_schedules: tuple[Schedule, ...] | None
    withheld: Withheld
    songs: SongPlan | None
    on_gpu: OnGpu | None
    temperatures: tuple[float, ...] = PUBLISHED_TEMPERATURES

    @property
    def vocabulary(self) -> Vocabulary:
        """Numbers of artists and genres."""
        return ExactVocabulary(_numbered(self.artists), _numbered(self.genres))


def recipe_path(name: str) -> Path:
    """Where a recipe lies that is named by its path, or is one of this program's."""
    return Path(name) if name.endswith(".toml") else RECIPES / f"{name}.toml"


def fitted(recipe: Recipe, device: str) -> Recipe:
    """A recipe with the sizes for a kind of device: "cpu", "cuda", …"""
    if device == "cpu" or recipe.on_gpu is None:
        return recipe
    sizes = recipe.on_gpu
    return replace(
        recipe,
        precision=sizes.precision,
        vqvae_training=replace(
            recipe.vqvae_training, batch=sizes.vqvae_batch, workers=sizes.workers
        ),
        prior_training=replace(
            recipe.prior_training, batch=sizes.prior_batch, workers=sizes.workers
        ),
    )


def read_recipe(path: Path) -> Recipe:
    """The recipe in a TOML file.

    Raises:
        DatasetError: there is no such recipe, or it is no TOML.
        ModelError: its architecture does not hold together.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DatasetError(f"The recipe “{path}” cannot be read: {error}.") from error
    return Recipe(
        title=table["title"],
        licence=table["licence"],
        threads=table["threads"],
        precision=table["precision"],
        artists=tuple(table["artists"]),
        genres=tuple(table["genres"]),
        architecture=from_json(_with_counts(table)),
        vqvae_training=VqVaeTraining(**_with_tuples(table["vqvae_training"])),
        vqvae_schedules=_schedules(table["vqvae_schedule"]),
        prior_training=PriorTraining(**_with_tuples(table["prior_training"])),
        prior_schedules=_schedules(table["prior_schedule"]),
        polish_schedules=(
            _schedules(table["polish_schedule"]) if "polish_schedule" in table else None
        ),
        withheld=Withheld(**table["withheld"]),
        songs=SongPlan(**table["songs"]) if "songs" in table else None,
        on_gpu=OnGpu(**_with_tuples(table["on_gpu"])) if "on_gpu" in table else None,
        temperatures=tuple(table.get("temperatures", PUBLISHED_TEMPERATURES)),
    )


def _with_counts(table: Mapping[str, Any]) -> dict[str, Any]:
    """The architecture, its tables of names as long as the lists of names."""
    counts = {"artists": len(table["artists"]), "genres": len(table["genres"])}
    architecture = dict(table["architecture"])
    architecture["priors"] = [
        prior | {"labels": prior["labels"] | counts} for prior in architecture["priors"]
    ]
    return architecture


def _with_tuples(table: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(v) if isinstance(v, list) else v for name, v in table.items()}


def _schedules(table: Mapping[str, Any]) -> tuple[Schedule, ...]:
    """One per level, BOTTOM first, out of columns."""
    rows = zip(*table.values(), strict=True)
    return tuple(Schedule(**dict(zip(table, row, strict=True))) for row in rows)


def _numbered(names: tuple[str, ...]) -> dict[str, int]:
    return {name: number for number, name in enumerate(names)}


@dataclass(frozen=True, slots=True)
class Workshop:
    """A recipe with the folders it works in.

    Attributes:
        data: the dataset; songs in its folder `heldout` are kept for evaluation.
        runs: checkpoints, curves and codes.
        base: a model that lends what is not trained here, and from which training begins.
    """

    recipe: Recipe
    data: Path
    runs: Path
    base: BaseModel | None = None

    @property
    def held_out(self) -> Path:
        """The folder of songs that nothing learns from."""
        return self.data / "heldout"

    def songs(self, folder: Path) -> tuple[Song, ...]:
        """The songs of the dataset, or of its held-out part."""
        return find_songs(folder, self.recipe.architecture.vqvae.sample_rate)

    def run(self, part: str, level: Level) -> RunFolder:
        """Where the training of one part ("vqvae", "prior" or "polish") is kept."""
        return RunFolder(self.runs / f"{part}-{level.name.lower()}")

    def codec_weights(self, level: Level) -> WeightState:
        """One level of the VQ-VAE: polished, else as far as it is trained, else the base's.

        Raises:
            DatasetError: there is none of them.
        """
        for part in ("polish", "vqvae"):
            state = self.run(part, level).load()
            if state is not None:
                return state["trainer"]["model"]
        if self.base is None:
            raise _untrained("VQ-VAE", level)
        return self.base.codec(level)

    def prior_weights(self, level: Level) -> WeightState:
        """A prior as far as it is trained, else the base's.

        Raises:
            DatasetError: there is neither.
        """
        state = self.run("prior", level).load()
        if state is not None:
            return averaged_weights(state["trainer"])
        if self.base is None:
            raise _untrained("prior", level)
        return self.base.prior(level, self.recipe.vocabulary)

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


def _untrained(part: str, level: Level) -> DatasetError:
    return DatasetError(
        f"The {level.name} {part} is not trained yet. Do that stage first, or name a base model."
    )

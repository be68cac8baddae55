"""`python -m engine.training.recipe NAME STAGE`: makes a model from a dataset, stage by stage.

Knows the order of the stages and where each keeps its run. The stages themselves are next door.
Every stage can be stopped and started again; it goes on from its latest checkpoint.
"""

from __future__ import annotations

import argparse
import logging
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from accelerate import Accelerator

from engine.catalog.specs import VqVaeConfig
from engine.training.data import Crops, find_songs
from engine.training.runs import Pace, RunFolder, Schedule, train
from engine.training.vqvae import LevelTrainer, VqVaeTraining
from engine.types import Level

RECIPES = Path(__file__).parent / "recipes"


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a recipe file says."""

    title: str
    threads: int
    precision: str
    vqvae: VqVaeConfig
    vqvae_training: VqVaeTraining
    vqvae_schedule: Schedule


@dataclass(frozen=True, slots=True)
class Workshop:
    """A recipe with the folders it works in."""

    recipe: Recipe
    data: Path
    runs: Path

    def folder(self, part: str, level: Level) -> RunFolder:
        """Where the run of one part of the model is kept."""
        return RunFolder(self.runs / f"{part}-{level.name.lower()}")


def read_recipe(path: Path) -> Recipe:
    """The recipe in a TOML file."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    return Recipe(
        title=table["title"],
        threads=table["threads"],
        precision=table["precision"],
        vqvae=VqVaeConfig(**_tuples(table["vqvae"])),
        vqvae_training=VqVaeTraining(**table["vqvae_training"]),
        vqvae_schedule=Schedule(**table["vqvae_schedule"]),
    )


def _tuples(table: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(v) if isinstance(v, list) else v for name, v in table.items()}


def train_vqvae_level(shop: Workshop, level: Level, steps: int | None, pace: Pace) -> None:
    """Train one level of the VQ-VAE as far as its schedule or the time goes."""
    recipe = shop.recipe
    accelerator = Accelerator(mixed_precision=recipe.precision)

    def crops() -> Crops:
        songs = find_songs(shop.data, recipe.vqvae.sample_rate)
        return Crops(songs, recipe.vqvae_training.crop)

    trainer = LevelTrainer(recipe.vqvae, level, recipe.vqvae_training, crops, accelerator)
    schedule = recipe.vqvae_schedule
    schedule = schedule if steps is None else replace(schedule, steps=steps)
    train(trainer, schedule, shop.folder("vqvae", level), pace)


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m engine.training.recipe")
    parser.add_argument("recipe", help="name of a recipe, such as pocket")
    parser.add_argument("stage", choices=["vqvae"])
    parser.add_argument("--level", type=lambda name: Level[name.upper()], default=Level.TOP)
    parser.add_argument("--data", type=Path, required=True, help="folder of the dataset")
    parser.add_argument("--runs", type=Path, required=True, help="folder for checkpoints")
    parser.add_argument("--steps", type=int, help="length of the schedule, if not the recipe's")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="stop after this time")
    return parser


def main() -> None:
    """Do one stage of a recipe."""
    options = _arguments().parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    recipe = read_recipe(RECIPES / f"{options.recipe}.toml")
    torch.set_num_threads(recipe.threads)
    shop = Workshop(recipe, options.data, options.runs)
    train_vqvae_level(shop, options.level, options.steps, Pace(seconds=options.minutes * 60))


if __name__ == "__main__":
    main()

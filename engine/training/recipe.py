"""`python -m engine.training.recipe NAME STAGE`: makes a model from a dataset, stage by stage.

Knows the stages and their order. What they do lies next door. A stage that was stopped goes on
from its latest checkpoint.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import torch
from accelerate import Accelerator

from engine.nn.prior import Prior
from engine.nn.vqvae import VQVAE, LevelAutoencoder
from engine.training.data import Crops
from engine.training.evaluate import CONDITIONS, codec_figures, prior_bits
from engine.training.excerpts import Source, Windows
from engine.training.export import export, vqvae_weights
from engine.training.prior import PriorTrainer, averaged_weights
from engine.training.runs import Pace, train
from engine.training.tokens import bigram_bits, read_codes, unigram_bits, write_codes
from engine.training.vqvae import LevelTrainer
from engine.training.workshop import RECIPES, Workshop, read_recipe
from engine.types import Level


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line asks for.

    Attributes:
        levels: which levels the stage is for.
        steps: length of the schedule, or None for the recipe's.
        seconds: after which to stop for now.
        out: where the model goes.
        share: (n, of): take every `of`-th song, from the n-th on.
    """

    levels: tuple[Level, ...]
    steps: int | None
    seconds: float
    out: Path
    share: tuple[int, int]


Stage = Callable[[Workshop, Options], None]


def train_vqvae(shop: Workshop, options: Options) -> None:
    """Train levels of the VQ-VAE."""
    recipe = shop.recipe

    def crops() -> Crops:
        return Crops(shop.songs(shop.data), recipe.vqvae_training.crop)

    for level in options.levels:
        accelerator = Accelerator(mixed_precision=recipe.precision)
        config, training = recipe.architecture.vqvae, recipe.vqvae_training
        trainer = LevelTrainer(config, level, training, crops, accelerator)
        schedule = replace(
            recipe.vqvae_schedule, steps=options.steps or recipe.vqvae_schedule.steps
        )
        train(trainer, schedule, shop.run("vqvae", level), Pace(options.seconds))


def encode_dataset(shop: Workshop, options: Options) -> None:
    """Turn the held-out songs and the dataset into codes.

    In half precision 99 % of the codes are the same, in less than half the time.
    """
    accelerator = Accelerator(mixed_precision=shop.recipe.precision)
    vqvae = VQVAE(shop.recipe.architecture.vqvae).eval().to(accelerator.device)
    vqvae.load_state_dict(vqvae_weights(shop))
    for folder in (shop.held_out, shop.data):
        share = shop.songs(folder)[options.share[0] :: options.share[1]]
        folders = {level: shop.codes(folder, level) for level in Level}
        with accelerator.autocast():
            write_codes(share, vqvae, folders)


def train_prior(shop: Workshop, options: Options) -> None:
    """Train priors."""
    for level in options.levels:
        _train_one_prior(shop, level, options)


def _train_one_prior(shop: Workshop, level: Level, options: Options) -> None:
    recipe = shop.recipe

    def windows() -> Windows:
        return shop.windows(shop.data, level)

    accelerator = Accelerator(mixed_precision=recipe.precision)
    config = recipe.architecture.priors[level]
    source = Source(windows, recipe.withheld)
    trainer = PriorTrainer(config, recipe.prior_training, source, accelerator)
    schedule = replace(recipe.prior_schedule, steps=options.steps or recipe.prior_schedule.steps)
    train(trainer, schedule, shop.run("prior", level), Pace(options.seconds))


def export_model(shop: Workshop, options: Options) -> None:
    """Write the model's folder."""
    export(shop, options.out)


def evaluate(shop: Workshop, options: Options) -> None:
    """Write the figures of a trained model, one JSON object per level, to standard output."""
    for level in options.levels:
        figures = {"level": level.name, **_codec(shop, level), **_prior(shop, level)}
        sys.stdout.write(json.dumps(figures) + "\n")


def trained_autoencoder(shop: Workshop, level: Level) -> LevelAutoencoder:
    """One level of the VQ-VAE as far as it is trained."""
    model = LevelAutoencoder(shop.recipe.architecture.vqvae, level)
    model.load_state_dict(shop.trained("vqvae", level)["model"])
    return model.eval()


def trained_prior(shop: Workshop, level: Level) -> Prior:
    """A prior as far as it is trained."""
    model = Prior(shop.recipe.architecture.priors[level])
    model.load_state_dict(averaged_weights(shop.trained("prior", level)))
    return model.eval()


def _codec(shop: Workshop, level: Level) -> Mapping[str, float]:
    songs, rate = shop.songs(shop.held_out), shop.recipe.architecture.vqvae.sample_rate
    return asdict(codec_figures(trained_autoencoder(shop, level), songs, 12 * rate))


def _prior(shop: Workshop, level: Level) -> Mapping[str, float]:
    if not shop.run("prior", level).checkpoint.exists():
        return {}
    learnt, held_out = (
        [read_codes(shop.codes(folder, level), song) for song in shop.songs(folder)]
        for folder in (shop.data, shop.held_out)
    )
    size = shop.recipe.architecture.vqvae.codebook_size
    model, windows = trained_prior(shop, level), shop.windows(shop.held_out, level)
    return {
        "unigram_bits": unigram_bits(learnt, held_out, size),
        "bigram_bits": bigram_bits(learnt, held_out, size),
    } | {name: prior_bits(model, windows, 48, told) for name, told in CONDITIONS.items()}


STAGES: Mapping[str, Stage] = {
    "vqvae": train_vqvae,
    "codes": encode_dataset,
    "prior": train_prior,
    "export": export_model,
    "evaluate": evaluate,
}


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m engine.training.recipe",
        description="Make a model from a dataset, stage by stage or all at once.",
    )
    parser.add_argument("recipe", help="pocket, or the path of a recipe file")
    parser.add_argument("stage", choices=["all", *STAGES])
    parser.add_argument("--level", help="bottom, middle or top; all of them without it")
    parser.add_argument("--data", type=Path, required=True, help="folder of the dataset")
    parser.add_argument("--runs", type=Path, required=True, help="folder for checkpoints and codes")
    parser.add_argument("--out", type=Path, default=Path("model"), help="folder for the model")
    parser.add_argument("--share", default="0/1", help="encode songs n, n + of, …: n/of")
    parser.add_argument("--steps", type=int, help="length of the schedule, if not the recipe's")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="stop after this time")
    return parser


def _recipe_path(name: str) -> Path:
    return Path(name) if name.endswith(".toml") else RECIPES / f"{name}.toml"


def main() -> None:
    """Do one stage of a recipe, or all of them in order."""
    asked = _arguments().parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    recipe = read_recipe(_recipe_path(asked.recipe))
    torch.set_num_threads(recipe.threads)
    levels = tuple(Level) if asked.level is None else (Level[asked.level.upper()],)
    share = int(asked.share.split("/")[0]), int(asked.share.split("/")[1])
    options = Options(levels, asked.steps, asked.minutes * 60, asked.out, share)
    shop = Workshop(recipe, asked.data, asked.runs)
    for stage in STAGES if asked.stage == "all" else (asked.stage,):
        STAGES[stage](shop, options)


if __name__ == "__main__":
    main()

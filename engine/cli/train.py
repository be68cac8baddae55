"""`jukebox train`: makes a model by a recipe, on songs of its own or on a user's music."""

from __future__ import annotations

import argparse
import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from engine.atomic import told
from engine.cli.console import answer_json, say
from engine.cli.tools import Tools
from engine.errors import EngineError, TaskError
from engine.types import Level

if TYPE_CHECKING:
    from engine.training.recipe import Options
    from engine.training.workshop import Recipe, Workshop

_NEW = "new"


class TrainingError(EngineError):
    """Training cannot go on."""


def train(options: argparse.Namespace, tools: Tools) -> int:
    """Do stages of a recipe, or take in a folder of music. Gives the exit status.

    Raises:
        TaskError: what is asked for does not fit together.
        EngineError: it cannot be done.
    """
    logging.getLogger("engine.training").setLevel(logging.INFO)
    try:
        answer_json(_taken_in(options) if options.recipe == _NEW else _made(options))
    except OSError as error:
        raise TrainingError(told(error, options.data)) from error
    return 0


def _taken_in(options: argparse.Namespace) -> Mapping[str, object]:
    from engine.training.recordings import recipe_text, take_in
    from engine.training.workshop import read_recipe, recipe_path

    if options.music is None:
        raise TaskError("Say where the music is: jukebox train new --music DIR --data DIR.")
    like = recipe_path(options.like)
    rate = read_recipe(like).architecture.vqvae.sample_rate
    names = take_in(options.music, options.data, rate)
    recipe = options.data / "recipe.toml"
    text = recipe_text(like.read_text("utf-8"), options.title, names)
    recipe.write_text(text, encoding="utf-8")
    say(f"{recipe} is the recipe; it can be edited.")
    return {"recipe": str(recipe), "artists": names.artists, "genres": names.genres}


def _made(options: argparse.Namespace) -> Mapping[str, object]:
    from engine.training.recipe import STAGES, make

    shop = _workshop(options)
    stages = tuple(options.stages) or tuple(STAGES)
    return {"recipe": shop.recipe.title, **make(shop, stages, _stage_options(options))}


def _workshop(options: argparse.Namespace) -> Workshop:
    import torch

    from engine.training.base import find_base
    from engine.training.smoke import shrunk
    from engine.training.workshop import Workshop, fitted, read_recipe, recipe_path

    recipe: Recipe = read_recipe(recipe_path(options.recipe))
    recipe = fitted(recipe, "cuda" if torch.cuda.is_available() else "cpu")
    if options.smoke:
        recipe = shrunk(recipe)
    torch.set_num_threads(recipe.threads)
    base = None if options.base is None else find_base(options.base)
    return Workshop(recipe, options.data, options.runs or options.data / "runs", base)


def _stage_options(options: argparse.Namespace) -> Options:
    from engine.training.recipe import Options

    levels = tuple(Level) if options.level is None else (Level[options.level.upper()],)
    numbers = options.share.split("/")
    if len(numbers) != 2 or not all(number.isdecimal() for number in numbers):
        raise TaskError(f"A share is two whole numbers, such as 0/2, not “{options.share[:20]}”.")
    return Options(
        levels=levels,
        steps=options.steps,
        seconds=60 * options.minutes,
        out=options.out or options.data / "models" / "new-model",
        share=cast(tuple[int, int], tuple(map(int, numbers))),
        processes=options.processes,
    )

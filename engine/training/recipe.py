"""Makes a model by a recipe, stage by stage.

Knows the stages and their order. What they do lies next door. A stage that was stopped goes on
from its latest checkpoint. Every stage gives figures, of which the command writes one line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from itertools import islice
from pathlib import Path

import torch
from accelerate import Accelerator

from engine.nn.prior import Prior
from engine.nn.vqvae import LevelAutoencoder
from engine.training.ahead import Renewed
from engine.training.base import BaseModel, WeightState
from engine.training.curves import draw_curves
from engine.training.data import Crops, DatasetError, Song
from engine.training.dataset import write_songs
from engine.training.evaluate import CONDITIONS, codec_figures, prior_bits
from engine.training.excerpts import Window
from engine.training.export import export
from engine.training.meaning import carried_over, code_tables, meanings
from engine.training.polish import DecoderPolisher
from engine.training.prior import PriorTrainer
from engine.training.render import SOUNDFONT
from engine.training.runs import Onlooker, Pace, RunFolder, Schedule, Trainer, train
from engine.training.tokens import (
    CodeArray,
    bigram_bits,
    codes_path,
    read_codes,
    unigram_bits,
    write_codes,
)
from engine.training.vqvae import LevelTrainer
from engine.training.workshop import Workshop
from engine.types import Level

_HEARD_S = 12
_WINDOWS = 48
_SONGS_HEARD = 24
"""From which it is learnt what the codes of a codec that trained on mean."""


@dataclass(frozen=True, slots=True)
class Options:
    """What is asked of a stage.

    Attributes:
        levels: which levels it is for.
        steps: length of the schedule, or None for the recipe's.
        seconds: after which to stop for now.
        out: where the model goes.
        share: (n, of): take every `of`-th song, from the n-th on.
        processes: songs rendered side by side.
    """

    levels: tuple[Level, ...] = tuple(Level)
    steps: int | None = None
    seconds: float = float("inf")
    out: Path = Path("model")
    share: tuple[int, int] = (0, 1)
    processes: int = 1


Figures = Mapping[str, object]
Stage = Callable[[Workshop, Options], Figures]


def render_songs(shop: Workshop, options: Options) -> Figures:
    """Render the songs of the recipe that are not there yet."""
    plan = shop.recipe.songs
    if plan is not None:
        for folder, first, count in (
            (shop.held_out, plan.first_held_out_seed, plan.held_out),
            (shop.data, plan.first_seed, plan.learnt),
        ):
            write_songs(folder, range(first, first + count), options.processes, SOUNDFONT)
    rate = shop.recipe.architecture.vqvae.sample_rate
    songs = shop.songs(shop.data)
    hours = sum(song.samples for song in songs) / rate / 3600
    return {"songs": len(songs), "hours": hours, "held_out": len(shop.songs(shop.held_out))}


def train_vqvae(shop: Workshop, options: Options) -> Figures:
    """Train levels of the VQ-VAE, each grown from those below it or from the base."""
    return {level.name.lower(): _train_level(shop, level, options) for level in options.levels}


def _train_level(shop: Workshop, level: Level, options: Options) -> Figures:
    recipe = shop.recipe
    accelerator = Accelerator(mixed_precision=recipe.precision)
    config, training = recipe.architecture.vqvae, recipe.vqvae_training
    trainer = LevelTrainer(config, level, training, _crops_of(shop, level), accelerator)
    for below in [n for n in Level if n < level and shop.run("vqvae", n).checkpoint.exists()]:
        trainer.begin_as(shop.codec_weights(below))
    if shop.base is not None:
        trainer.go_on_from(shop.base.codec(level))
    return _train(trainer, recipe.vqvae_schedules[level], shop.run("vqvae", level), shop, options)


def _crops_of(shop: Workshop, level: Level) -> Callable[[], Crops]:
    return lambda: Crops(shop.songs(shop.data), shop.recipe.vqvae_training.crop[level])


def _train(
    trainer: Trainer, schedule: Schedule, folder: RunFolder, shop: Workshop, options: Options
) -> Figures:
    """Train to the end of the schedule, or until time is up; figures are the last of the curve."""
    schedule = replace(schedule, steps=options.steps or schedule.steps)
    here = folder if Accelerator().is_main_process else Onlooker(folder.path)
    songs = len(shop.songs(shop.data))
    here.remember({"data": shop.data.name, "songs": songs, **asdict(schedule)})
    train(trainer, schedule, here, Pace(options.seconds))
    curve = here.curve()
    return curve[-1] if curve else {}


def encode_dataset(shop: Workshop, options: Options) -> Figures:
    """Turn the held-out songs and the dataset into codes.

    In half precision 99 % of the codes are the same, in less than half the time.
    """
    accelerator = Accelerator(mixed_precision=shop.recipe.precision)
    for level in options.levels:
        codec = trained_autoencoder(shop, level).to(accelerator.device)
        for folder in (shop.held_out, shop.data):
            share = shop.songs(folder)[options.share[0] :: options.share[1]]
            with accelerator.autocast():
                write_codes(share, codec, shop.codes(folder, level))
    counts = {level: len([*shop.codes(shop.data, level).glob("*.npy")]) for level in options.levels}
    return {level.name.lower(): count for level, count in counts.items()}


def train_prior(shop: Workshop, options: Options) -> Figures:
    """Train priors, begun as the base's, or where there is none as the upsampler above."""
    return {level.name.lower(): _train_prior(shop, level, options) for level in options.levels}


def _train_prior(shop: Workshop, level: Level, options: Options) -> Figures:
    recipe = shop.recipe
    accelerator = Accelerator(mixed_precision=recipe.precision)
    config = recipe.architecture.priors[level]
    windows = Renewed(lambda: shop.windows(shop.data, level), recipe.prior_training.refresh)

    def draw(step: int, generator: torch.Generator) -> Window:
        return windows.at(step).draw(recipe.withheld, generator)

    trainer = PriorTrainer(config, recipe.prior_training, draw, accelerator)
    run, above = shop.run("prior", level), Level(min(level + 1, Level.TOP))
    if not run.checkpoint.exists():
        if shop.base is not None:
            trainer.begin_as(_taken_along(shop, shop.base, level))
        elif above < Level.TOP and shop.run("prior", above).checkpoint.exists():
            trainer.begin_as(grown_down(shop.prior_weights(above)))
        elif level == Level.TOP and recipe.prior_training.pulses:
            trainer.begin_with_pulses()
    return _train(trainer, recipe.prior_schedules[level], run, shop, options)


def _taken_along(shop: Workshop, base: BaseModel, level: Level) -> WeightState:
    """The base's prior, its codes told in those of the codecs that were trained on since."""
    weights = base.prior(level, shop.recipe.vocabulary)
    config = shop.recipe.architecture.vqvae
    for table in code_tables(shop.recipe.architecture.priors[level]):
        before, now = base.codec(table.level), shop.codec_weights(table.level)
        if table.name not in weights or not _trained_on(before, now):
            continue
        codec = LevelAutoencoder(config, table.level)
        codec.load_state_dict(before)
        meaning = meanings(_heard(shop, table.level), codec.eval(), config.codebook_size)
        weights = carried_over(weights, table, meaning)
    return weights


def _trained_on(before: WeightState, now: WeightState) -> bool:
    """Whether a codec is shaped as it was, and is no longer the same."""
    alike = {n: w.shape for n, w in before.items()} == {n: w.shape for n, w in now.items()}
    return alike and not all(before[name].equal(weight) for name, weight in now.items())


def _heard(shop: Workshop, level: Level) -> Iterator[tuple[Song, CodeArray]]:
    """Some songs with their codes."""
    folder = shop.codes(shop.data, level)
    ready = (song for song in shop.songs(shop.data) if codes_path(folder, song).exists())
    return ((song, read_codes(folder, song)) for song in islice(ready, _SONGS_HEARD))


def grown_down(upper: WeightState) -> WeightState:
    """What the upsampler below may begin as: it hears the codes that this one foretells."""
    return upper | {"conditioner.embedding.weight": upper["embedding.symbol.weight"]}


def polish_decoders(shop: Workshop, options: Options) -> Figures:
    """Tune decoders against judges of their spectra; codes and priors stay as they are."""
    return {level.name.lower(): _polish(shop, level, options) for level in options.levels}


def _polish(shop: Workshop, level: Level, options: Options) -> Figures:
    recipe = shop.recipe
    if recipe.polish_schedules is None:
        return {}
    accelerator = Accelerator(mixed_precision=recipe.precision)
    config, crops = recipe.architecture.vqvae, _crops_of(shop, level)()
    trainer = DecoderPolisher(config, level, recipe.vqvae_training, crops, accelerator)
    trainer.begin_as(shop.codec_weights(level))
    return _train(trainer, recipe.polish_schedules[level], shop.run("polish", level), shop, options)


def export_model(shop: Workshop, options: Options) -> Figures:
    """Write the model's folder."""
    export(shop, options.out)
    size = sum(path.stat().st_size for path in options.out.iterdir())
    return {"folder": str(options.out), "bytes": size}


def evaluate(shop: Workshop, options: Options) -> Figures:
    """The figures of a trained model on held-out songs, by level."""
    return {
        level.name.lower(): {**_codec(shop, level), **_prior(shop, level)}
        for level in options.levels
    }


def draw(shop: Workshop, options: Options) -> Figures:
    """Draw the curves of all runs beside them."""
    picture = shop.runs / "curves.png"
    return {"runs": draw_curves(shop.runs, picture), "picture": str(picture)}


def trained_autoencoder(shop: Workshop, level: Level) -> LevelAutoencoder:
    """One level of the VQ-VAE as far as it is trained."""
    model = LevelAutoencoder(shop.recipe.architecture.vqvae, level)
    model.load_state_dict(shop.codec_weights(level))
    return model.eval()


def trained_prior(shop: Workshop, level: Level) -> Prior:
    """A prior as far as it is trained."""
    model = Prior(shop.recipe.architecture.priors[level])
    model.load_state_dict(shop.prior_weights(level))
    return model.eval()


def _codec(shop: Workshop, level: Level) -> Figures:
    songs, rate = shop.songs(shop.held_out), shop.recipe.architecture.vqvae.sample_rate
    return asdict(codec_figures(trained_autoencoder(shop, level), songs, rate, _HEARD_S))


def _prior(shop: Workshop, level: Level) -> Figures:
    if not [*shop.codes(shop.held_out, level).glob("*.npy")]:
        return {}
    learnt, held_out = (
        [
            read_codes(shop.codes(folder, level), song)
            for song in shop.songs(folder)
            if codes_path(shop.codes(folder, level), song).exists()
        ]
        for folder in (shop.data, shop.held_out)
    )
    size = shop.recipe.architecture.vqvae.codebook_size
    model, windows = trained_prior(shop, level), shop.windows(shop.held_out, level)
    return {
        "unigram_bits": unigram_bits(learnt, held_out, size),
        "bigram_bits": bigram_bits(learnt, held_out, size),
    } | {name: prior_bits(model, windows, _WINDOWS, told) for name, told in CONDITIONS.items()}


STAGES: Mapping[str, Stage] = {
    "songs": render_songs,
    "vqvae": train_vqvae,
    "codes": encode_dataset,
    "prior": train_prior,
    "polish": polish_decoders,
    "export": export_model,
    "evaluate": evaluate,
    "curves": draw,
}


def make(shop: Workshop, stages: tuple[str, ...], options: Options) -> dict[str, Figures]:
    """Do stages of a recipe in order; their figures by name.

    Raises:
        EngineError: one cannot be done.
        OSError: something cannot be written.
    """
    unknown = [name for name in stages if name not in STAGES]
    if unknown:
        raise DatasetError(f"There is no stage “{unknown[0]}”. Stages: {', '.join(STAGES)}.")
    return {name: STAGES[name](shop, options) for name in stages}

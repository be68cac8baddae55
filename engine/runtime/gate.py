"""Measures what it costs a model to be sampled in bytes: see `engine.catalog.gates`.

Both ways of computing foretell the same recordings, which the model shall not have learnt from.
The rounded one goes code by code through the very step that draws, where inputs are rounded too.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import torch
from torch import Tensor

from engine.audio.files import resample, to_mono
from engine.catalog import gates
from engine.catalog.gates import Gate, LevelBits
from engine.catalog.sizes import model_numbers
from engine.catalog.store import InstalledModel
from engine.errors import TaskError
from engine.nn.conditioning import Conditioning
from engine.nn.prior import Prior
from engine.runtime import devices
from engine.runtime.budget import Residency
from engine.runtime.devices import SMALL_MODEL_NUMBERS, Placement
from engine.runtime.models import LoadedModel
from engine.sampling.batches import label_batch
from engine.sampling.encoding import encoded_tiles, joined
from engine.types import Audio, Codes, Level, Precision, Prompt

_CPU = torch.device("cpu")
Window = tuple[Tensor, Conditioning]


def precisions_of(
    installed: InstalledModel, device: torch.device, wish: str = devices.AUTO
) -> tuple[Precision, ...]:
    """The precisions that a model may be sampled in, the best first.

    Raises:
        EngineError: the wish is none, or not of that model on that device.
    """
    gate, numbers = gates.kept(installed), model_numbers(installed.config)
    passed = gate is not None and gate.passed
    found = devices.precisions(device, numbers, wish, bytes_passed=passed)
    if wish != devices.AUTO:
        gates.require(installed, found[0])
    return found


def measure(
    installed: InstalledModel,
    recordings: Sequence[Audio],
    most_windows: int,
    tell: Callable[[str], None],
) -> Gate:
    """Compare bytes with single precision, or with half width for a large model.

    Args:
        recordings: music that the model has not learnt from.
        most_windows: foretold per level, spread over the recordings.
        tell: called with words for what is being done.

    Raises:
        TaskError: no recording is as long as a window.
    """
    small = model_numbers(installed.config) <= SMALL_MODEL_NUMBERS
    exact = Precision.SINGLE if small else Precision.HALF
    models = {precision: _loaded(installed, precision) for precision in (exact, Precision.INT8)}
    tell("listening to the recordings")
    songs = [_encoded(models[exact], recording) for recording in recordings]
    levels: list[LevelBits] = []
    for level in sorted(Level, reverse=True):
        places = _places(installed, songs, level, most_windows)
        bits: dict[Precision, float] = {}
        for precision, model in models.items():
            tell(f"{level.name.lower()}, {precision}: {len(places)} windows")
            foretold = _exact_bits if precision is exact else _rounded_bits
            windows = _windows(model, songs, level, places)
            bits[precision] = foretold(model.prior(level), windows)
        levels.append(LevelBits(level, len(places), bits[exact], bits[Precision.INT8]))
    return Gate(Precision.INT8, exact, tuple(levels))


def _loaded(installed: InstalledModel, precision: Precision) -> LoadedModel:
    return LoadedModel(installed, Placement(_CPU, precision, 1, Residency.ONE))


def _encoded(model: LoadedModel, recording: Audio) -> Codes:
    audio = resample(to_mono(recording), model.spec.sample_rate)
    tiles = list(encoded_tiles(model.vqvae, audio.samples, _CPU))
    return joined(tiles) if tiles else Codes.empty()


def _places(
    installed: InstalledModel, songs: Sequence[Codes], level: Level, most: int
) -> list[tuple[int, int]]:
    """Songs and codes at which windows begin that lie within them, evenly chosen."""
    context = installed.config.priors[level].context
    found = [
        (number, start)
        for number, song in enumerate(songs)
        for start in range(0, len(song.at(level)) - context + 1, context)
    ]
    if not found:
        seconds = context * installed.spec.hop(level) / installed.spec.sample_rate
        raise TaskError(
            "At {level} a window takes {seconds:.1f} s, and no recording is as long. Give longer "
            "ones.",
            level=level.name,
            seconds=seconds,
        )
    chosen = np.linspace(0, len(found) - 1, min(most, len(found)))
    return [found[place] for place in chosen.astype(int)]


def _windows(
    model: LoadedModel, songs: Sequence[Codes], level: Level, places: Sequence[tuple[int, int]]
) -> Iterator[Window]:
    """Codes of each window, (1, context), and what it is told: the song's length and no names."""
    config, prior = model.prior_config(level), model.prior(level)
    for number, start in places:
        song = songs[number]
        codes = _row(song, level, start, config.context)
        upper = None
        if config.conditioner is not None:
            factor = config.conditioner.factor
            upper = _row(song, Level(level + 1), start // factor, config.context // factor)
        length = len(song.at(Level.TOP)) * model.spec.hop(Level.TOP)
        told = model.labels(level, Prompt("", (), "", length))
        labels = told and label_batch(told.window(start), 1, _CPU)
        with torch.inference_mode():
            conditioning = prior.condition(labels, upper)
        yield codes, conditioning


def _row(song: Codes, level: Level, start: int, count: int) -> Tensor:
    return torch.from_numpy(song.at(level)[start : start + count].astype(np.int64)).unsqueeze(0)


def _exact_bits(prior: Prior, windows: Iterator[Window]) -> float:
    with torch.inference_mode():
        return _mean([prior.surprise(codes, told) for codes, told in windows])


def _rounded_bits(prior: Prior, windows: Iterator[Window]) -> float:
    body = importlib.import_module("engine.steps.fused").FusedBody(prior, Precision.INT8)
    importlib.import_module("engine.steps.compiling").prepare(body)
    return _mean([body.surprise(codes, told) for codes, told in windows])


def _mean(bits: list[Tensor]) -> float:
    return float(torch.cat(bits).double().mean())

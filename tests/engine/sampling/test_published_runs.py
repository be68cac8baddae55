"""Whole runs of the original code, code for code: ancestral, primed, continued and upsampled.

Where the golden data stands beside the checkout. One item of each run is sampled on its own: what a
take becomes must not depend on its neighbours.
"""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file

from engine.api import CancelToken, SampleTask
from engine.catalog.hparams import prior_from_hparams, vqvae_from_hparams
from engine.catalog.rules import alphabet_of
from engine.catalog.specs import ModelSpec
from engine.catalog.weights import assign, read_openai_checkpoint
from engine.nn.prior import Prior
from engine.nn.vqvae import VQVAE
from engine.runtime.harvest import Harvest
from engine.sampling.labels import WindowLabels, _first_character
from engine.sampling.sampler import sample
from engine.types import Codes, Level, LevelSettings, ModelId, Prompt, SamplingSettings, Span

GOLDEN = Path(__file__).parents[4] / "shared" / "golden" / "open"
RUNS = GOLDEN / "D_pipeline"
# Asks for less than a window on top of what is there. The original then samples too many codes
# (specification 8.2, O3); that continuing gives what was asked for is a law in test_sampler.
OVERSHOOTING = ("primed_partial",)

pytestmark = pytest.mark.skipif(not GOLDEN.is_dir(), reason="no golden data beside the checkout")


def hparams(folder):
    return json.loads((folder / "config.json").read_text())["hparams"]


class GoldenLabels:
    """Labels of an item that starts anywhere in its song, as the original's label vectors say."""

    def __init__(self, row, lyrics, config):
        self.total, self.offset, _, self.artist, *rest = (int(value) for value in row)
        self.genres = tuple(rest[: config.labels.max_genres])
        self.slots = 0 if config.lyrics is None else config.lyrics.tokens
        self.characters = alphabet_of(config.labels.version).encode(lyrics) if self.slots else ()
        self.config = config

    def window(self, start):
        offset = self.offset + start * self.config.hop
        length = self.config.context * self.config.hop
        first = _first_character(len(self.characters), self.slots, (offset, length, self.total))
        places = range(first, first + self.slots)
        lyrics = tuple(self.characters[p] if p >= 0 else 0 for p in places)
        return WindowLabels(
            self.total, offset, length, self.artist, self.genres, lyrics, tuple(places)
        )


class GoldenModel:
    """The original's tiny weights, with the labels of one item of a run."""

    device = torch.device("cpu")

    def __init__(self, top):
        vqvae = vqvae_from_hparams(hparams(GOLDEN / "A_vqvae"))
        self.vqvae = VQVAE(vqvae)
        assign(self.vqvae, read_openai_checkpoint(GOLDEN / "A_vqvae" / "vqvae.pth.tar"))
        self.vqvae.eval()
        folders = {
            Level.BOTTOM: GOLDEN / "B_upsampler_level_0",
            Level.MIDDLE: GOLDEN / "B_upsampler_level_1",
            Level.TOP: GOLDEN / f"C_top_{top}",
        }
        self._priors = {
            level: Prior(prior_from_hparams(hparams(folder), vqvae)).eval()
            for level, folder in folders.items()
        }
        for level, folder in folders.items():
            state = read_openai_checkpoint(folder / f"prior_level_{int(level)}.pth.tar")
            assign(self._priors[level], state, torch.float32)
        contexts = tuple(self._priors[level].config.context for level in Level)
        self.spec = ModelSpec(
            ModelId(top), top, 44100, vqvae.hops, contexts, 64, 1, 10**9, 5, 24, 0, ""
        )
        self.rows = {}

    def prior(self, level):
        return self._priors[level]

    def prior_config(self, level):
        return self._priors[level].config

    def labels(self, level, prompt):
        return GoldenLabels(self.rows[level], prompt.lyrics, self.prior_config(level))


def runs():
    names = sorted(path.stem for path in RUNS.glob("*.json")) if GOLDEN.is_dir() else []
    return [name for name in names if name.partition(".")[2] not in OVERSHOOTING]


@pytest.fixture(scope="module")
def models():
    return {}


@pytest.mark.parametrize("name", runs())
def test_the_run_gives_the_codes_of_the_original(name, models):
    top = name.partition(".")[0]
    model = models.setdefault(top, GoldenModel(top))
    request = json.loads((RUNS / f"{name}.json").read_text())
    data = load_file(RUNS / f"{name}.safetensors")
    given = known_codes(model, data)

    item = request["n_samples"] - 1
    model.rows = {level: data[f"in.label_y_l{int(level)}"][item] for level in Level}
    codes = Codes(tuple(levels[item] for levels in given))
    for level in sorted(Level, reverse=True):
        codes = sampled(model, request, item, codes, level)
        assert np.array_equal(codes.at(level), data[f"out.z_l{int(level)}"][item]), level.name


@pytest.mark.parametrize("name", ["5b_lyrics.ancestral", "1b_lyrics.ancestral"])
def test_all_levels_pipelined_give_the_codes_of_the_original(name, models):
    top = name.partition(".")[0]
    model = models.setdefault(top, GoldenModel(top))
    request = json.loads((RUNS / f"{name}.json").read_text())
    data = load_file(RUNS / f"{name}.safetensors")
    model.rows = {level: data[f"in.label_y_l{int(level)}"][0] for level in Level}

    codes = run(model, request, 0, Codes.empty(), tuple(Level))

    for level in Level:
        assert np.array_equal(codes.at(level), data[f"out.z_l{int(level)}"][0])
    tokens = torch.from_numpy(codes.at(Level.BOTTOM).astype(np.int64))[None]
    sound, wanted = model.vqvae.decode(tokens, 0)[0].numpy(), data["out.x_l0"][0, :, 0]
    assert np.abs(sound - wanted).max() <= 1e-5 * np.abs(wanted).max()


def known_codes(model, data):
    """Per level, the (items, codes) that the run starts from."""
    if "in.x" in data:
        sound = torch.from_numpy(data["in.x"][:, :, 0])
        return [codes.numpy().astype(np.uint16) for codes in model.vqvae.encode(sound)]
    items = len(data["in.label_y_l2"])
    none = np.empty((items, 0), np.uint16)
    return [data.get(f"in.z_l{int(level)}", none).astype(np.uint16) for level in Level]


def sampled(model, request, item, codes, level):
    """`codes` with one level sampled to its end."""
    missing = request["sample_length"] // model.spec.hop(level) - len(codes.at(level))
    if missing <= 0:
        return codes
    new = run(model, request, item, codes, (level,)).at(level)
    levels = list(codes.levels)
    levels[level] = np.concatenate([levels[level], new])
    return Codes(tuple(levels))


def run(model, request, item, codes, levels):
    start = max(len(codes.at(level)) * model.spec.hop(level) for level in levels)
    settings = {
        level: LevelSettings(top_k=1, hop_fraction=request["hop_fraction"][level])
        for level in Level
    }
    lyrics = request["label_info"][-1][item]["lyrics"]
    task = SampleTask(
        model.spec.id,
        Prompt("", (), lyrics, 10**6),
        codes,
        Span(start, request["sample_length"]),
        levels,
        SamplingSettings(levels=settings),
    )
    harvest = Harvest(task)
    for event in sample(task, model, CancelToken()):
        harvest.add(event)
    return harvest.results()[0]

"""Cases of the released models themselves, by the numbers that are public, for who has the weights.

The numbers come from the tests that Hugging Face published with its port (CPU, single precision).
What has no public numbers is computed in two ways that must agree, by OpenAI's own recipe: seeded
noise for sound, random lyrics, artist 10 and genre 1 in the middle of a two-minute song.

Source: jukebox specification 9.1, items 7 and 8.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple, TypeVar

import numpy as np
import torch
from torch import Tensor, nn

from engine.catalog import weights
from engine.catalog.hub import load_config
from engine.catalog.released import released_config
from engine.catalog.specs import ModelConfig, PriorConfig
from engine.catalog.store import ModelStore
from engine.errors import ModelError
from engine.nn.conditioning import Conditioning, LabelBatch
from engine.nn.prior import Prior
from engine.nn.vqvae import VQVAE
from engine.parity.case import Case, Check, close, same, worst
from engine.runtime.devices import build_empty
from engine.sampling.batches import label_batch
from engine.sampling.encoding import encoded_tiles, joined
from engine.sampling.labels import SongLabels
from engine.text.vocabulary import EMPTY_SLOT, ExactVocabulary
from engine.types import Level, Prompt

_M = TypeVar("_M", bound=nn.Module)

TOLERANCE = 1e-4
OZYMANDIAS = """I met a traveller from an antique land,
    Who said "Two vast and trunkless legs of stone
    Stand in the desert. . . . Near them, on the sand,
    Half sunk a shattered visage lies, whose frown,
    And wrinkled lip, and sneer of cold command,
    Tell that its sculptor well those passions read
    Which yet survive, stamped on these lifeless things,
    The hand that mocked them, and the heart that fed;
    And on the pedestal, these words appear:
    My name is Ozymandias, King of Kings;
    Look on my Works, ye Mighty, and despair!
    Nothing beside remains. Round the decay
    Of that colossal Wreck, boundless and bare
    The lone and level sands stretch far away
    """
"""Shelley's poem of 1818, as the published test indents it."""

TOP_CODES = (
    390, 1160, 1002, 1907, 1788, 1788, 1788, 1907, 1002, 1002, 1854, 1002, 1002, 1002, 1002, 1002,
    1002, 1160, 1160, 1606, 596, 596, 1160, 1002, 1516, 596, 1002, 1002, 1002, 1907, 1788, 1788,
    1788, 1854, 1788, 1907, 1907, 1788, 596, 1626,
)  # fmt: skip
SOUND = (-0.0492, -0.0524, -0.0565, -0.0640, -0.0686, -0.0684, -0.0677, -0.0664)
START = (0.0415, 0.0877, 0.0022, -0.0055, 0.0751, 0.0334)
TIME = (0.0256, -0.0544, 0.1600, -0.0032, 0.1066, 0.0825)
DRAWN = (
    1864, 1536, 1213, 1870, 1357, 1536, 519, 880, 1323, 789, 1082, 534, 1000, 1445, 1105, 1130, 967,
    515, 1434, 1620, 534, 1495, 283, 1445, 333, 1307, 539, 1631, 1528, 375, 1434, 673, 627, 710,
    778, 1883, 1405, 1276, 1455, 1228,
)  # fmt: skip
_PUBLISHED = released_config("1b_lyrics")
_ARTIST, _GENRE = 7169, 507
_TILE_S, _GRID = 9, 256
_SOME = 130
"""Codes that are enough to reach beyond a block of every released model."""


class Weights(NamedTuple):
    """A model's weights on the disk.

    Attributes:
        name: of the released model, or of another one that is installed.
    """

    name: str
    folder: Path
    config: ModelConfig


def weights_of(wish: str, store: ModelStore) -> Weights:
    """The weights of an installed model by name, or of a folder as it came from the hub.

    Raises:
        ModelError: there are none, or they are of no model that can be told apart.
    """
    if not Path(wish).is_dir():
        installed = store.get(wish)
        return Weights(wish, installed.folder, installed.config)
    config = load_config(wish).config
    if not isinstance(config, ModelConfig):
        raise ModelError(f"“{wish}” holds a part of a model only.")
    return Weights(Path(wish).name, Path(wish), config)


def cases(there: Weights) -> Iterator[Case]:
    """Every case of a model's weights."""
    networks = _Networks(there)
    if there.config.vqvae == _PUBLISHED.vqvae:
        yield Case("public numbers of the VQ-VAE", lambda: _published_sound(networks.vqvae()))
    if there.config.priors[Level.TOP] == _PUBLISHED.priors[Level.TOP]:
        yield Case("public numbers of conditioning", lambda: _published_conditioning(networks))
        if _in_singles(there):
            yield Case("public codes", lambda: [_published_codes(networks)])
    yield Case("recipe for sound", lambda: _two_ways_of_sound(networks.vqvae()))
    for level in sorted(Level, reverse=True):
        name = f"recipe for the {level.name} prior"
        yield Case(name, lambda level=level: [_two_ways_of_logits(networks.prior(level))])


def left_out(there: Weights) -> str:
    """Why public numbers are not compared although they are of this model; "" when they are."""
    if there.config.priors[Level.TOP] != _PUBLISHED.priors[Level.TOP] or _in_singles(there):
        return ""
    return (
        f"The matrices of {there.name} lie in half precision, so codes that were drawn in single "
        "precision are not compared. For those, name the folder as it came from the hub."
    )


def _in_singles(there: Weights) -> bool:
    """Whether matrices lie there in single precision, as those of the published run did."""
    stored = weights.open_folder(there.folder, Level.TOP)
    return stored["stack.layers.0.inner.weight"].dtype == torch.float32


class _Networks:
    """The networks of a model, read anew each time, in single precision."""

    def __init__(self, there: Weights) -> None:
        self._config, self._folder = there.config, there.folder

    def vqvae(self) -> VQVAE:
        """The autoencoder."""
        return self._filled(build_empty(lambda: VQVAE(self._config.vqvae)), "vqvae")

    def prior(self, level: Level) -> Prior:
        """The prior of a level."""
        return self._prior(self._config.priors[level])

    def published_prior(self) -> Prior:
        """The top prior as the published run set it up: with songs of any length."""
        config = self._config.priors[Level.TOP]
        assert config.labels is not None and config.labels.timing is not None
        timing = replace(config.labels.timing, min_seconds=0.0)
        return self._prior(replace(config, labels=replace(config.labels, timing=timing)))

    def _prior(self, config: PriorConfig) -> Prior:
        return self._filled(build_empty(lambda: Prior(config)), config.level)

    def _filled(self, module: _M, part: weights.Part) -> _M:
        places = {name: weights.Place(torch.float32) for name in module.state_dict()}
        weights.load(module, weights.open_folder(self._folder, part), places)
        return module.eval()


def _published_sound(vqvae: VQVAE) -> Iterator[Check]:
    torch.manual_seed(0)
    sound = torch.rand(1, 5120, 1)
    codes = vqvae.encode(sound[..., 0])[Level.TOP]
    yield same("40 TOP codes of seeded noise", codes[0], torch.tensor(TOP_CODES))
    decoded = vqvae.decode(torch.tensor([TOP_CODES]), Level.TOP)[0, : len(SOUND)]
    yield _near("their sound", decoded, SOUND)


def _published_conditioning(networks: _Networks) -> Iterator[Check]:
    prior = networks.published_prior()
    conditioning = _conditioning(prior, 1_058_304)
    assert conditioning.positions is not None
    time = conditioning.positions[0, prior.config.lyrics_in_sequence]
    yield _near("start of artist 7169 and genre 507", conditioning.start[0, 0], START)
    yield _near("time at the first code", time, TIME)


def _published_codes(networks: _Networks) -> Check:
    """The published run: temperature 0.98, one draw of torch's generator per code."""
    prior = networks.published_prior()
    conditioning = _conditioning(prior, 5120)
    torch.manual_seed(0)
    symbols: list[Tensor] = []
    with torch.inference_mode():
        cache = prior.new_cache(1)
        logits = prior.prefill(torch.empty(1, 0, dtype=torch.int64), conditioning, cache)
        while len(symbols) < len(DRAWN):
            if symbols:
                logits = prior.step(symbols[-1], conditioning, cache)
            symbols.append(torch.multinomial((logits / 0.98).softmax(-1), 1).squeeze(1))
    codes = prior.codes_of(torch.stack(symbols, 1))
    return same("40 codes drawn with seed 0", codes[0], torch.tensor(DRAWN))


def _conditioning(prior: Prior, length: int) -> Conditioning:
    """What the published runs were conditioned on, in a song of so many samples."""
    names = ExactVocabulary({"artist": _ARTIST}, {"genre": _GENRE})
    labels = SongLabels(Prompt("artist", ("genre",), OZYMANDIAS, length), names, prior.config)
    with torch.inference_mode():
        return prior.condition(label_batch(labels.window(0), 1, prior.device), None)


def _two_ways_of_sound(vqvae: VQVAE) -> Iterator[Check]:
    """Codes and sound of noise, all at once and piece by piece."""
    torch.manual_seed(0)
    sound = torch.rand(1, 2 * _TILE_S * vqvae.config.sample_rate // _GRID * _GRID) * 2 - 1
    codes = vqvae.encode(sound)
    tiles = joined(list(encoded_tiles(vqvae, sound[0].numpy(), torch.device("cpu"))))
    for level in Level:
        piecewise = torch.from_numpy(tiles.at(level).astype(np.int64))
        whole = codes[level][0, : len(piecewise)]
        yield same(f"codes of level {int(level)}", piecewise, whole)
        left, right = vqvae.decoder_reach(level)
        hop, some = vqvae.config.hops[level], codes[level][:, : left + _SOME + right]
        middle = vqvae.decode(some, level)[:, left * hop : (left + _SOME) * hop]
        decoded = vqvae.decode(codes[level][:, : 2 * (left + _SOME + right)], level)
        wanted = decoded[:, left * hop : (left + _SOME) * hop]
        yield close(f"sound of level {int(level)}", middle, wanted)


def _two_ways_of_logits(prior: Prior) -> Check:
    """What follows some codes, from the whole window and from those codes alone."""
    torch.manual_seed(0)
    config = prior.config
    labels = _recipe_labels(config)
    codes = torch.randint(config.codebook_size, (1, config.context))
    upper = None
    if config.conditioner is not None:
        upper_codes = config.context // config.conditioner.factor
        upper = torch.randint(config.codebook_size, (1, upper_codes))
    checks: list[Check] = []
    with torch.inference_mode():
        whole = prior(codes, labels, upper).logits[:, config.lyrics_in_sequence :]
        conditioning = prior.condition(labels, upper)
        for known in (0, 1, _SOME, 3 * _SOME + 1):
            cache = prior.new_cache(1)
            logits = prior.prefill(codes[:, :known], conditioning, cache)
            checks.append(close(f"after {known}", logits, whole[:, known]))
            logits = prior.step(codes[:, known] + config.first_code, conditioning, cache)
            checks.append(close(f"a step later than {known}", logits, whole[:, known + 1]))
    return worst("logits of the whole window and of its beginning", checks)


def _recipe_labels(config: PriorConfig) -> LabelBatch | None:
    """Artist 10 and genre 1 in the middle of two minutes, with random lyrics."""
    if config.labels is None:
        return None
    genres = [1, *[EMPTY_SLOT] * (config.labels.max_genres - 1)]
    lyrics = None
    if config.lyrics is not None:
        lyrics = torch.randint(config.lyrics.vocabulary_size, (1, config.lyrics.tokens))
    return LabelBatch(
        total_length=torch.tensor([120 * config.sample_rate]),
        offset=torch.tensor([60 * config.sample_rate]),
        length=torch.tensor([config.context * config.hop]),
        artist=torch.tensor([min(10, config.labels.artists - 1)]),
        genres=torch.tensor([genres]),
        lyrics=lyrics,
    )


def _near(name: str, ours: Tensor, published: tuple[float, ...]) -> Check:
    difference = (ours[: len(published)] - torch.tensor(published)).abs().max().item()
    return Check(name, difference, TOLERANCE, "absolute")

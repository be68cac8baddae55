"""The networks by themselves give what the engine's own give."""

import numpy as np
import pytest
import torch

from engine.catalog.store import open_model
from engine.errors import ModelError, ModelMissingError
from engine.models import VQVAE, Prior
from engine.nn.prior import Prior as BarePrior
from engine.nn.vqvae import VQVAE as BareVQVAE
from engine.types import Level, LevelSettings, Prompt
from resources import path as resource

POCKET = resource("models", "pocket")
PROMPT = Prompt("Marlow Finch", ("folk",), "Over the hills and far away", 20 * 22_050)


@pytest.fixture(scope="module")
def top():
    return Prior.load("pocket")


def test_sound_goes_to_codes_and_back_as_in_the_engine():
    from engine.jukebox import Jukebox
    from engine.types import Audio

    sound = 0.5 * np.sin(np.arange(8 * 256) / 11).astype(np.float32)
    vqvae = VQVAE.load(POCKET)

    codes = vqvae.encode(torch.from_numpy(sound)[None])
    back = vqvae.decode(codes[0], Level.BOTTOM)
    level = vqvae(torch.from_numpy(sound)[None])[0]

    assert isinstance(vqvae, BareVQVAE)
    with Jukebox() as jukebox:
        by_engine = jukebox.encode(Audio(sound, 22_050))
        decoded = jukebox.decode(by_engine, Level.BOTTOM)
    for ours, theirs in zip(codes, by_engine.levels, strict=True):
        np.testing.assert_array_equal(ours[0].numpy(), theirs)
    np.testing.assert_allclose(back[0].numpy(), decoded.samples, atol=1e-5)
    torch.testing.assert_close(level.audio.detach(), back)


def test_codes_drawn_are_those_of_the_seed_and_follow_the_known(top):
    labels = top.told(PROMPT)
    known = torch.tensor([[5, 6, 7], [1, 2, 3]])

    first = top.sample(6, labels, known, seed=3)
    again = top.sample(6, labels, known, seed=3)
    other = top.sample(6, labels, known, seed=4)
    greedy = top.sample(6, labels, known[:1], settings=LevelSettings(top_k=1))

    assert isinstance(top, BarePrior)
    assert torch.equal(first[:, :3], known)
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    assert first.shape == (2, 9) and greedy.shape == (1, 9)


def test_greedy_codes_are_those_that_the_whole_window_foretells(top):
    labels = top.told(PROMPT)
    greedy = top.sample(12, labels, settings=LevelSettings(top_k=1))

    padded = torch.nn.functional.pad(greedy, (0, top.config.context - 12))
    with torch.no_grad():
        logits = top(padded, labels).logits

    assert torch.equal(logits[:, :12].argmax(-1), greedy)


def test_a_prior_without_names_cannot_be_told_any():
    config = open_model(POCKET).config.priors[Level.BOTTOM]

    with pytest.raises(ModelError, match="no names"):
        Prior(config).told(PROMPT)
    with pytest.raises(ModelError, match="codes of the level above"):
        Prior.load(POCKET, Level.BOTTOM).sample(1, Prior.load(POCKET, Level.BOTTOM).told(PROMPT))


def test_a_full_window_and_a_missing_model_are_told(top):
    with pytest.raises(ValueError, match="window of 1024"):
        top.sample(3, top.told(PROMPT), torch.zeros(1, 1023, dtype=torch.int64))
    with pytest.raises(ModelMissingError):
        Prior.load("no such model")

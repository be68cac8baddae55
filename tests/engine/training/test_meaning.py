"""A prior goes on where it was when the codes it knows change their numbers."""

from pathlib import Path

import pytest
import torch

from engine.nn.prior import Prior
from engine.nn.vqvae import LevelAutoencoder
from engine.training.data import find_songs, read_stretch
from engine.training.meaning import carried_over, code_tables, meanings
from engine.training.tokens import encoded
from engine.training.workshop import read_recipe
from engine.types import Level

TINY = read_recipe(Path(__file__).parent / "tiny.toml").architecture


@pytest.fixture
def heard(tone_dataset):
    """A codec, and the songs with its codes."""
    torch.manual_seed(0)
    codec = LevelAutoencoder(TINY.vqvae, Level.MIDDLE).eval()
    songs = find_songs(tone_dataset, TINY.vqvae.sample_rate)
    with torch.no_grad():
        codec.codebook.vectors.copy_(
            codec.encoder(read_stretch(songs[0], 20_000, 1024)[None])[0].T[:16]
        )
    return codec, [(song, encoded(codec, read_stretch(song, 0, song.samples))) for song in songs]


def renumbered(songs, order):
    return [(song, order.argsort().numpy()[codes]) for song, codes in songs]


def test_codes_that_did_not_change_mean_what_they_meant(heard):
    codec, songs = heard

    assert torch.equal(meanings(songs, codec, 16), torch.eye(16))


@pytest.mark.parametrize("level", [Level.BOTTOM, Level.MIDDLE])
def test_a_prior_says_of_renumbered_codes_what_it_said_before(heard, level):
    codec, songs = heard
    used = sorted({int(code) for _, codes in songs for code in codes})
    order = torch.arange(16)
    order[used] = torch.tensor(used).roll(1)
    prior = Prior(TINY.priors[level])
    weights = prior.state_dict()

    meaning = meanings(renumbered(songs, order), codec, 16)
    (table,) = (t for t in code_tables(prior.config) if t.level is Level.MIDDLE)
    renewed = carried_over(weights, table, meaning)

    assert len(used) > 2
    torch.testing.assert_close(renewed[table.name], weights[table.name][order])
    assert all(torch.equal(renewed[n], weights[n]) for n in weights if n != table.name)
    assert not torch.equal(renewed[table.name], weights[table.name])


def test_a_code_that_took_the_place_of_two_is_a_mixture_of_both(heard):
    codec, songs = heard
    one, other = sorted({int(code) for _, codes in songs for code in codes})[:2]
    merged = [(song, torch.from_numpy(codes.astype(int)).numpy()) for song, codes in songs]
    counts = torch.zeros(16)
    for _, codes in merged:
        counts += torch.bincount(torch.from_numpy(codes), minlength=16)
        codes[codes == other] = one

    row = meanings(merged, codec, 16)[one]

    share = counts[one] / (counts[one] + counts[other])
    torch.testing.assert_close(row[[one, other]], torch.stack([share, 1 - share]))

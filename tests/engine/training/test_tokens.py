"""Codes of the dataset are those of the whole songs, and the baselines count as they should."""

import math

import numpy as np
import pytest
import torch

from engine.catalog.specs import VqVaeConfig
from engine.nn.vqvae import LevelAutoencoder
from engine.training import tokens
from engine.training.data import find_songs, read_stretch
from engine.training.tokens import bigram_bits, encoded, read_codes, unigram_bits, write_codes
from engine.types import Level

TINY = VqVaeConfig(22050, (3, 1, 1), (2, 2, 2), 4, 16, 4, 1, (1, 1, 1))


@pytest.mark.parametrize("level", Level)
def test_codes_are_those_of_the_whole_song_and_written_once(tone_dataset, tmp_path, level):
    torch.manual_seed(0)
    model = LevelAutoencoder(TINY, level)
    torch.nn.init.normal_(model.codebook.vectors)
    song = find_songs(tone_dataset, 22050)[0]

    write_codes([song], model, tmp_path)
    before = (tmp_path / "00000.npy").stat().st_mtime_ns
    write_codes([song], model, tmp_path)

    audio = read_stretch(song, 0, song.samples // model.hop * model.hop)
    assert np.array_equal(read_codes(tmp_path, song), model.encode(audio.unsqueeze(0))[0].numpy())
    assert (tmp_path / "00000.npy").stat().st_mtime_ns == before


def test_tiles_make_no_difference(monkeypatch):
    torch.manual_seed(0)
    model = LevelAutoencoder(TINY, 1)
    torch.nn.init.normal_(model.codebook.vectors)
    audio = 0.1 * torch.randn(30_000)

    whole = encoded(model, audio)
    monkeypatch.setattr(tokens, "_TILE_SAMPLES", 4000)

    assert np.array_equal(encoded(model, audio), whole)


def test_evenly_drawn_codes_cost_the_logarithm_of_their_number():
    codes = [np.random.default_rng(0).integers(0, 8, 50_000).astype(np.uint16)]

    assert math.isclose(unigram_bits(codes, codes, 8), 3, abs_tol=0.01)
    assert math.isclose(bigram_bits(codes, codes, 8), 3, abs_tol=0.01)


def test_a_cycle_costs_next_to_nothing_once_the_code_before_is_known():
    codes = [np.tile(np.arange(8, dtype=np.uint16), 5000)]

    assert math.isclose(unigram_bits(codes, codes, 8), 3, abs_tol=0.01)
    assert bigram_bits(codes, codes, 8) < 0.01


def test_codes_never_seen_cost_much_and_not_infinitely():
    seen, unseen = [np.zeros(1000, np.uint16)], [np.full(10, 5, np.uint16)]

    assert 9 < unigram_bits(seen, unseen, 8) < 11
    assert 9 < bigram_bits(seen, unseen, 8) < 25

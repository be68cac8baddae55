"""Codes of the dataset are those of the whole songs, and the baselines count as they should."""

import math

import numpy as np
import torch

from engine.catalog.specs import VqVaeConfig
from engine.nn.vqvae import LevelAutoencoder
from engine.training.data import find_songs, read_stretch
from engine.training.tokens import bigram_bits, read_codes, unigram_bits, write_codes

TINY = VqVaeConfig(22050, (3,), (2,), 4, 16, 4, 1, (1,))


def test_codes_are_written_once_and_read_as_encoded(tone_dataset, tmp_path):
    torch.manual_seed(0)
    model = LevelAutoencoder(TINY, 0)
    torch.nn.init.normal_(model.codebook.vectors)
    songs = find_songs(tone_dataset, 22050)

    assert write_codes(songs[:2], model, tmp_path) == 2
    assert write_codes(songs, model, tmp_path) == 1

    whole = read_stretch(songs[0], 0, songs[0].samples)
    expected = model.encode(whole.unsqueeze(0))[0].numpy()
    assert np.array_equal(read_codes(tmp_path, songs[0]), expected)


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

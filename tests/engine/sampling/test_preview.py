"""Streaming equals decoding at once, whatever the stretches."""

import numpy as np
import pytest
import torch

from engine.catalog.specs import VqVaeConfig
from engine.nn.vqvae import VQVAE
from engine.sampling.encoding import encoded_tiles, joined
from engine.sampling.preview import Decoder, touched
from engine.sampling.tracks import Track
from engine.types import Codes, Level, Span

CPU = torch.device("cpu")
CONFIG = VqVaeConfig(800, (1, 1, 1), (2, 2, 2), 8, 32, 6, 2, (1, 1, 1))


@pytest.fixture(scope="module")
def vqvae():
    torch.manual_seed(1)
    model = VQVAE(CONFIG).eval()
    for level in model.levels:
        level.codebook.vectors.normal_()
    return model


@pytest.mark.parametrize("stretch", [1, 7, 64, 1000])
@pytest.mark.parametrize("level", list(Level))
def test_streamed_sound_equals_sound_decoded_at_once(vqvae, level, stretch):
    hop = CONFIG.hops[level]
    codes = np.random.default_rng(level).integers(0, 32, 600).astype(np.uint16)
    start, end = 100, 500
    track = Track(level, hop, _codes(level, codes), Span(start * hop, end * hop), takes=1)
    track.clear_span()
    decoder = Decoder(vqvae, track, CPU, (start, end))

    pieces = []
    for position in range(start, end, stretch):
        track.append(codes[None, position : min(position + stretch, end)])
        pieces += list(decoder.sound())

    whole = vqvae.decode(torch.from_numpy(codes.astype(np.int64))[None], level)[0].numpy()
    streamed = np.concatenate([sound[0] for _, sound in pieces])
    assert pieces[0][0] == start * hop
    assert np.abs(streamed - whole[start * hop : end * hop]).max() < 1e-5 * np.abs(whole).max()


def test_sound_begins_before_the_span_is_full(vqvae):
    track = Track(Level.TOP, 8, Codes.empty(), Span(0, 8 * 400), takes=1)
    decoder = Decoder(vqvae, track, CPU, (0, 400))

    track.append(np.zeros((1, 200), np.uint16))

    assert list(decoder.sound())


def test_each_take_has_its_own_sound(vqvae):
    track = Track(Level.TOP, 8, Codes.empty(), Span(0, 8 * 50), takes=2)
    track.append(np.stack([np.zeros(50), np.arange(50) % 32]).astype(np.uint16))

    sound = np.concatenate([s for _, s in Decoder(vqvae, track, CPU, (0, 50)).sound()], axis=1)

    assert sound.shape == (2, 400)
    assert not np.allclose(sound[0], sound[1])


@pytest.mark.parametrize("level", list(Level))
def test_new_codes_touch_the_sound_around_them_and_no_more(vqvae, level):
    """What is decoded anew joins what was decoded before, without a seam."""
    hop = CONFIG.hops[level]
    codes = np.random.default_rng(level).integers(0, 32, 600).astype(np.uint16)
    track = Track(level, hop, _codes(level, codes), Span(200 * hop, 300 * hop), takes=1)
    new = (codes[None, 200:300] + 1) % 32
    first, last = touched(vqvae, track)

    track.clear_span()
    track.append(new)
    sound = [s[0] for _, s in Decoder(vqvae, track, CPU, (first, last)).sound()]

    def decoded(tokens):
        return vqvae.decode(torch.from_numpy(tokens.astype(np.int64))[None], level)[0].numpy()

    joined_up = decoded(codes)
    joined_up[first * hop : last * hop] = np.concatenate(sound)
    whole = decoded(track.codes[0])
    assert 0 < first < 200 and 300 < last < 600
    assert np.abs(joined_up - whole).max() < 1e-5 * np.abs(whole).max()


def test_encoding_in_tiles_equals_encoding_at_once(vqvae):
    samples = np.random.default_rng(0).uniform(-1, 1, 20_000).astype(np.float32)

    tiled = joined(list(encoded_tiles(vqvae, samples, CPU)))

    whole = vqvae.encode(torch.from_numpy(samples)[None])
    for level in Level:
        assert np.array_equal(tiled.at(level), whole[level][0].numpy())


def _codes(level, codes):
    empty = np.empty(0, np.uint16)
    return Codes(tuple(codes if n == level else empty for n in Level))

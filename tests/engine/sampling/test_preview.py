"""Streaming equals decoding at once, whatever the stretches."""

import numpy as np
import pytest
import torch

from engine.catalog.specs import VqVaeConfig
from engine.nn.vqvae import VQVAE
from engine.sampling.encoding import encoded_tiles, joined
from engine.sampling.preview import Decoder, touched
from engine.sampling.tracks import Track
from engine.types import NO_CODE, Codes, Level, Span

CPU = torch.device("cpu")
CONFIG = VqVaeConfig(800, (1, 1, 1), (2, 2, 2), 8, 32, 6, 2, (1, 1, 1))
COMPILED = VqVaeConfig(800, (1, 1, 1), (2, 2, 2), 64, 32, 32, 2, (1, 1, 1))


@pytest.fixture(scope="module", params=[CONFIG, COMPILED], ids=["any width", "whole panels"])
def vqvae(request):
    torch.manual_seed(1)
    model = VQVAE(request.param).eval()
    for level in model.levels:
        level.codebook.vectors.normal_()
    return model


@pytest.mark.parametrize("stretch", [1, 7, 64, 1000])
@pytest.mark.parametrize("level", list(Level))
def test_streamed_sound_is_sound_decoded_at_once_bit_by_bit(vqvae, level, stretch):
    codes = np.random.default_rng(level).integers(0, 32, 600).astype(np.uint16)
    start, end = 100, 500
    track = track_of(level, codes, start, end)
    track.clear_span()
    decoder = Decoder(vqvae, track, CPU, (start, end))

    pieces = []
    for position in range(start, end, stretch):
        track.append(codes[None, position : min(position + stretch, end)])
        pieces += list(decoder.sound(track.filled))

    whole = decoded(vqvae, level, codes, 0, 600)
    assert pieces[0][0] == start * track.hop
    streamed = np.concatenate([sound[0] for _, sound in pieces])
    assert np.array_equal(streamed, whole[start * track.hop : end * track.hop])


@pytest.mark.parametrize("level", list(Level))
def test_decoded_sound_is_what_the_network_makes_of_the_codes(vqvae, level):
    codes = np.random.default_rng(level).integers(0, 32, 203).astype(np.uint16)

    whole = vqvae.decode(torch.from_numpy(codes.astype(np.int64))[None], level)[0].numpy()

    assert np.abs(decoded(vqvae, level, codes, 0, 203) - whole).max() < 1e-5 * np.abs(whole).max()


@pytest.mark.parametrize("level", list(Level))
def test_music_that_begins_and_ends_among_holes_is_decoded_by_itself(vqvae, level):
    """Off the grid of tiles, and with nothing known around it."""
    codes = np.random.default_rng(level).integers(0, 32, 203).astype(np.uint16)
    first = 37
    among = np.full(400, NO_CODE, np.uint16)
    among[first : first + len(codes)] = codes

    sound = decoded(vqvae, level, among, first, first + len(codes))

    alone = vqvae.decode(torch.from_numpy(codes.astype(np.int64))[None], level)[0].numpy()
    assert np.abs(sound - alone).max() < 1e-5 * np.abs(alone).max()


def test_sound_begins_before_the_span_is_full(vqvae):
    track = Track(Level.TOP, 8, Codes.empty(), Span(0, 8 * 400), takes=1)
    decoder = Decoder(vqvae, track, CPU, (0, 400))

    track.append(np.zeros((1, 200), np.uint16))

    assert list(decoder.sound(track.filled))


def test_each_take_has_its_own_sound_whatever_its_company(vqvae):
    takes = np.stack([np.zeros(50), np.arange(50) % 32]).astype(np.uint16)
    track = Track(Level.TOP, 8, Codes.empty(), Span(0, 8 * 50), takes=2)
    track.append(takes)

    sound = np.concatenate([s for _, s in Decoder(vqvae, track, CPU, (0, 50)).sound(50)], axis=1)

    assert np.array_equal(sound[0], decoded(vqvae, Level.TOP, takes[0], 0, 50))
    assert np.array_equal(sound[1], decoded(vqvae, Level.TOP, takes[1], 0, 50))
    assert not np.allclose(sound[0], sound[1])


@pytest.mark.parametrize("level", list(Level))
def test_new_codes_touch_the_sound_around_them_and_no_more(vqvae, level):
    """What is decoded anew joins what was decoded before, without a seam."""
    hop = CONFIG.hops[level]
    codes = np.random.default_rng(level).integers(0, 32, 600).astype(np.uint16)
    track = track_of(level, codes, 200, 300)
    first, last = touched(vqvae, track)
    new = (codes[None, 200:300] + 1) % 32

    track.clear_span()
    track.append(new)
    sound = [s[0] for _, s in Decoder(vqvae, track, CPU, (first, last)).sound(track.end)]

    joined_up = decoded(vqvae, level, codes, 0, 600).copy()
    joined_up[first * hop : last * hop] = np.concatenate(sound)
    assert 0 < first < 200 and 300 < last < 600
    assert np.array_equal(joined_up, decoded(vqvae, level, track.codes[0], 0, 600))


def test_encoding_in_tiles_equals_encoding_at_once(vqvae):
    samples = np.random.default_rng(0).uniform(-1, 1, 20_000).astype(np.float32)

    tiled = joined(list(encoded_tiles(vqvae, samples, CPU)))

    whole = vqvae.encode(torch.from_numpy(samples)[None])
    for level in Level:
        assert np.array_equal(tiled.at(level), whole[level][0].numpy())


def track_of(level, codes, start, end):
    """A track that knows all codes, with a span inside."""
    hop, empty = CONFIG.hops[level], np.empty(0, np.uint16)
    levels = tuple(codes if n == level else empty for n in Level)
    return Track(level, hop, Codes(levels), Span(start * hop, end * hop), takes=1)


def decoded(vqvae, level, codes, start, end):
    """The sound of a stretch of known codes, at once."""
    track = track_of(level, codes, start, end)
    track.filled = track.end
    sound = Decoder(vqvae, track, CPU, (start, end)).sound(track.end)
    return np.concatenate([stretch[0] for _, stretch in sound])

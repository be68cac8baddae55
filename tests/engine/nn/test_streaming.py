"""A decoder fed tile by tile says what it says of everything at once."""

import pytest
import torch

from engine.catalog.specs import VqVaeConfig
from engine.nn.program import CompiledDecoder, compiles
from engine.nn.streaming import SoundStream, TiledDecoder
from engine.nn.tiles import Rows
from engine.nn.vqvae import VQVAE

TINY = VqVaeConfig(22050, (2, 1, 1), (2, 2, 2), 6, 16, 4, 2, (1, 2, 1))
STRIDES = VqVaeConfig(22050, (1, 1), (6, 4), 6, 16, 4, 3, (1, 1))
PANELS = VqVaeConfig(22050, (2, 1, 1), (2, 2, 2), 64, 16, 32, 3, (2, 1, 1))
MIXED = VqVaeConfig(22050, (2, 1, 1), (2, 2, 2), 96, 16, 64, 2, (1, 1, 1), hidden_factor=0.5)
STRIDED_PANELS = VqVaeConfig(22050, (1, 1), (6, 4), 32, 16, 32, 3, (1, 1))
TILE = 16


def model_of(config):
    torch.manual_seed(0)
    model = VQVAE(config).eval()
    for level in model.levels:
        level.codebook.vectors.normal_()
        torch.nn.init.normal_(level.decoder.out.bias)
    return model


def streamed(stream, codes, hop):
    """The sound of all codes, (tokens,) from 0 on, in tiles of `TILE`."""
    sound, first = [], 0
    while first - stream.lag < len(codes):
        part = torch.zeros(TILE, dtype=torch.int64)
        here = codes[first : first + TILE]
        part[: len(here)] = here
        end = None if first + TILE <= len(codes) else len(codes)
        sound.append(stream.push(part, Rows(first, 0, end)))
        first += TILE
    return torch.cat(sound)[stream.lag * hop :][: len(codes) * hop]


@pytest.mark.parametrize("tokens", [1, 3, 50, 64])
@pytest.mark.parametrize("config", [TINY, STRIDES, PANELS])
def test_tile_by_tile_equals_at_once_up_to_both_ends(config, tokens):
    model = model_of(config)
    for level in range(config.levels):
        codes = torch.randint(16, (tokens,))

        sound = streamed(SoundStream(model.level(level), TILE), codes, config.hops[level])

        whole = model.decode(codes[None], level)[0]
        torch.testing.assert_close(sound, whole, rtol=0, atol=1e-5 * whole.abs().max().item())


@pytest.mark.parametrize("config", [TINY, PANELS])
def test_sound_trails_no_more_than_it_must(config):
    """By what the decoder looks ahead, give or take the last code."""
    model = model_of(config)
    for level in range(config.levels):
        _, right = model.decoder_reach(level)

        assert right <= SoundStream(model.level(level), TILE).lag <= right + 1


@pytest.mark.parametrize("config", [PANELS, MIXED, STRIDED_PANELS])
@torch.inference_mode()
def test_compiled_and_plain_decoders_agree_on_what_is_within_the_music(config):
    model = model_of(config)
    for level in range(config.levels):
        decoder, vectors = model.level(level).decoder, model.level(level).codebook.vectors
        assert compiles(decoder, vectors, TILE)
        compiled, plain = (kind(decoder, vectors, TILE) for kind in (CompiledDecoder, TiledDecoder))
        assert (compiled.late, compiled.hop) == (plain.late, plain.hop)
        for first in range(0, 20 * TILE, TILE):
            rows, codes = Rows(first, 5, 300 if first + TILE > 300 else None), codes_of(TILE)

            sounds = [one.push(codes, rows) for one in (compiled, plain)]

            heard = rows.of_sound(plain.late, plain.hop)
            here, there = (heard.silence_outside(sound) for sound in sounds)
            torch.testing.assert_close(here, there, atol=1e-5, rtol=1e-5)


def codes_of(count):
    return torch.randint(16, (count,))

"""The compiled decoder sums each position in one order, here and where vectors are narrower."""

import os
import platform
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.catalog.specs import VqVaeConfig
from engine.nn.lines import PANEL, panels
from engine.nn.program import CompiledDecoder, compiles
from engine.nn.tiles import Rows
from engine.nn.vqvae import VQVAE

ROOT = Path(__file__).parents[3]
NARROW = {
    "NUMBA_CPU_NAME": "haswell",
    "NUMBA_CPU_FEATURES": "+avx,+avx2,+fma,+sse4.2,+sse4.1,+ssse3,+sse3,+sse2,+sse,+64bit,+cmov",
}
CONFIG = VqVaeConfig(22050, (3, 1), (2, 2), 64, 16, 32, 3, (1, 1))


def test_panels_hold_every_weight_where_the_loops_look_for_it():
    weight = np.random.default_rng(0).standard_normal((3, 5, 2 * PANEL)).astype(np.float32)

    laid = panels(weight)

    assert laid.shape == (2, 3, 5, PANEL)
    assert np.array_equal(laid[1, 2, 4], weight[2, 4, PANEL:])


@torch.inference_mode()
@pytest.mark.parametrize("level", [0, 1])
def test_sound_is_the_same_bit_by_bit_in_tiles_of_any_size(level):
    """The largest is decoded in parts."""
    torch.manual_seed(0)
    model = VQVAE(CONFIG).eval()
    model.level(level).codebook.vectors.normal_()
    codes = torch.randint(16, (1024,))

    sounds = [decoded(model.level(level), codes, tile) for tile in (8, 64, 512)]

    assert sounds[0].std() > 0.01
    assert np.array_equal(sounds[0], sounds[1])
    assert np.array_equal(sounds[0], sounds[2])


def decoded(level, codes, tile):
    decoder = CompiledDecoder(level.decoder, level.codebook.vectors, tile)
    ends = range(tile, len(codes) + tile, tile)
    music = [Rows(end - tile, 3, 900 if end > 900 else None) for end in ends]
    tiles = zip(codes.split(tile), music, strict=True)
    return np.concatenate([decoder.push(part, rows).numpy().copy() for part, rows in tiles])


def test_what_is_no_whole_panel_is_left_to_torch():
    model = VQVAE(CONFIG)
    decoder, vectors = model.level(0).decoder, model.level(0).codebook.vectors
    narrow = VQVAE(VqVaeConfig(22050, (3, 1), (2, 2), 64, 16, 24, 3, (1, 1))).level(0)

    assert compiles(decoder, vectors, 16)
    assert not compiles(decoder, vectors, 12)
    assert not compiles(decoder, vectors.double(), 16)
    assert not compiles(narrow.decoder, narrow.codebook.vectors, 16)


@pytest.mark.skipif(platform.machine() not in ("x86_64", "AMD64"), reason="sets x86 features")
def test_narrower_vectors_do_the_same(tmp_path):
    """As on processors without AVX-512: in a process that believes to be on one."""
    environment = {**os.environ, **NARROW, "NUMBA_CACHE_DIR": str(tmp_path)}
    laws = [Path(__file__).with_name(name) for name in ("test_compiled.py", "test_streaming.py")]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *map(str, laws)]
    if environment.get("TESTED_NARROW"):
        pytest.skip("this is that process")

    done = subprocess.run(
        command, cwd=ROOT, env={**environment, "TESTED_NARROW": "1"}, capture_output=True, text=True
    )

    assert done.returncode == 0, done.stdout

"""The compiled layers do what their formulas say, here and on processors with narrower vectors."""

import os
import platform
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from engine.nn.compiled import PANEL, TILE, convolution, panels, residual_block, sound

ROOT = Path(__file__).parents[3]
NARROW = {
    "NUMBA_CPU_NAME": "haswell",
    "NUMBA_CPU_FEATURES": "+avx,+avx2,+fma,+sse4.2,+sse4.1,+ssse3,+sse3,+sse2,+sse,+64bit,+cmov",
}


def random(*shape):
    return np.random.default_rng(sum(shape)).standard_normal(shape).astype(np.float32)


def relu(x):
    return np.maximum(x, 0)


def test_panels_hold_every_weight_where_the_loops_look_for_it():
    weight = random(3, 5, 2 * PANEL)

    laid = panels(weight)

    assert laid.shape == (2, 3, 5, PANEL)
    assert np.array_equal(laid[1, 2, 4], weight[2, 4, PANEL:])


@pytest.mark.parametrize("dilation", [1, 3, 40])
@pytest.mark.parametrize(("width", "inner"), [(PANEL, PANEL), (2 * PANEL, PANEL)])
def test_a_block_is_its_formula_late_by_its_dilation(width, inner, dilation):
    tile, dilated, point = 3 * TILE, random(3, width, inner), random(1, inner, width)
    dilated_bias, point_bias = random(inner), random(width)
    weights = panels(dilated), dilated_bias, panels(point), point_bias
    rows, out = random(6 * tile, width), np.empty((tile, width), np.float32)
    shapes = (2 * dilation + tile, width), (dilation + tile, width), (tile, inner)
    kept = tuple(np.zeros(shape, np.float32) for shape in shapes)
    kept[1][:] = point_bias

    made = []
    for start in range(0, len(rows), tile):
        residual_block(rows[start : start + tile], kept, out, weights, dilation)
        made.append(out.copy())

    known = np.concatenate([np.zeros((2 * dilation, width), np.float32), rows])
    taps = [relu(known[k * dilation :][: len(rows)]) @ dilated[k] for k in range(3)]
    late = known[dilation:][: len(rows)]
    whole = late + relu(sum(taps) + dilated_bias) @ point[0] + point_bias
    np.testing.assert_allclose(np.concatenate(made), whole, atol=2e-3)


def test_a_convolution_fills_each_phase_from_its_first_tap_on():
    tile, inputs = 2 * TILE, 12
    taps, firsts, bias = random(2, 2, inputs, PANEL), np.array([0, 1]), random(PANEL)
    rows, seen = random(tile, inputs), random(2 + tile, inputs)
    moved = np.concatenate([seen[-2:], rows])
    out = np.empty((tile, 2 * PANEL), np.float32)

    convolution(rows, seen, out, (np.stack([panels(part) for part in taps]), firsts), bias)

    for phase, first in enumerate(firsts):
        pair = [moved[first + k :][:tile] @ taps[phase, k] for k in range(2)]
        mine = out[:, phase * PANEL : (phase + 1) * PANEL]
        np.testing.assert_allclose(mine, sum(pair) + bias, atol=1e-4)
    assert np.array_equal(seen, moved)


def test_sound_is_made_of_each_position_and_its_neighbours():
    tile, inputs = 2 * TILE, 5
    rows, seen, taps, bias = (
        random(tile, inputs),
        random(2 + tile, inputs),
        random(2, 15),
        random(2),
    )
    moved = np.concatenate([seen[-2:], rows])
    out = np.empty((tile, 2), np.float32)

    sound(rows, seen, out, taps, bias)

    around = np.stack([moved[t : t + 3].reshape(-1) for t in range(tile)])
    np.testing.assert_allclose(out, around @ taps.T + bias, atol=1e-4)


@pytest.mark.skipif(platform.machine() not in ("x86_64", "AMD64"), reason="sets x86 features")
def test_narrower_vectors_do_the_same(tmp_path):
    """As on processors without AVX-512: this file, in a process that believes to be on one."""
    environment = {**os.environ, **NARROW, "NUMBA_CACHE_DIR": str(tmp_path)}
    if environment.get("TESTED_NARROW"):
        pytest.skip("this is that process")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", __file__]

    done = subprocess.run(
        command, cwd=ROOT, env={**environment, "TESTED_NARROW": "1"}, capture_output=True, text=True
    )

    assert done.returncode == 0, done.stdout

import numpy as np

from engine.audio.layers import Layers
from engine.types import Level

TOP, MIDDLE, BOTTOM = Level.TOP, Level.MIDDLE, Level.BOTTOM
RATE = 1_000
FADE = 10


def flat(length, value):
    return np.full(length, value, np.float32)


def test_every_moment_is_as_good_as_it_can_be():
    layers = Layers(RATE)
    layers.append(TOP, flat(300, 0.1))
    layers.append(MIDDLE, flat(120, 0.2))
    layers.append(BOTTOM, flat(50, 0.3))
    layers.append(MIDDLE, flat(80, 0.2))

    best = layers.best().samples

    assert len(best) == 300
    assert (best[: 50 - FADE] == np.float32(0.3)).all()
    assert (best[50 : 200 - FADE] == np.float32(0.2)).all()
    assert (best[200:] == np.float32(0.1)).all()


def test_seams_do_not_click():
    layers = Layers(RATE)
    layers.append(TOP, flat(100, -0.5))
    layers.append(BOTTOM, flat(50, 0.5))

    steps = np.abs(np.diff(layers.best().samples))

    assert steps.max() < 0.2


def test_a_complete_level_hides_the_others():
    layers = Layers(RATE)
    layers.append(BOTTOM, flat(100, 0.5))
    layers.append(TOP, flat(100, -0.5))

    assert (layers.best().samples == 0.5).all()


def test_nothing_is_nothing():
    assert len(Layers(RATE).best().samples) == 0


def test_lengths_are_counted_per_level():
    layers = Layers(RATE)
    layers.append(TOP, flat(30, 0))
    layers.append(TOP, flat(12, 0))

    assert (layers.length(TOP), layers.length(BOTTOM)) == (42, 0)

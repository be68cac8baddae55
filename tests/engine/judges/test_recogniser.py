"""What sounds alike is recognised; what does not matter is not learnt."""

import numpy as np
import pytest

from engine.judges.recogniser import Recogniser
from engine.judges.timbre import frechet_distance, timbre
from engine.types import Audio
from tests.engine.judges.sounds import C_MAJOR, clicks, noise, tones


def test_other_sounds_of_the_same_kinds_are_recognised():
    def kinds(shift):
        yield tones([pitch + shift for pitch in C_MAJOR])
        yield clicks(100 + 5 * shift, 4)
        yield noise(4, 0.05 + 0.01 * shift)

    names = ["tones", "clicks", "noise"]
    learnt = np.stack([timbre(sound) for shift in range(3) for sound in kinds(shift)])
    asked = np.stack([timbre(sound) for sound in kinds(4)])

    assert Recogniser(learnt, names * 3).recognise(asked) == tuple(names)


def test_a_recogniser_of_chance_guesses():
    generator = np.random.default_rng(0)
    names = [str(n % 4) for n in range(200)]
    judge = Recogniser(generator.normal(size=(200, 10)), names)

    guesses = judge.recognise(generator.normal(size=(200, 10)))

    right = np.mean([guess == name for guess, name in zip(guesses, names, strict=True)])
    assert right == pytest.approx(0.25, abs=0.12)


def test_timbre_does_not_depend_on_how_long_a_sound_lasts():
    sound = noise(8)
    half = Audio(sound.samples[: len(sound.samples) // 2], sound.rate)

    assert np.abs(timbre(sound) - timbre(half)).max() < 1.5


def test_a_cloud_is_near_to_itself_and_as_far_as_it_is_moved():
    cloud = np.random.default_rng(0).normal(size=(500, 4))

    assert frechet_distance(cloud, cloud) == pytest.approx(0, abs=1e-6)
    assert frechet_distance(cloud, cloud + 2) == pytest.approx(16)

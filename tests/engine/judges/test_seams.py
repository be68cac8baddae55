"""Where windows of a level are joined, and whether that is heard."""

import numpy as np
import pytest

from engine.catalog.store import open_model
from engine.judges.seams import joins, seam_ratio
from engine.types import Audio, Level
from resources import path
from tests.engine.judges.sounds import RATE, tones


def test_windows_of_pocket_meet_every_half_window_and_end_with_the_music():
    config = open_model(path("models", "pocket")).config
    prior = config.priors[Level.BOTTOM]
    half = prior.context * prior.hop // 2

    places = joins(config, Level.BOTTOM, 8 * half)

    assert places == [2 * half + n * half for n in range(6)]
    assert joins(config, Level.BOTTOM, 2 * half) == []


def test_clicks_at_joins_are_heard_and_a_sound_without_them_is_not_suspected():
    sound = tones([60, 62, 64, 65] * 2, 1.0)
    places = [RATE * n + RATE // 2 for n in range(8)]
    clicked = sound.samples.copy()
    clicked[places] += 0.5

    assert seam_ratio(sound, places) == pytest.approx(1, abs=0.3)
    assert seam_ratio(Audio(np.clip(clicked, -1, 1), RATE), places) > 3
    assert seam_ratio(sound, [len(clicked) + 1]) is None

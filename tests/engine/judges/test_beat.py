"""The beat of clicks is that at which they fall; noise has none."""

import pytest

from engine.judges.beat import beat_strength, best_tempo, onset_envelope, shuffled
from tests.engine.judges.sounds import clicks, noise


def test_clicks_are_strong_at_their_tempo_and_weak_beside_it():
    onsets = onset_envelope(clicks(120, 10))

    assert beat_strength(onsets, 120) > 0.8
    assert beat_strength(onsets, 120 * 1.17) < 0.1


@pytest.mark.parametrize("tempo", [75, 120, 150])
def test_the_best_tempo_is_that_of_the_clicks(tempo):
    onsets = onset_envelope(clicks(tempo, 10))

    assert best_tempo(onsets, 0.7 * tempo, 1.3 * tempo) == pytest.approx(tempo, rel=0.03)


def test_no_order_is_no_beat():
    onsets = shuffled(onset_envelope(clicks(120, 10)))

    assert beat_strength(onsets, best_tempo(onsets, 60, 180)) < 0.4


def test_noise_and_a_single_moment_have_no_beat():
    onsets = onset_envelope(noise(10))

    assert beat_strength(onsets, best_tempo(onsets, 60, 180)) < 0.2
    assert beat_strength(onset_envelope(noise(0.1)), 60) == 0

import numpy as np
import pytest

from engine.audio.crossfade import crossfade


def test_a_fade_starts_with_the_one_and_ends_with_the_other():
    joined = crossfade(np.full(100, 0.5, np.float32), np.full(100, -0.25, np.float32))

    assert joined[0] == 0.5
    assert joined[-1] == pytest.approx(-0.25, abs=1e-6)


def test_unlike_sounds_keep_their_power():
    noise = np.random.default_rng(0).standard_normal((2, 200_000)).astype(np.float32)

    power = (crossfade(*noise) ** 2).reshape(20, -1).mean(axis=1)

    np.testing.assert_allclose(power, 1, atol=0.05)


def test_channels_fade_alike():
    one, other = np.random.default_rng(1).standard_normal((2, 50)).astype(np.float32)

    stereo = crossfade(np.stack([one, other], 1), np.stack([other, one], 1))

    np.testing.assert_array_equal(stereo[:, 0], crossfade(one, other))
    np.testing.assert_array_equal(stereo[:, 1], crossfade(other, one))


def test_sounds_of_different_lengths_are_refused():
    with pytest.raises(ValueError, match=r"3.*4"):
        crossfade(np.zeros(3, np.float32), np.zeros(4, np.float32))

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.song.spectrum import BANDS, CEILING_DB, FLOOR_DB, HOP, SpectrumPyramid, band_hz
from engine.types import Span

RATE = 22_050
NOISE = np.random.default_rng(3).uniform(-0.3, 0.3, 3 * RATE).astype(np.float32)


def heard(samples: np.ndarray, rate: int = RATE) -> SpectrumPyramid:
    spectrum = SpectrumPyramid(len(samples), rate)
    spectrum.update(samples, Span(0, len(samples)))
    return spectrum


def tone(hertz: float, rate: int, loudness: float = 0.5) -> np.ndarray:
    return (loudness * np.sin(2 * np.pi * hertz * np.arange(rate) / rate)).astype(np.float32)


@pytest.mark.parametrize("rate", [22_050, 44_100])
@pytest.mark.parametrize("hertz", [110.0, 440.0, 1000.0, 5000.0])
def test_a_tone_lights_the_band_of_its_pitch(hertz: float, rate: int) -> None:
    column = heard(tone(hertz, rate), rate).columns(0, rate, 3)[1]

    nearest = int(np.abs(np.log(band_hz(rate) / hertz)).argmin())
    assert abs(int(column.argmax()) - nearest) <= 1
    assert column[nearest] > 200
    assert np.median(column) < 100


def test_ten_decibels_are_as_many_steps_whatever_the_loudness() -> None:
    loud, soft = (heard(tone(440, RATE, level)).columns(0, RATE, 3)[1] for level in (0.1, 0.0316))

    step = 255 * 10 / (CEILING_DB - FLOOR_DB)
    assert int(loud.max()) - int(soft.max()) == pytest.approx(step, abs=1.5)


@given(st.integers(0, len(NOISE) - 1), st.integers(1, RATE))
def test_listening_again_where_something_changed_equals_listening_to_all(
    start: int, length: int
) -> None:
    samples = NOISE.copy()
    spectrum = heard(samples)
    samples[start : start + length] = 0

    spectrum.update(samples, Span(start, start + length))

    anew = heard(samples)
    for width in (1, 9, 400):
        mine, theirs = (each.columns(0, len(samples), width) for each in (spectrum, anew))
        assert np.array_equal(mine, theirs)


def test_a_view_from_afar_is_the_mean_of_a_near_one() -> None:
    spectrum, columns = heard(NOISE), 128
    span = columns * HOP

    near = spectrum.columns(0, span, columns).astype(float)
    afar = spectrum.columns(0, span, columns // 8).astype(float)

    assert np.abs(afar - near.reshape(-1, 8, BANDS).mean(1)).max() <= 2


def test_outside_the_sound_it_is_dark() -> None:
    columns = heard(NOISE).columns(-RATE, len(NOISE) + RATE, 500)

    assert not columns[:99].any() and not columns[-99:].any()
    assert columns[110:-110].any(axis=1).all()


def test_of_longer_sound_what_was_known_stays() -> None:
    spectrum = heard(NOISE)

    longer = spectrum.resized(2 * len(NOISE))

    known = spectrum.columns(0, RATE, 50)
    assert np.array_equal(longer.columns(0, RATE, 50), known)
    assert not longer.columns(len(NOISE) + RATE, 2 * len(NOISE), 50).any()


@pytest.mark.parametrize("length", [0, 1, HOP, HOP + 1])
def test_any_length_can_be_drawn(length: int) -> None:
    assert heard(NOISE[:length]).columns(0, 1000, 7).shape == (7, BANDS)

"""A measure of seams sees a cut, and nothing where nothing is."""

import numpy as np
import pytest

from engine.audio.seams import seam_contrast, spectral_flux
from engine.types import Audio

RATE = 22050
JOINS = [9_000, 31_000, 47_500, 70_001]


def melody(seconds=4.0, shift=0):
    """Decaying notes of three partials, four a second, with a little hiss."""
    time = (np.arange(round(seconds * RATE)) + shift) / RATE
    note = 220 * 2 ** (np.array([0, 4, 7, 12, 9, 5, 2, 7])[(4 * time).astype(int) % 8] / 12)
    phase = np.cumsum(note) / RATE * 2 * np.pi
    sound = sum(np.sin(n * phase) / n for n in (1, 2, 3)) * np.exp(-3 * (time * 4 % 1))
    hiss = np.random.default_rng(shift).standard_normal(len(time)) * 0.003
    return (0.2 * sound + hiss).astype(np.float32)


def spliced(one, other, joins):
    """Two sounds, taking turns at the joins."""
    turns = np.searchsorted(joins, np.arange(len(one)), side="right") % 2
    return Audio(np.where(turns, other, one), RATE)


def test_clean_sound_has_no_seams():
    contrast = seam_contrast(Audio(melody(), RATE), JOINS)

    assert 0.7 < contrast.ratio < 1.4
    assert contrast.louder_elsewhere > 0.35


def test_hard_cuts_between_unlike_sounds_are_seen():
    contrast = seam_contrast(spliced(melody(), melody(shift=5_333), JOINS), JOINS)

    assert contrast.ratio > 2
    assert contrast.louder_elsewhere < 0.25, "only the notes' own beginnings"


def test_cuts_in_a_tone_are_seen_wherever_they_fall():
    time = np.arange(4 * RATE) / RATE
    tone, turned = np.sin(2764.6 * time), np.sin(2764.6 * time + 2)

    for shift in range(0, 400, 57):
        joins = [join + shift for join in JOINS]
        whole = seam_contrast(Audio(tone, RATE), joins)
        cut = seam_contrast(spliced(tone, turned, joins), joins)
        assert cut.at_joins > 5 * max(whole.at_joins, 0.1)
        assert cut.louder_elsewhere == 0


def test_cuts_elsewhere_do_not_count_as_joins():
    cut = spliced(melody(), melody(shift=5_333), JOINS)

    assert seam_contrast(cut, [join + 5_000 for join in JOINS]).ratio < 1.4


def test_loudness_does_not_matter():
    cut = spliced(melody(), melody(shift=5_333), JOINS)
    quiet = Audio(cut.samples * 0.01, RATE)

    assert seam_contrast(quiet, JOINS).ratio == pytest.approx(seam_contrast(cut, JOINS).ratio, 1e-3)


def test_silence_and_single_samples_have_no_flux():
    assert not spectral_flux(Audio(np.zeros(RATE), RATE)).any()
    assert len(spectral_flux(Audio(np.zeros(1), RATE))) == 1


def test_long_sounds_are_measured_as_short_ones():
    """What is worked through in parts must not show where they meet."""
    period, repeats = 600, 30
    sound = np.tile(melody()[: period * 110], repeats)

    flux = spectral_flux(Audio(sound, RATE))

    last = period * (repeats - 2)
    assert np.array_equal(flux[:period], flux[last : last + period])


@pytest.mark.parametrize("joins", [[], [-1], [RATE]])
def test_joins_outside_the_sound_are_refused(joins):
    with pytest.raises(ValueError, match="Joins lie within"):
        seam_contrast(Audio(np.zeros(RATE), RATE), joins)

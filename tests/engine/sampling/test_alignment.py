"""Alignment covers every code once and every character in view. Numbers: see the golden cases."""

from pathlib import Path

import numpy as np
import pytest
import torch

from engine.errors import ModelError
from engine.parity.models import OffsetLabels, prior_of
from engine.sampling.alignment import align, lyric_attention
from engine.sampling.sampler import label_batch

GOLDEN = Path(__file__).parents[2] / "data" / "golden"
LYRICS = "la di da, " * 5


@pytest.mark.parametrize("name", ["C_top_separate", "C_top_single"])
@pytest.mark.parametrize("length", [5, 16, 40])
def test_every_code_looks_at_characters_of_its_window_only(name, length):
    prior = prior_of(GOLDEN / name)
    labels = song(prior, LYRICS)

    seen = align(prior, np.arange(length) % 24, labels, hop=8)

    assert seen.shape == (length, labels.characters)
    assert np.all(seen >= 0)
    assert np.all(seen.sum(1) > 0)
    first = [place for place in labels.window(0).lyric_indices if place >= 0]
    assert not np.delete(seen[: min(length, 16)], first, axis=1).any()


def test_where_windows_overlap_the_earlier_is_heard():
    prior = prior_of(GOLDEN / "C_top_single")
    codes = np.arange(24) % 24

    whole = align(prior, codes, song(prior, LYRICS), hop=4)

    assert np.array_equal(whole[:16], align(prior, codes[:16], song(prior, LYRICS), hop=4))


def test_what_is_not_there_yet_changes_nothing_before():
    prior = prior_of(GOLDEN / "C_top_separate")
    codes = np.arange(16) % 24

    short, whole = (align(prior, codes[:n], song(prior, LYRICS), 4) for n in (9, 16))

    np.testing.assert_allclose(short, whole[:9], atol=1e-6)


def test_a_window_looks_at_its_slots_by_shares():
    prior = prior_of(GOLDEN / "C_top_separate")
    window = song(prior, LYRICS).window(0)

    with torch.inference_mode():
        conditioning = prior.condition(label_batch(window, 2, prior.device), None)
        weights = lyric_attention(prior, torch.randint(24, (2, 16)), conditioning)

    torch.testing.assert_close(weights.sum(-1), torch.ones(2, 16))


def test_a_prior_without_lyrics_aligns_nothing():
    prior = prior_of(GOLDEN / "C_top_unlabelled")

    with pytest.raises(ModelError, match="reads no lyrics"):
        lyric_attention(prior, torch.zeros(1, 16).long(), prior.condition(None, None))


def song(prior, lyrics):
    length = prior.config.context * prior.config.hop
    return OffsetLabels([3000, 0, length, 1, 2], lyrics, prior.config)

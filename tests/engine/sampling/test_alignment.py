"""Alignment covers every code once and every character in view. Numbers: see the golden cases."""

from pathlib import Path

import numpy as np
import pytest
import torch

from engine.errors import ModelError
from engine.parity.models import OffsetLabels, new_prior, prior_of
from engine.sampling.alignment import Follower, align, looks, lyric_attention
from engine.sampling.batches import label_batch
from engine.sampling.plan import Window
from engine.sampling.tracks import Track
from engine.steps import packing
from engine.types import Codes, Level, Precision, Span

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


@pytest.mark.parametrize("name", ["C_top_separate", "C_top_single"])
@pytest.mark.parametrize("pieces", [(40,), (1, 1, 7, 20, 11), (5,) * 8])
def test_how_codes_come_in_changes_nothing_of_what_is_sung(name, pieces):
    prior = prior_of(GOLDEN / name)
    codes = np.random.default_rng(0).integers(24, size=(2, 40))
    whole, grown = track(2), track(2)
    whole.append(codes)
    following = Follower(grown, range(3, 5), song(prior, LYRICS), 16)

    told = []
    for piece in np.split(codes, np.cumsum(pieces)[:-1], axis=1):
        grown.append(piece)
        told += following.aligned(prior)

    at_once = list(Follower(whole, range(3, 5), song(prior, LYRICS), 16).aligned(prior))
    assert [each.variation for each in told] == [3, 4] * (len(told) // 2)
    assert len(told) == len(at_once)
    for ours, theirs in zip(told, at_once, strict=True):
        assert ours.start == theirs.start
        np.testing.assert_array_equal(ours.places, theirs.places)
        np.testing.assert_array_equal(ours.weights, theirs.weights)


def test_what_is_sung_is_the_character_before_the_one_looked_at_as_written():
    """The state of a character has heard those before it; what the model drops is skipped."""
    prior = prior_of(GOLDEN / "C_top_single")
    written = "😀a😀b" * 10
    labels, grown = song(prior, written), track(1)
    codes = np.arange(16) % 24
    grown.append(codes[None])

    told = list(Follower(grown, range(1), labels, 16).aligned(prior))

    places = np.concatenate([each.places for each in told])
    (look,) = looks(prior, codes, labels, [Window(0, 0, 16)])
    seen = look.characters[look.weights.argmax(1)]
    sung = [-1 if character <= 0 else 2 * (character - 1) + 1 for character in seen]
    assert len(places) == 14, "two wait for the window that they belong to"
    assert places.tolist() == sung[:14]
    np.testing.assert_allclose(
        np.concatenate([each.weights for each in told]), look.weights.max(1)[:14], atol=1e-6
    )


@pytest.mark.parametrize("name", ["C_top_separate", "C_top_single"])
def test_a_prior_that_gave_its_matrices_to_the_compiled_step_looks_at_the_same(name, monkeypatch):
    prior = new_prior(GOLDEN / name).requires_grad_(False)
    codes, labels = np.arange(24) % 24, song(prior, LYRICS)
    before = align(prior, codes, labels, hop=8)

    monkeypatch.setattr(packing, "_SMALL_BYTES", 0)
    packing.pack(prior, Precision.SINGLE)

    assert isinstance(prior.stack.layer(0).inner, packing.PackedProjection)
    np.testing.assert_allclose(align(prior, codes, labels, hop=8), before, atol=1e-6)


def track(takes):
    """Room for 40 TOP codes."""
    return Track(Level.TOP, 16, Codes.empty(), Span(0, 40 * 16), takes)


def song(prior, lyrics):
    length = prior.config.context * prior.config.hop
    return OffsetLabels([3000, 0, length, 1, 2], lyrics, prior.config)

"""Public numbers are compared where a model has the published shape, and never agree by luck."""

import pytest
import torch

from engine.catalog.released import VQVAE as RELEASED_VQVAE
from engine.catalog.released import released_config
from engine.catalog.rules import alphabet_of
from engine.catalog.specs import LabelVersion
from engine.catalog.store import default_store
from engine.errors import ModelError
from engine.nn.vqvae import VQVAE
from engine.parity import installed
from engine.parity.golden import checked
from engine.parity.installed import OZYMANDIAS, Weights, cases, weights_of
from engine.sampling.labels import SongLabels
from engine.text.vocabulary import ExactVocabulary
from engine.types import Level, Prompt


def test_the_published_cases_are_those_of_the_released_shapes(tmp_path, monkeypatch):
    monkeypatch.setattr(installed, "_in_singles", lambda there: True)
    names = {
        model: [case.name for case in cases(Weights(model, tmp_path, released_config(model)))]
        for model in ("1b_lyrics", "5b")
    }

    assert names["1b_lyrics"][:3] == [
        "public numbers of the VQ-VAE",
        "public numbers of conditioning",
        "public codes",
    ]
    assert names["5b"][:2] == ["public numbers of the VQ-VAE", "recipe for sound"]
    assert [case.name for case in cases(weights_of("pocket", default_store()))] == [
        "recipe for sound",
        "recipe for the TOP prior",
        "recipe for the MIDDLE prior",
        "recipe for the BOTTOM prior",
    ]


def test_weights_that_are_not_the_published_ones_miss_the_published_numbers():
    torch.manual_seed(1)

    checks = list(installed._published_sound(VQVAE(RELEASED_VQVAE).eval()))

    assert [check.passed for check in checks] == [False, False]


def test_weights_that_are_not_there_are_a_miss_of_every_case(tmp_path):
    there = Weights("5b", tmp_path, released_config("5b"))

    for case in cases(there):
        assert [check.passed for check in checked(case)] == [False]


def test_the_published_lyrics_are_in_view_as_published():
    """Hugging Face's test data: the window starts at character 62 with these numbers."""
    top = released_config("1b_lyrics").priors[Level.TOP]
    song = SongLabels(Prompt("", (), OZYMANDIAS, 1_058_304), ExactVocabulary({}, {}), top)

    window = song.window_at(0)

    assert window.lyric_indices[0] == 62
    assert window.lyrics[:12] == (76, 27, 40, 30, 76, 46, 44, 47, 40, 37, 38, 31)
    assert alphabet_of(LabelVersion.V3).decode(window.lyrics).startswith(" and trunkless legs")


def test_a_folder_that_is_no_model_is_refused(tmp_path):
    with pytest.raises(ModelError):
        weights_of(str(tmp_path), default_store())

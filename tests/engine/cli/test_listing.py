import json

import pytest

from engine.catalog.specs import ModelConfig, Pattern, PriorConfig, TransformerConfig, VqVaeConfig
from engine.cli import listing
from engine.types import Level
from tests.engine.catalog.model_folder import write_model


def test_models_are_listed_with_size_licence_and_whether_they_are_installed(jukebox):
    status, result, _ = jukebox("models")

    lines = result.splitlines()
    assert status == 0
    assert lines[0].split() == ["Model", "Title", "Installed", "Size", "To", "fetch", "Licence"]
    assert lines[1].split() == ["tiny", "Tiny", "yes", "0.0", "MB", "CC0"]
    (large,) = [line for line in lines if line.startswith("5b_lyrics")]
    assert " no " in large and "16.2 GB  30.5 GB" in large and "non-commercial" in large


def test_the_list_is_one_line_for_machines(jukebox):
    _, result, _ = jukebox("models", "--json")

    listed = {model["id"]: model for model in json.loads(result)["models"]}
    assert listed["tiny"]["installed"] and not listed["1b_lyrics"]["installed"]
    assert listed["tiny"]["size_bytes"] > 0 and listed["tiny"]["licence"] == "CC0"


def test_damaged_models_are_told_beside_the_list(jukebox, tmp_path):
    write_model(tmp_path / "models", "broken", title=None)

    status, result, said = jukebox("models")

    assert status == 0
    assert "broken" not in result
    assert "studio.json says no title" in said


def test_one_model_tells_what_it_can_be_asked_for(jukebox):
    _, result, _ = jukebox("models", "tiny")
    _, machine, _ = jukebox("models", "tiny", "--json")

    assert "artists: ann arbor, béla" in result
    assert "longest song seconds: 60.0" in result
    assert json.loads(machine)["genres"] == ["folk", "rock"]


def test_a_fabricated_model_is_told_apart_from_a_real_one(jukebox, tmp_path, monkeypatch):
    stack = TransformerConfig(8, 8, 1, 1, 2, (Pattern.BLOCK,))
    vqvae = VqVaeConfig(22050, (2, 1, 1), (2, 2, 2), 4, 16, 4, 2, (1, 1, 1))
    priors = tuple(PriorConfig(n, 22050, vqvae.hops[n], 8, 16, stack) for n in Level)
    monkeypatch.setattr(listing, "released_config", lambda name: ModelConfig(vqvae, priors))

    status, result, said = jukebox("models", "fabricate", "5b", str(tmp_path / "models" / "noise"))

    assert (status, result.strip()) == (0, str(tmp_path / "models" / "noise"))
    assert "noise only" in said
    assert "Random weights" in jukebox("models", "noise")[1]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("fabricate", "7b", "x"), "5b_lyrics"),
        (("a", "b"), "install, import"),
        (("fabricate",), "No"),
    ],
)
def test_a_model_that_cannot_be_made_is_told(jukebox, words, told):
    status, result, said = jukebox("models", *words)

    assert (status, result) == (2, "")
    assert told in said


def test_an_unknown_model_is_told(jukebox):
    status, result, said = jukebox("models", "tinny")

    assert (status, result) == (2, "")
    assert "Did you mean “tiny”?" in said

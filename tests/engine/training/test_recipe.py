"""One command makes a model from a dataset, and the model opens."""

import json
import shutil
import sys
from pathlib import Path

import pytest
import torch

from engine.catalog.store import ModelStore, verify
from engine.catalog.weights import read_folder_state
from engine.training import recipe
from engine.training.artists import house_artists, house_genres
from engine.training.export import vqvae_weights
from engine.training.workshop import RECIPES, Workshop, read_recipe
from engine.types import Level

TINY = Path(__file__).parent / "tiny.toml"


@pytest.fixture(scope="module")
def made(tone_dataset, tmp_path_factory):
    """The folders of a model made by `all`, and what the command wrote."""
    root = tmp_path_factory.mktemp("made")
    shutil.copytree(tone_dataset, root / "data")
    shutil.copytree(tone_dataset, root / "data" / "heldout")
    monkeypatch, written = pytest.MonkeyPatch(), root / "figures"
    folders = ["--data", root / "data", "--runs", root / "runs", "--out", root / "models" / "tiny"]
    threads = torch.get_num_threads()
    with monkeypatch.context() as patch, written.open("w") as output:
        patch.setattr(sys, "argv", ["recipe", str(TINY), "all", *map(str, folders)])
        patch.setattr(sys, "stdout", output)
        recipe.main()
    torch.set_num_threads(threads)
    return root


def test_the_model_opens_and_its_checksums_hold(made):
    model = ModelStore([made / "models"]).get("tiny")

    verify(model)
    assert model.spec.title == "Tiny"
    assert model.names.artist_names == ("ida",)


def test_the_weights_that_ship_are_those_that_were_trained(made):
    shop = Workshop(read_recipe(TINY), made / "data", made / "runs")

    shipped = read_folder_state(made / "models" / "tiny", "vqvae")

    for name, value in vqvae_weights(shop).items():
        torch.testing.assert_close(shipped[name].float(), value, rtol=1e-3, atol=1e-4)


def test_figures_cover_every_level_with_baselines(made):
    figures = [json.loads(line) for line in (made / "figures").read_text().splitlines()]

    assert [line["level"] for line in figures] == ["BOTTOM", "MIDDLE", "TOP"]
    for line in figures:
        assert 0 < line["bits"] < 20 and 0 < line["bigram_bits"] < 20
        assert 1 <= line["perplexity"] <= line["codes_used"] <= 16


def test_pocket_knows_the_house_artists_and_genres():
    vocabulary = read_recipe(RECIPES / "pocket.toml").vocabulary

    for artist in house_artists():
        assert vocabulary.artist_id(artist.name) > 0
    assert set(vocabulary.genre_names) == set(house_genres())


def test_the_tables_of_pocket_have_a_row_per_name():
    pocket = read_recipe(RECIPES / "pocket.toml")

    for level in Level:
        labels = pocket.architecture.priors[level].labels
        assert (labels.artists, labels.genres) == (len(pocket.artists), len(pocket.genres))

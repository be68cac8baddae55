"""One command makes a model from a dataset, and the model opens."""

import contextlib
import io
import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.catalog.store import ModelStore, verify
from engine.catalog.weights import read_folder_state
from engine.cli.main import main
from engine.training import recipe
from engine.training.base import find_base
from engine.training.export import vqvae_weights
from engine.training.house import house_artists, house_genres
from engine.training.tokens import read_codes
from engine.training.workshop import RECIPES, Workshop, read_recipe
from engine.types import Level

TINY = Path(__file__).parent / "tiny.toml"


@pytest.fixture(scope="module")
def made(tone_dataset, tmp_path_factory):
    """The folders of a model made by `all`, and what the command wrote."""
    root = tmp_path_factory.mktemp("made")
    shutil.copytree(tone_dataset, root / "data")
    shutil.copytree(tone_dataset, root / "data" / "heldout")
    folders = ["--data", root / "data", "--runs", root / "runs", "--out", root / "models" / "tiny"]
    threads, written = torch.get_num_threads(), io.StringIO()
    with contextlib.redirect_stdout(written):
        assert main(["train", str(TINY), *map(str, folders)]) == 0
    torch.set_num_threads(threads)
    (root / "figures").write_text(written.getvalue())
    return root


def test_the_model_opens_and_its_checksums_hold(made):
    model = ModelStore([made / "models"]).get("tiny")

    verify(model)
    assert model.spec.title == "Tiny"
    assert model.names.artist_names == ("ida",)


def test_everybody_may_read_the_model(made):
    modes = {path.stat().st_mode & 0o777 for path in (made / "models" / "tiny").iterdir()}

    assert modes == {0o644}


def test_the_weights_that_ship_are_those_that_were_trained(made):
    shop = Workshop(read_recipe(TINY), made / "data", made / "runs")

    shipped = read_folder_state(made / "models" / "tiny", "vqvae")

    for name, value in vqvae_weights(shop).items():
        torch.testing.assert_close(shipped[name].float(), value, rtol=1e-3, atol=1e-4)


def test_one_line_of_figures_covers_every_stage_and_level_with_baselines(made):
    (line,) = (made / "figures").read_text().splitlines()
    figures = json.loads(line)

    assert list(figures) == ["recipe", *recipe.STAGES]
    assert list(figures["evaluate"]) == ["bottom", "middle", "top"]
    for level in figures["evaluate"].values():
        assert 0 < level["bits"] < 20 and 0 < level["bigram_bits"] < 20
        assert 1 <= level["perplexity"] <= level["codes_used"] <= 16


def test_curves_are_drawn_and_history_tells_what_was_learnt_from(made):
    assert (made / "runs" / "curves.png").read_bytes().startswith(b"\x89PNG")
    (line,) = (made / "runs" / "prior-top" / "history.jsonl").read_text().splitlines()
    assert json.loads(line)["step"] == 0 and json.loads(line)["songs"] == 3


def test_parts_that_are_not_trained_come_from_the_base(made, tmp_path):
    base = find_base(str(made / "models" / "tiny"))
    named = replace(read_recipe(TINY), artists=("any", "new", "ida"))
    shop = Workshop(named, made / "data", tmp_path, base)

    prior = shop.prior_weights(Level.TOP)

    shipped = read_folder_state(made / "models" / "tiny", Level.TOP)
    artists = shipped["labels.artist.weight"].float()
    assert torch.equal(prior["labels.artist.weight"], artists[[0, 0, 1]])
    assert set(vqvae_weights(shop)) == set(read_folder_state(made / "models" / "tiny", "vqvae"))


def test_a_prior_begins_where_it_was_under_a_codec_that_renumbered_its_codes(made, tmp_path):
    base = find_base(str(made / "models" / "tiny"))
    shop = Workshop(read_recipe(TINY), made / "data", tmp_path, base)
    codec, order = base.codec(Level.TOP), torch.arange(16).roll(1)
    codec["codebook.vectors"] = codec["codebook.vectors"][order]
    shop.run("vqvae", Level.TOP).save({"step": 10, "trainer": {"model": codec}})
    wish = recipe.Options(levels=(Level.TOP,), steps=1)

    recipe.encode_dataset(shop, wish)
    recipe.train_prior(shop, wish)

    before = base.prior(Level.TOP, shop.recipe.vocabulary)["embedding.symbol.weight"]
    after = shop.prior_weights(Level.TOP)["embedding.symbol.weight"]
    moved = (after - before[order]).norm(dim=1) < 0.1 * (after - before).norm(dim=1)
    songs = [read_codes(shop.codes(made / "data", Level.TOP), s) for s in shop.songs(made / "data")]
    assert moved[np.unique(np.concatenate(songs)).astype(int)].all()


def test_a_stage_that_nobody_knows_is_refused(made):
    assert main(["train", str(TINY), "varnish", "--data", str(made / "data")]) == 1


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

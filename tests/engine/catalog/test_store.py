import json
from dataclasses import replace

import numpy as np
import pytest
from safetensors.numpy import save_file

from engine.catalog.configs import to_json
from engine.catalog.store import (
    ModelStore,
    default_store,
    open_model,
    user_models,
    verify,
    verify_if_small,
)
from engine.errors import ModelError, ModelMissingError
from engine.types import Level, SamplingSettings
from tests.engine.catalog.model_folder import (
    CONFIG,
    CONTEXT,
    HOPS,
    RATE,
    WEIGHTS,
    facts,
    write_model,
)


def test_a_folder_becomes_a_model_with_all_that_a_person_needs(tmp_path):
    write_model(tmp_path)

    (model,) = ModelStore([tmp_path]).models()

    spec = model.spec
    assert (spec.id, spec.title, spec.licence) == ("tiny", "Tiny", "CC0")
    assert (spec.sample_rate, spec.hops, spec.contexts) == (RATE, HOPS, (CONTEXT,) * 3)
    assert (spec.min_song_length, spec.max_song_length) == (RATE, 60 * RATE)
    assert (spec.max_genres, spec.lyric_characters) == (2, 16)
    assert spec.size_bytes == sum(facts.size for facts in model.files.values())
    assert model.config == CONFIG
    assert model.weights_bytes == 4 * WEIGHTS
    verify(model)


def test_a_model_is_drawn_at_its_own_temperatures_in_their_ratio(tmp_path):
    usual = open_model(write_model(tmp_path / "usual")).spec
    own = open_model(write_model(tmp_path / "own", temperatures=[0.5, 0.6, 0.8])).spec

    def temperatures(spec, asked=None):
        settings = spec.level_settings(asked)
        return [settings[level].temperature for level in Level]

    assert usual.level_settings() == SamplingSettings().levels
    assert temperatures(own) == [0.5, 0.6, 0.8]
    assert temperatures(own, 0.4) == pytest.approx([0.25, 0.3, 0.4])
    assert own.level_settings()[Level.TOP].hop_fraction == 0.125


def test_names_are_looked_up_without_regard_to_capitals(tmp_path):
    model = open_model(write_model(tmp_path))

    assert model.names.artist_names == ("ann arbor", "béla")
    assert model.vocabularies[Level.BOTTOM].artist_id("BÉLA") == 2
    assert model.names.genre_ids(["Rock"], 1) == (2,)


def test_names_of_the_two_versions_share_a_file(tmp_path):
    architecture = to_json(CONFIG)
    architecture["priors"][Level.BOTTOM]["labels"]["version"] = "v2"
    folder = write_model(tmp_path, architecture=architecture)
    (folder / "artists.json").write_text('{"ann arbor": 1, "ann_arbor.v2": 2}')
    _describe_again(folder)

    model = open_model(folder)

    assert model.vocabularies[Level.TOP].artist_id("Ann Arbor") == 1
    assert model.vocabularies[Level.BOTTOM].artist_id("Ann Arbor") == 2


def test_the_first_folder_wins_and_missing_folders_do_no_harm(tmp_path):
    write_model(tmp_path / "a", title="First")
    write_model(tmp_path / "b", title="Second")

    store = ModelStore([tmp_path / "none", tmp_path / "a", tmp_path / "b"])

    assert [model.spec.title for model in store.models()] == ["First"]
    assert store.get("tiny").spec.title == "First"


@pytest.mark.parametrize("name", ["tini", "", "../tiny", "x" * 10_000])
def test_a_missing_model_is_told_with_those_that_are_there(tmp_path, name):
    write_model(tmp_path)

    with pytest.raises(ModelMissingError, match="Installed: tiny") as caught:
        ModelStore([tmp_path]).get(name)

    assert len(str(caught.value)) < 200
    assert ("Did you mean “tiny”?" in str(caught.value)) == ("tin" in name)


def test_a_damaged_model_hides_no_other(tmp_path):
    write_model(tmp_path, "broken", architecture={})
    write_model(tmp_path, "whole")

    store = ModelStore([tmp_path])

    assert [model.spec.id for model in store.models()] == ["whole"]
    (problem,) = store.problems()
    assert "broken" in problem


@pytest.mark.parametrize(
    "changes",
    [
        {"format": 2},
        {"format": None},
        {"id": "other"},
        {"title": 7},
        {"licence": None},
        {"temperatures": [0.9, 0.9]},
        {"temperatures": [0.9, 0.9, 0]},
        {"temperatures": [0.9, 0.9, "warm"]},
        {"files": []},
        {"architecture": None},
        {"architecture": {"vqvae": 1, "priors": []}},
        {"files": {"../outside": {"size": 1, "sha256": "0" * 64}}},
        {"files": {"/etc/passwd": {"size": 1, "sha256": "0" * 64}}},
        {"files": {"C:\\outside": {"size": 1, "sha256": "0" * 64}}},
        {"files": {"a": {"size": "1", "sha256": "0" * 64}}},
        {"files": {"a": {"size": 1, "sha256": "short"}}},
        {"files": {"a": 1}},
        {"files": {str(i): {} for i in range(2000)}},
        {"files": {"missing": {"size": 1, "sha256": "0" * 64}}},
        {"files": {"genres.json": {"size": 1, "sha256": "0" * 64}}},
    ],
    ids=str,
)
def test_a_wrong_description_is_refused_in_words(tmp_path, changes):
    folder = write_model(tmp_path, **changes)

    with pytest.raises(ModelError, match=r"^The model.*\.$"):
        open_model(folder)


@pytest.mark.parametrize(
    ("path", "value"),
    [(("priors",), []), (("priors", 0, "level"), "top"), (("priors", 0, "hop"), 9),
     (("priors", 1, "codebook_size"), 32), (("vqvae", "sample_rate"), 0),
     (("vqvae", "downs"), [1])],
)  # fmt: skip
def test_shapes_that_do_not_belong_together_are_refused(tmp_path, path, value):
    architecture = to_json(CONFIG)
    place = architecture
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value

    with pytest.raises(ModelError):
        open_model(write_model(tmp_path, architecture=architecture))


@pytest.mark.parametrize("name", ["studio.json", "artists.json", "genres.json"])
@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b'{"a": "b"}', b"\xff\xfe", b"[" * 100_000, b'{"a": 1e999}', b'{"a": -1}',
     b'{"a": 99}', b" " * (9 * 2**20)],
    ids=lambda content: repr(content[:12]),
)  # fmt: skip
def test_hostile_json_is_refused_in_words(tmp_path, name, content):
    folder = write_model(tmp_path)
    (folder / name).write_bytes(content)
    if name != "studio.json":
        _describe_again(folder)

    with pytest.raises(ModelError):
        open_model(folder)


@pytest.mark.parametrize(
    "content", [b"", b"short", b"\xff" * 100, b"\x02\0\0\0\0\0\0\0[]", b'\x05\0\0\0\0\0\0\0{"a":']
)
def test_weights_without_a_readable_beginning_are_refused(tmp_path, content):
    folder = write_model(tmp_path)
    (folder / "model.safetensors").write_bytes(content)
    _describe_again(folder)

    with pytest.raises(ModelError, match=r"model\.safetensors has no readable beginning"):
        _ = open_model(folder).weights_bytes


def test_a_file_of_another_size_is_found_at_once_and_another_content_by_its_checksum(tmp_path):
    folder = write_model(tmp_path)
    model = open_model(folder)
    save_file({"weights": np.ones((3, 4), np.float16)}, folder / "model.safetensors")

    for compare in (verify, verify_if_small):
        with pytest.raises(ModelError, match="checksum"):
            compare(model)

    (folder / "model.safetensors").write_bytes(b"cut")
    with pytest.raises(ModelError, match="has 3 bytes and not"):
        open_model(folder)


def test_large_models_are_not_read_just_to_be_sure(tmp_path):
    model = open_model(write_model(tmp_path))
    large = replace(model, spec=replace(model.spec, size_bytes=10**10))
    (model.folder / "model.safetensors").unlink()

    verify_if_small(large)


def test_a_model_without_labels_needs_no_names(tmp_path):
    architecture = to_json(CONFIG)
    for prior in architecture["priors"]:
        prior["labels"] = prior["lyrics"] = None
    folder = write_model(tmp_path, architecture=architecture)
    (folder / "artists.json").unlink()
    (folder / "genres.json").unlink()
    _describe_again(folder)

    model = open_model(folder)

    assert model.names.artist_names == ()
    assert model.alphabet is None
    assert (model.spec.max_genres, model.spec.lyric_characters) == (0, 0)


def test_models_of_the_user_are_found_beside_those_that_came_along():
    write_model(user_models(), "mine")

    assert default_store().get("mine").folder == user_models() / "mine"


def _describe_again(folder):
    """Note the files' new sizes and checksums, as somebody hostile would."""
    studio = json.loads((folder / "studio.json").read_text("utf-8"))
    studio["files"] = {p.name: facts(p) for p in folder.iterdir() if p.name != "studio.json"}
    (folder / "studio.json").write_text(json.dumps(studio), "utf-8")

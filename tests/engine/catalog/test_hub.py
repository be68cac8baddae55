"""Configurations that people hold: saved and loaded exactly; the hub's wrong entries set right."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from engine.catalog.hub import Correction, load_config, save_config
from engine.catalog.huggingface import prior_to_hf, to_hf
from engine.catalog.released import RELEASED, VQVAE, released_config
from engine.catalog.specs import ModelConfig
from engine.catalog.store import open_model
from engine.errors import ModelError
from engine.types import Level
from resources import path as resource

HF = Path(__file__).parents[4] / "shared" / "golden" / "open" / "F_hf"
POCKET = resource("models", "pocket")


def configs():
    """Every kind of part there is."""
    models = [*(released_config(name) for name in RELEASED), open_model(POCKET).config]
    yield from models
    for model in models:
        yield model.vqvae
        yield from model.priors


@pytest.mark.parametrize("config", list(configs()), ids=lambda config: type(config).__name__)
def test_what_is_saved_is_loaded_again(tmp_path, config):
    file = save_config(config, tmp_path / "model")

    loaded = load_config(tmp_path / "model")

    assert file == tmp_path / "model" / "config.json"
    assert loaded.config == config
    assert loaded.corrections == ()


def test_a_name_that_ends_in_json_is_the_file(tmp_path):
    save_config(VQVAE, tmp_path / "vqvae.json")

    assert load_config(tmp_path / "vqvae.json").config == VQVAE


def as_on_the_hub(name, form):
    """As the two places on the hub are known to say it (specification 8.1: H7, H8, H11)."""
    data = to_hf(released_config(name))
    for prior in data["prior_config_list"]:
        for ours in ("hop", "half_matrices", "label_version", "attention_layers", "embed_dim"):
            prior.pop(ours, None)
        prior["min_duration"] = 0
        if prior["level"] == 0:
            prior |= {"blocks": 64, "alignment_layer": 68, "alignment_head": 2}
        else:
            del prior["mask"]
    for key in [key for key in data if key.startswith("prior_") and not key.startswith(form)]:
        del data[key]
    del data["vqvae_config"]["sampling_rate"], data["vqvae_config"]["reverse_decoder_dilation"]
    return data


@pytest.mark.parametrize("name", ["1b_lyrics", "5b_lyrics"])
@pytest.mark.parametrize("form", ["prior_config_list", "prior_"])
def test_what_the_hub_says_wrongly_is_set_right_and_told(tmp_path, name, form):
    (tmp_path / "config.json").write_text(json.dumps(as_on_the_hub(name, form)))

    loaded = load_config(tmp_path)

    assert loaded.config == released_config(name)
    wrong = {each.entry: (each.said, each.right) for each in loaded.corrections}
    assert wrong["prior_1.mask"] == wrong["prior_2.mask"] == (False, True)
    if name == "1b_lyrics":
        assert wrong["prior_0.alignment_layer"] == (68, 63)
        assert wrong["prior_0.min_duration"] == (0, 17.84)
        assert "prior_0.blocks" not in wrong
    else:
        assert wrong["prior_0.blocks"] == (64, 128)
        assert "prior_0.alignment_layer" not in wrong


def test_a_prior_of_a_release_is_known_by_its_shape_alone(tmp_path):
    entry = prior_to_hf(released_config("5b_lyrics").priors[Level.TOP], VQVAE)
    entry["encoder_config"]["blocks"] = 64
    (tmp_path / "top.json").write_text(json.dumps(entry))

    loaded = load_config(tmp_path / "top.json")

    assert loaded.config == released_config("5b_lyrics").priors[Level.TOP]
    assert loaded.corrections == (Correction("prior.encoder_config.blocks", 64, 32),)
    assert str(loaded.corrections[0]) == (
        "prior.encoder_config.blocks is 32, and not 64 as the file says."
    )


@pytest.mark.skipif(not HF.is_dir(), reason="the original's results are not at hand")
@pytest.mark.parametrize("name", ["5b_lyrics", "1b_lyrics"])
def test_what_the_library_wrote_is_read_by_its_own_rules(name):
    """Its small models, of which it saves only what differs from its defaults."""
    from engine.parity.models import prior_config

    loaded = load_config(HF / name)

    priors = loaded.config.priors if isinstance(loaded.config, ModelConfig) else (loaded.config,)
    top = prior_config(HF.parent / f"C_top_{name}")
    written = replace(top, lyrics=priors[-1].lyrics, half_matrices=priors[-1].half_matrices)
    assert priors[-1] == replace(written, labels=priors[-1].labels)
    assert loaded.corrections == ()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{}",
        b'{"model_type": "bert"}',
        b'{"model_type": "jukebox"}',
        b'{"model_type": "jukebox", "prior_config_list": 3}',
        b'{"model_type": "jukebox", "prior_config_list": [1, 2, 3]}',
        b'{"model_type": "jukebox_prior", "level": 7}',
        b'{"model_type": "jukebox_prior", "num_layers": 1e9}',
        b'{"model_type": "jukebox_prior", "num_layers": 999999999}',
        b'{"model_type": "jukebox_prior", "num_layers": 5, "attention_pattern": "x"}',
        b'{"model_type": "jukebox_prior", "num_layers": 5, "res_downs_t": [999999999, 1, 1]}',
        b'{"model_type": "jukebox_prior", "num_layers": 5, "metadata_dims": 3}',
        b'{"model_type": "jukebox_vqvae", "levels": 3, "res_downs_t": [999999999, 9, 9]}',
        b'{"model_type": "jukebox_vqvae", "res_strides_t": "abc"}',
        b'{"a":' * 100_000,
        b'{"model_type": "jukebox_vqvae", "res_conv_width": ' + b"9" * 5000 + b"}",
        b" " * (2**20 + 1),
    ],
    ids=range(18),
)
def test_what_configures_nothing_is_refused_in_a_sentence(tmp_path, content):
    (tmp_path / "config.json").write_bytes(content)

    with pytest.raises(ModelError, match=r"[.:]"):
        load_config(tmp_path)


def test_a_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(ModelError, match="cannot be read"):
        load_config(tmp_path / "nothing.json")

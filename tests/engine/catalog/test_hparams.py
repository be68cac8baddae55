import json
from pathlib import Path

import pytest

from engine.catalog.hparams import patterns_for_order, prior_from_hparams, vqvae_from_hparams
from engine.errors import ModelError
from engine.types import Level

GOLDEN = Path(__file__).parents[4] / "shared" / "golden" / "open"
golden = pytest.mark.skipif(not GOLDEN.is_dir(), reason="no golden data beside the checkout")


def test_lyric_layers_stand_where_the_release_has_them():
    order_10, order_12 = patterns_for_order(10, 79), patterns_for_order(12, 72)

    assert [i for i, p in enumerate(order_10) if p.name == "CROSS"] == [*range(18, 79, 10)]
    assert [i for i, p in enumerate(order_12) if p.name == "LYRICS"] == [15, 31, 63]
    assert [i for i, p in enumerate(order_12) if p.name == "DENSE"] == [47]


def test_an_unknown_attention_order_is_refused():
    with pytest.raises(ModelError, match="13"):
        patterns_for_order(13, 4)


def test_missing_hyper_parameters_are_named():
    with pytest.raises(ModelError, match="levels"):
        vqvae_from_hparams({})


@golden
@pytest.mark.parametrize(
    "name",
    ["upsampler_level_0", "upsampler_level_1", "prior_5b", "prior_5b_lyrics", "prior_1b_lyrics"],
)
def test_released_hyper_parameters_give_the_released_sizes(name):
    release = json.loads((GOLDEN / "G_extras" / "released_architectures.json").read_text())
    vqvae = vqvae_from_hparams(release["hparams"]["vqvae"])
    derived = release["derived"][name]

    config = prior_from_hparams(release["hparams"][name], vqvae)

    stack, expected = config.transformer, derived["prior"]
    assert config.level == Level(derived["level"])
    assert config.hop == derived["raw_to_tokens"]
    assert (stack.length, stack.block_length) == (expected["n_ctx"], expected["block_ctx"])
    assert (stack.state_width, stack.mlp_width) == (expected["n_state"], expected["mlp_state"])
    assert config.symbols == expected["bins"]
    assert list(stack.patterns) == expected["attn_func_per_layer"]
    assert stack.encoder_length == expected["encoder_dims"]
    assert vqvae.hops == (8, 32, 128)

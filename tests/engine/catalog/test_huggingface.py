import json
from pathlib import Path

import pytest

from engine.catalog.hparams import prior_from_hparams, vqvae_from_hparams
from engine.catalog.huggingface import to_hf
from engine.catalog.specs import ModelConfig

GOLDEN = Path(__file__).parents[4] / "shared" / "golden" / "open"
PRIORS = ("B_upsampler_level_0", "B_upsampler_level_1", "C_top_5b_lyrics")


@pytest.mark.skipif(not GOLDEN.is_dir(), reason="no golden data beside the checkout")
def test_the_exported_configuration_agrees_with_the_library_s_own():
    """Only shared entries are compared: the library writes its defaults where it reads nothing."""
    vqvae = vqvae_from_hparams(_hparams("A_vqvae"))
    priors = tuple(prior_from_hparams(_hparams(name), vqvae) for name in PRIORS)
    expected = json.loads((GOLDEN / "F_hf" / "5b_lyrics" / "config.json").read_text())

    ours = to_hf(ModelConfig(vqvae, priors))

    unused = {"alignment_layer", "alignment_head", "encoder_config"}
    for mine, theirs in zip(ours["prior_config_list"], expected["prior_config_list"], strict=True):
        shared = mine.keys() & theirs.keys() - unused
        assert {k: mine[k] for k in shared} == {k: theirs[k] for k in shared}
    assert len(ours["prior_config_list"][0]["encoder_config"]["attention_layers"]) == 4


def _hparams(name):
    return json.loads((GOLDEN / name / "config.json").read_text())["hparams"]

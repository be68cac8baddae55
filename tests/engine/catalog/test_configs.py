import json

import pytest

from engine.catalog.configs import from_json, to_json
from engine.catalog.specs import (
    ConditionerConfig,
    LabelConfig,
    LabelVersion,
    LyricConfig,
    ModelConfig,
    Pattern,
    PriorConfig,
    TimingConfig,
    TransformerConfig,
    VqVaeConfig,
)
from engine.errors import ModelError
from engine.types import Level


def test_a_configuration_survives_a_json_file():
    config = _small_model()

    read = from_json(json.loads(json.dumps(to_json(config))))

    assert read == config


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("vqvae", "width"), "wide"),
        (("vqvae", "width"), -1),
        (("vqvae", "width"), 2**40),
        (("vqvae", "width"), True),
        (("vqvae", "downs"), 3),
        (("vqvae", "downs"), [3]),
        (("vqvae", "downs"), [1] * 5000),
        (("vqvae",), None),
        (("priors", 0, "level"), "attic"),
        (("priors", 0, "transformer", "blocks"), 0),
        (("priors", 0, "transformer", "heads"), 7),
        (("priors", 0, "labels"), []),
    ],
)
def test_a_wrong_entry_is_refused_in_words(path, value):
    data = to_json(_small_model())
    place = data
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value

    with pytest.raises(ModelError, match="configuration is broken"):
        from_json(data)


def test_missing_and_unknown_entries_are_named():
    missing, unknown = to_json(_small_model()), to_json(_small_model())
    del missing["vqvae"]["strides"]
    unknown["vqvae"]["colour"] = "blue"

    with pytest.raises(ModelError, match="strides"):
        from_json(missing)
    with pytest.raises(ModelError, match="colour"):
        from_json(unknown)


def _small_model() -> ModelConfig:
    """Every optional part present in one prior or another."""
    vqvae = VqVaeConfig(22050, (1, 1), (2, 2), 4, 16, 8, 2, (2, 1), dilation_cycle=4)
    encoder = TransformerConfig(8, 16, 2, 2, 2, (Pattern.DENSE, Pattern.COLUMN))
    lyrics = LyricConfig(8, 80, encoder, alignment_layer=1)
    stack = TransformerConfig(16, 16, 2, 1, 4, (Pattern.BLOCK, Pattern.CROSS), encoder_length=8)
    labels = LabelConfig(LabelVersion.V3, 4, 5, 2, TimingConfig(8, 1.0, 600.0))
    upper = PriorConfig(Level.MIDDLE, 22050, 4, 16, 16, stack, labels=labels, lyrics=lyrics)
    plain = TransformerConfig(16, 16, 1, 1, 4, (Pattern.PREVIOUS_BLOCK,))
    conditioner = ConditionerConfig(1, 2, 8, 2, res_scale=True)
    lower = PriorConfig(Level.BOTTOM, 22050, 2, 16, 16, plain, conditioner=conditioner)
    return ModelConfig(vqvae, (lower, upper))

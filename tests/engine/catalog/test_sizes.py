"""Numbers counted from shapes are those of the networks, weight by weight and cache by cache."""

import pytest
import torch

from engine.catalog.released import RELEASED, released_config
from engine.catalog.sizes import model_numbers, prior_size, vqvae_numbers
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
from engine.nn.layers import Projection
from engine.nn.prior import Prior
from engine.nn.transformer import Transformer
from engine.nn.vqvae import VQVAE
from engine.types import Level

AUTOENCODER = VqVaeConfig(8000, (3, 1, 2), (2, 3, 2), 6, 16, 4, 2, (2, 1, 3), 1.5)
OWN = tuple(pattern for pattern in Pattern if pattern not in (Pattern.CROSS, Pattern.LYRICS))


def odd_model():
    """Every part that a prior may have, in sizes that nothing else has."""
    encoder = TransformerConfig(12, 10, 2, 1, 3, (Pattern.BLOCK, Pattern.COLUMN), 0.5, 2.0)
    top = TransformerConfig(
        24, 14, 7, 2, 4, (*OWN, Pattern.CROSS), 1.0, 3.0, encoder_length=12, tail_length=2
    )
    middle = TransformerConfig(
        36, 12, 2, 3, 6, (Pattern.LYRICS, Pattern.DENSE), 0.5, lyric_length=12
    )
    labels = LabelConfig(LabelVersion.V3, 5, 7, 2, TimingConfig(9, 1.0, 60.0))
    conditioner = ConditionerConfig(2, 3, 11, 2, 1.3)
    parts = (
        {"transformer": TransformerConfig(24, 16, 1, 1, 2, (Pattern.BLOCK,)),
         "conditioner": conditioner},
        {"transformer": middle, "labels": labels, "lyrics": LyricConfig(12, 79, None)},
        {"transformer": top, "labels": labels, "lyrics": LyricConfig(12, 80, encoder),
         "merged_decoder": True},
    )  # fmt: skip
    priors = tuple(
        PriorConfig(level, 8000, hop, 24, 16, **part)
        for level, hop, part in zip(Level, AUTOENCODER.hops, parts, strict=True)
    )
    return ModelConfig(AUTOENCODER, priors)


MODELS = {"odd": odd_model} | {name: lambda name=name: released_config(name) for name in RELEASED}


@pytest.mark.parametrize("name", MODELS)
def test_every_weight_is_counted_once(name):
    config = MODELS[name]()
    with torch.device("meta"):
        vqvae, priors = VQVAE(config.vqvae), [Prior(prior) for prior in config.priors]

    assert vqvae_numbers(config.vqvae) == numbers(vqvae)
    for prior in priors:
        size = prior_size(prior.config)
        assert size.numbers == numbers(prior)
        assert (size.matrices, size.biases) == projections(prior)
    assert model_numbers(config) == sum(map(numbers, (vqvae, *priors)))


@pytest.mark.parametrize("name", MODELS)
def test_every_key_and_value_that_a_take_keeps_is_counted(name):
    for config in MODELS[name]().priors:
        with torch.device("meta"):
            cache = Prior(config).new_cache(3)

        assert 3 * prior_size(config).cache * 4 == cache.stack.size_bytes


def numbers(module):
    return sum(tensor.numel() for tensor in module.state_dict().values())


def projections(prior):
    stacks = [module for module in prior.modules() if isinstance(module, Transformer)]
    found = [part for stack in stacks for part in stack.modules() if isinstance(part, Projection)]
    return sum(p.weight.numel() for p in found), sum(p.bias.numel() for p in found)

"""The configuration written for the library says what the library needs to be told."""

from engine.catalog.huggingface import to_hf
from engine.catalog.specs import (
    ConditionerConfig,
    LyricConfig,
    ModelConfig,
    Pattern,
    PriorConfig,
    TransformerConfig,
    VqVaeConfig,
)
from engine.types import Level

VQVAE = VqVaeConfig(22050, (2, 1, 1), (2, 2, 2), 4, 16, 4, 2, (1, 1, 1))


def test_priors_run_from_the_top_and_hear_nothing_that_is_to_come():
    written = to_hf(ModelConfig(VQVAE, tuple(prior(level) for level in Level)))

    priors = written["prior_config_list"]
    assert [entry["level"] for entry in priors] == [0, 1, 2]
    assert all(entry["mask"] is True for entry in priors)
    assert priors[0]["encoder_config"]["mask"] is True
    assert len(priors[0]["encoder_config"]["attention_layers"]) == 2


def prior(level):
    top = level is Level.TOP
    encoder = TransformerConfig(4, 8, 2, 1, 2, (Pattern.DENSE,) * 2)
    stack = TransformerConfig(8, 8, 1, 1, 2, (Pattern.CROSS if top else Pattern.BLOCK,),
                              encoder_length=4 if top else 0)  # fmt: skip
    return PriorConfig(level, 22050, VQVAE.hops[level], 8, 16, stack, top,
                       lyrics=LyricConfig(4, 80, encoder) if top else None,
                       conditioner=None if top else ConditionerConfig(1, 2, 4, 1))  # fmt: skip


def test_the_library_finds_each_prior_by_itself_too():
    written = to_hf(ModelConfig(VQVAE, tuple(prior(level) for level in Level)))

    assert [written[f"prior_{n}"] for n in range(3)] == written["prior_config_list"]


def test_whole_factors_of_widths_are_integers():
    written = to_hf(ModelConfig(VQVAE, tuple(prior(level) for level in Level)))

    factors = [written["vqvae_config"], *written["prior_config_list"][1:]]
    assert {type(entry["res_convolution_multiplier"]) for entry in factors} == {int}

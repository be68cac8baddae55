"""The table of weight names maps one to one."""

import pytest

from engine.catalog import dialects
from engine.errors import ModelError


@pytest.mark.parametrize("rows", [dialects.VQVAE, dialects.PRIOR])
def test_each_name_has_one_row_in_each_dialect(rows):
    for names in zip(*rows, strict=True):
        assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    ("theirs", "ours", "hf"),
    [
        (
            "encoders.2.level_blocks.1.model.1.1.model.3.model.1.weight",
            "levels.2.encoder.stages.1.downs.1.res.3.dilated.weight",
            "encoders.2.level_blocks.1.downsample_block.3.resnet_block.3.conv1d_1.weight",
        ),
        (
            "decoders.0.level_blocks.0.model.3.1.bias",
            "levels.0.decoder.stages.0.ups.2.deconv.bias",
            "decoders.0.level_blocks.0.upsample_block.5.bias",
        ),
        (
            "bottleneck.level_blocks.1.k",
            "levels.1.codebook.vectors",
            "bottleneck.level_blocks.1.codebook",
        ),
    ],
)
def test_autoencoder_names_translate(theirs, ours, hf):
    _assert_translates(dialects.VQVAE, theirs, ours, hf)


@pytest.mark.parametrize(
    ("theirs", "ours", "hf"),
    [
        (
            "prior.transformer._attn_mods.18.attn.c_enc_kv.w",
            "stack.layers.18.attention.lyrics.weight",
            "prior.transformer._attn_mods.18.attn.c_enc_kv.weight",
        ),
        (
            "prime_prior.transformer._attn_mods.0.ln_1.bias",
            "lyrics.stack.layers.0.mlp_norm.bias",
            "encoder.transformer._attn_mods.0.layer_norm_1.bias",
        ),
        (
            "conditioner_blocks.0.cond.model.2.0.blocks.15.model.3.bias",
            "conditioner.stages.1.res.15.point.bias",
            "conditioner_blocks.upsampler.upsample_block.2.resnet_block.15.conv1d_2.bias",
        ),
        ("prime_state_proj.b", "lyrics.projection.bias", "encoder.proj_in.bias"),
    ],
)
def test_prior_names_translate(theirs, ours, hf):
    _assert_translates(dialects.PRIOR, theirs, ours, hf)


@pytest.mark.parametrize(
    "name",
    [
        "prior.transformer._attn_mods.0.attn.c_attn.weight",
        "prior.transformer._attn_mods.99999.attn.c_attn.w",
        "prior.transformer._attn_mods.٣.attn.c_attn.w",
        "conditioner_blocks.0.cond.model.0.1.weight",
        "prior.x_emb.weight\n",
        "",
    ],
)
def test_names_of_no_jukebox_model_are_refused(name):
    with pytest.raises(ModelError, match="no Jukebox model"):
        dialects.from_openai(dialects.PRIOR)(name)


def test_folders_count_priors_from_the_top():
    assert [dialects.prior_prefix(level) for level in range(3)] == [
        "priors.2.",
        "priors.1.",
        "priors.0.",
    ]


def _assert_translates(rows, theirs, ours, hf):
    assert dialects.from_openai(rows)(theirs) == ours
    assert dialects.to_hf(rows)(ours) == hf
    assert dialects.from_hf(rows)(hf) == ours

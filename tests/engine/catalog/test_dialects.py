"""The table of weight names maps one to one, and covers every weight of our modules."""

import json
from pathlib import Path

import pytest
import torch

from engine.catalog import dialects
from engine.catalog.hparams import prior_from_hparams, vqvae_from_hparams
from engine.errors import ModelError
from engine.nn.prior import Prior
from engine.nn.vqvae import VQVAE

GOLDEN = Path(__file__).parents[4] / "shared" / "golden" / "open"
golden = pytest.mark.skipif(not GOLDEN.is_dir(), reason="no golden data beside the checkout")
RELEASED = {
    "vqvae": 669,
    "upsampler_level_0": 1006,
    "upsampler_level_1": 1006,
    "prior_5b": 872,
    "prior_5b_lyrics": 1194,
    "prior_1b_lyrics": 872,
}


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


@golden
@pytest.mark.parametrize("part", RELEASED)
def test_released_weights_fit_our_modules_one_to_one(part):
    """Names and shapes, in both dialects and back, without a single weight made."""
    release = json.loads((GOLDEN / "G_extras" / "released_architectures.json").read_text())
    rows = dialects.VQVAE if part == "vqvae" else dialects.PRIOR
    manifest = _manifest(release["state_dict"][part])
    assert len(manifest) == RELEASED[part]
    rename, back, forth = dialects.from_openai(rows), dialects.to_hf(rows), dialects.from_hf(rows)

    renamed = {rename(name): shape for name, shape in manifest.items()}
    assert len(renamed) == len(manifest)
    assert all(forth(back(name)) == name for name in renamed)

    module = _module(part, release["hparams"])
    ours = {name: list(tensor.shape) for name, tensor in module.state_dict().items()}
    if "embedding.symbol.weight" in ours:
        ours.setdefault("head.weight", ours["embedding.symbol.weight"])
    assert renamed == ours


@golden
@pytest.mark.parametrize("folder", ["5b_lyrics", "1b_lyrics"])
def test_the_library_s_names_agree_with_the_original_s(folder):
    path = GOLDEN / "F_hf" / folder / "key_mapping_library_to_original.json"

    for file, pairs in json.loads(path.read_text()).items():
        rows = dialects.VQVAE if "vqvae" in file else dialects.PRIOR
        from_hf, from_openai = dialects.from_hf(rows), dialects.from_openai(rows)
        for theirs, original in pairs.items():
            assert from_hf(_without_prefix(theirs)) == from_openai(original)


def _assert_translates(rows, theirs, ours, hf):
    assert dialects.from_openai(rows)(theirs) == ours
    assert dialects.to_hf(rows)(ours) == hf
    assert dialects.from_hf(rows)(hf) == ours


def _manifest(entry):
    shapes = {name: shape for name, (shape, _) in entry["plain"].items()}
    for row in entry["per_layer"]:
        for first, last in row["layers"]:
            for layer in range(first, last + 1):
                shapes[row["key"].replace("<layer>", str(layer))] = row["shape_dtype"][0]
    return shapes


def _module(part, hparams):
    vqvae = vqvae_from_hparams(hparams["vqvae"])
    with torch.device("meta"):
        return VQVAE(vqvae) if part == "vqvae" else Prior(prior_from_hparams(hparams[part], vqvae))


def _without_prefix(name):
    for prefix in ("vqvae.", "priors.0.", "priors.1.", "priors.2."):
        name = name.removeprefix(prefix)
    return name

"""The `config.json` of Hugging Face's Jukebox for a model of ours.

Beside the library's keys stand some of ours, for what it has no key for; it passes over them.
Reading is in `hub`, because what stands on the hub is known to be wrong in places.

Source: transformers 4.40.2, configuration of Jukebox; jukebox specification 8.1.
"""

from __future__ import annotations

from collections.abc import Mapping

from engine.catalog.configs import Json
from engine.catalog.hparams import patterns_for_order
from engine.catalog.specs import (
    ConditionerConfig,
    LabelConfig,
    LyricConfig,
    ModelConfig,
    Pattern,
    PriorConfig,
    TransformerConfig,
    VqVaeConfig,
)
from engine.types import Level

PATTERN_NAMES: Mapping[int, str] = {
    0: "full_dense_attention",
    2: "raw_column_previous_row_attention",
    10: "large_separated_enc_dec_w_lyrics",
    12: "enc_dec_with_lyrics",
}
"""Attention orders that Hugging Face's Jukebox has a name for."""


def to_hf(config: ModelConfig) -> Json:
    """The `config.json` of Hugging Face's Jukebox for a model; its priors run TOP first.

    They are written twice, because the library's whole model reads the list, and its single prior
    an entry of its own. An attention layout that has no name there is called "custom", and no
    longer opens there.
    """
    top = config.priors[-1]
    priors = [prior_to_hf(prior, config.vqvae) for prior in reversed(config.priors)]
    return {
        "architectures": ["JukeboxModel"],
        "model_type": "jukebox",
        "nb_priors": len(config.priors),
        "sampling_rate": config.vqvae.sample_rate,
        **_hf_timing(top),
        "vqvae_config": vqvae_to_hf(config.vqvae),
        "prior_config_list": priors,
        **{f"prior_{number}": prior for number, prior in enumerate(priors)},
    }


def vqvae_to_hf(config: VqVaeConfig) -> Json:
    """The entry `vqvae_config`."""
    return {
        "model_type": "jukebox_vqvae",
        "levels": config.levels,
        "embed_dim": config.embedding_width,
        "nb_discrete_codes": config.codebook_size,
        "res_conv_width": config.width,
        "res_conv_depth": config.depth,
        "res_convolution_multiplier": _factor(config.hidden_factor),
        "res_dilation_growth_rate": config.dilation_growth,
        "res_dilation_cycle": config.dilation_cycle,
        "res_downs_t": list(config.downs),
        "res_strides_t": list(config.strides),
        "multipliers": list(config.multipliers),
        "sampling_rate": config.sample_rate,
        "reverse_decoder_dilation": config.reverse_decoder_dilation,
    }


def prior_to_hf(config: PriorConfig, vqvae: VqVaeConfig) -> Json:
    """The entry of one prior in `prior_config_list`."""
    lyrics = config.lyrics
    return {
        "model_type": "jukebox_prior",
        "level": Level.TOP - config.level,
        "n_ctx": config.context,
        "music_vocab_size": config.codebook_size,
        "embed_dim": config.codebook_size,
        "merged_decoder": config.merged_decoder,
        "sampling_rate": config.sample_rate,
        "is_encoder_decoder": config.single_sequence,
        "lyric_vocab_size": lyrics.vocabulary_size if lyrics else 80,
        "nb_relevant_lyric_tokens": lyrics.tokens if lyrics else 0,
        "encoder_loss_fraction": lyrics.loss_fraction if lyrics else 0.0,
        "alignment_layer": lyrics.alignment_layer if lyrics else 0,
        "alignment_head": lyrics.alignment_head if lyrics else 0,
        "encoder_config": _hf_encoder(lyrics),
        "hop": config.hop,
        "half_matrices": config.half_matrices,
        "pulse": config.pulse,
        **_hf_stages(config, vqvae),
        **_hf_transformer(config.transformer),
        **_hf_labels(config.labels),
        **_hf_timing(config),
        **_hf_conditioner(config.conditioner),
    }


def _hf_stages(config: PriorConfig, vqvae: VqVaeConfig) -> Json:
    """Stages of a conditioner, which the library looks up by its own number of the level."""
    downs, strides = list(vqvae.downs), list(vqvae.strides)
    if config.conditioner is not None:
        place = Level.TOP - config.level
        downs[place], strides[place] = config.conditioner.downs, config.conditioner.stride
    return {"res_downs_t": downs, "res_strides_t": strides}


def _hf_encoder(lyrics: LyricConfig | None) -> Json | None:
    if lyrics is None or lyrics.encoder is None:
        return None
    return {
        "model_type": "jukebox_prior",
        "n_ctx": lyrics.tokens,
        "lyric_vocab_size": lyrics.vocabulary_size,
        "metadata_conditioning": False,
        **_hf_transformer(lyrics.encoder),
    }


def _hf_transformer(config: TransformerConfig) -> Json:
    return {
        "act_fn": "quick_gelu",
        "mask": True,
        "hidden_size": config.width,
        "num_layers": config.depth,
        "n_heads": config.heads,
        "blocks": config.blocks,
        "attention_pattern": _hf_pattern(config.patterns),
        "attention_layers": [pattern.name.lower() for pattern in config.patterns],
        "attention_multiplier": config.attention_factor,
        "mlp_multiplier": config.mlp_factor,
        "attn_res_scale": config.res_scale,
        "init_scale": config.init_scale,
        "zero_out": config.zero_out,
        "spread": config.tail_length if config.tail_length > 1 else None,
    }


def _hf_pattern(patterns: tuple[Pattern, ...]) -> str:
    for order, name in PATTERN_NAMES.items():
        if patterns_for_order(order, len(patterns)) == patterns:
            return name
    return "custom"


def _hf_labels(labels: LabelConfig | None) -> Json:
    if labels is None:
        return {"metadata_conditioning": False}
    return {
        "metadata_conditioning": True,
        "metadata_dims": [labels.genres, labels.artists],
        "max_nb_genres": labels.max_genres,
        "label_version": labels.version.value,
    }


def _factor(factor: float) -> float:
    """Whole factors as integers: the library multiplies a width by it and takes no fraction."""
    return int(factor) if factor == int(factor) else factor


def _hf_timing(config: PriorConfig) -> Json:
    if config.labels is None or config.labels.timing is None:
        return {}
    timing = config.labels.timing
    return {
        "timing_dims": timing.bins,
        "min_duration": timing.min_seconds,
        "max_duration": timing.max_seconds,
    }


def _hf_conditioner(conditioner: ConditionerConfig | None) -> Json:
    if conditioner is None:
        return {}
    return {
        "res_conv_width": conditioner.width,
        "res_conv_depth": conditioner.depth,
        "res_convolution_multiplier": _factor(conditioner.hidden_factor),
        "res_dilation_growth_rate": conditioner.dilation_growth,
        "res_dilation_cycle": conditioner.dilation_cycle,
        "conv_res_scale": conditioner.res_scale,
    }

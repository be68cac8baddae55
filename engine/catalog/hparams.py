"""The hyper-parameters of the 2020 release, and the configurations they describe.

Knows OpenAI's names and numbered attention orders. Knows nothing of weights, files or torch.

Source: jukebox specification 1 and 3.5.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from engine.catalog.specs import (
    ConditionerConfig,
    LabelConfig,
    LabelVersion,
    LyricConfig,
    Pattern,
    PriorConfig,
    TimingConfig,
    TransformerConfig,
    VqVaeConfig,
)
from engine.errors import ModelError
from engine.types import Level

Hparams = Mapping[str, Any]  # Any: values are numbers, lists and flags as the release wrote them.

_BLOCK, _COLUMN, _PREVIOUS = Pattern.BLOCK, Pattern.COLUMN, Pattern.PREVIOUS_BLOCK
_CYCLE = (_BLOCK, _COLUMN, _PREVIOUS)
_LYRIC_CYCLE = (*_CYCLE * 3, Pattern.CROSS)

_PERIODS: Mapping[int, tuple[Pattern, ...]] = {
    0: (Pattern.DENSE,),
    1: (_BLOCK, _COLUMN),
    2: _CYCLE,
    3: (_BLOCK, Pattern.BLOCK_SUMMARY),
    4: (_BLOCK, Pattern.BLOCK_TAILS),
    5: (_BLOCK, Pattern.BLOCK_SUMMARY, _BLOCK, _BLOCK),
    6: (*_CYCLE, Pattern.CROSS),
    7: (*_CYCLE * 5, Pattern.CROSS),
    8: _LYRIC_CYCLE,
    9: (*_CYCLE, Pattern.DENSE),
    10: (*_CYCLE * 3, *_LYRIC_CYCLE * 7),
}
_SIXTEENTHS = {11: Pattern.CROSS, 12: Pattern.LYRICS}


def patterns_for_order(order: int, depth: int) -> tuple[Pattern, ...]:
    """The pattern of each of `depth` layers, for an attention order 0…12 of the 2020 release.

    Raises:
        ModelError: there is no such order.
    """
    if order in _SIXTEENTHS:
        return tuple(_sixteenth(_SIXTEENTHS[order], layer) for layer in range(depth))
    if order not in _PERIODS:
        raise ModelError(
            "There is no attention order {order}; the orders are 0 to 12.", order=order
        )
    period = _PERIODS[order]
    return tuple(period[layer % len(period)] for layer in range(depth))


def _sixteenth(lyrics: Pattern, layer: int) -> Pattern:
    """Every sixteenth layer looks at the lyrics, except that each third of those is dense."""
    if layer % 16 != 15:
        return _CYCLE[layer % 3]
    return Pattern.DENSE if layer % 48 == 47 else lyrics


def vqvae_from_hparams(hparams: Hparams) -> VqVaeConfig:
    """The autoencoder that OpenAI's hyper-parameters describe.

    Raises:
        ModelError: an entry is missing or not supported.
    """
    return _described(lambda: _vqvae(hparams))


def prior_from_hparams(hparams: Hparams, vqvae: VqVaeConfig) -> PriorConfig:
    """The prior that OpenAI's hyper-parameters describe.

    Args:
        hparams: of the prior.
        vqvae: whose codes it models.

    Raises:
        ModelError: an entry is missing or not supported.
    """
    for name in ("copy_input", "y_cond_as_bias", "pos_init", "prime_pos_init"):
        if hparams.get(name):
            raise ModelError("Priors with {name} are not supported.", name=name)
    return _described(lambda: _prior(hparams, vqvae))


_C = TypeVar("_C")


def _described(build: Callable[[], _C]) -> _C:
    try:
        return build()
    except KeyError as error:
        raise ModelError("The hyper-parameters lack the entry {error}.", error=error) from error
    except (TypeError, ValueError, ArithmeticError) as error:
        raise ModelError("The hyper-parameters describe no model: {error}", error=error) from error


def _vqvae(hparams: Hparams) -> VqVaeConfig:
    levels = hparams["levels"]
    return VqVaeConfig(
        sample_rate=hparams["sr"],
        downs=tuple(hparams["downs_t"]),
        strides=tuple(hparams["strides_t"]),
        embedding_width=hparams["emb_width"],
        codebook_size=hparams["l_bins"],
        width=hparams["width"],
        depth=hparams["depth"],
        multipliers=tuple(hparams["hvqvae_multipliers"] or (1,) * levels),
        hidden_factor=hparams["m_conv"],
        dilation_growth=hparams["dilation_growth_rate"],
        dilation_cycle=hparams["dilation_cycle"],
        reverse_decoder_dilation=hparams["vqvae_reverse_decoder_dilation"],
    )


def _prior(hparams: Hparams, vqvae: VqVaeConfig) -> PriorConfig:
    level, lyrics = Level(hparams["level"]), _lyrics(hparams)
    in_sequence = lyrics.tokens if lyrics is not None and lyrics.encoder is None else 0
    separate = lyrics.tokens if lyrics is not None and lyrics.encoder is not None else 0
    top = level == vqvae.levels - 1
    stack = _transformer(hparams, "", hparams["n_ctx"] + in_sequence, (separate, in_sequence))
    return PriorConfig(
        level=level,
        sample_rate=hparams["sr"],
        hop=vqvae.hops[level],
        context=hparams["n_ctx"],
        codebook_size=vqvae.codebook_size,
        transformer=stack,
        merged_decoder=hparams["merged_decoder"],
        labels=_labels(hparams, top) if hparams["labels"] else None,
        lyrics=lyrics,
        conditioner=None if top else _conditioner(hparams, vqvae, level),
        half_matrices=hparams["fp16_params"],
    )


def _transformer(
    hparams: Hparams, prefix: str, length: int, lyric_lengths: tuple[int, int]
) -> TransformerConfig:
    """The stack whose entries start with `prefix`.

    Args:
        lyric_lengths: lyric positions beside the sequence, and inside it.
    """
    depth = hparams[prefix + "depth" if prefix else "prior_depth"]
    patterns = patterns_for_order(hparams[prefix + "attn_order"], depth)
    return TransformerConfig(
        length=length,
        width=hparams[prefix + "width" if prefix else "prior_width"],
        depth=depth,
        heads=hparams[prefix + "heads"],
        blocks=hparams[prefix + "blocks"] or 1,
        patterns=patterns,
        attention_factor=hparams[prefix + "m_attn"],
        mlp_factor=hparams[prefix + "m_mlp"],
        res_scale=hparams[prefix + "res_scale"],
        encoder_length=lyric_lengths[0],
        lyric_length=lyric_lengths[1],
        tail_length=hparams[prefix + "spread"] or 1,
        init_scale=hparams[prefix + "init_scale"],
        zero_out=hparams[prefix + "zero_out"],
    )


def _labels(hparams: Hparams, top: bool) -> LabelConfig:
    genres, artists = hparams["y_bins"]
    timing = TimingConfig(hparams["t_bins"], hparams["min_duration"], hparams["max_duration"])
    return LabelConfig(
        version=LabelVersion.V3 if hparams["labels_v3"] else LabelVersion.V2,
        genres=genres,
        artists=artists,
        max_genres=hparams["max_bow_genre_size"],
        timing=timing if top else None,
    )


def _lyrics(hparams: Hparams) -> LyricConfig | None:
    if not hparams["use_tokens"]:
        return None
    tokens = hparams["n_tokens"]
    single = hparams["single_enc_dec"]
    return LyricConfig(
        tokens=tokens,
        vocabulary_size=hparams["n_vocab"],
        encoder=None if single else _transformer(hparams, "prime_", tokens, (0, 0)),
        loss_fraction=hparams["prime_loss_fraction"],
        alignment_layer=hparams["alignment_layer"] or 0,
        alignment_head=hparams["alignment_head"] or 0,
    )


def _conditioner(hparams: Hparams, vqvae: VqVaeConfig, level: Level) -> ConditionerConfig:
    return ConditionerConfig(
        downs=vqvae.downs[level + 1],
        stride=vqvae.strides[level + 1],
        width=hparams["cond_width"],
        depth=hparams["cond_depth"],
        hidden_factor=hparams["cond_m_conv"],
        dilation_growth=hparams["cond_dilation_growth_rate"],
        dilation_cycle=hparams["cond_dilation_cycle"],
        res_scale=hparams["cond_res_scale"],
    )

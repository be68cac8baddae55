"""The architectures of the models released in 2020, as a table.

They are never taken from a hub's configuration, some of which are wrong. Knows nothing of weights.

Source: jukebox specification 1.1 to 1.5.
"""

from __future__ import annotations

from engine.catalog.hparams import patterns_for_order
from engine.catalog.specs import (
    ConditionerConfig,
    LabelConfig,
    LabelVersion,
    LyricConfig,
    ModelConfig,
    PriorConfig,
    TimingConfig,
    TransformerConfig,
    VqVaeConfig,
)
from engine.errors import ModelMissingError
from engine.types import Level

VQVAE = VqVaeConfig(
    sample_rate=44_100,
    downs=(3, 2, 2),
    strides=(2, 2, 2),
    embedding_width=64,
    codebook_size=2048,
    width=32,
    depth=4,
    multipliers=(2, 1, 1),
)
_CONTEXT, _CONTEXT_1B = 8192, 6144
_LONGEST_S = 600.0


def _labels_v2(timing: TimingConfig | None = None) -> LabelConfig:
    return LabelConfig(LabelVersion.V2, genres=120, artists=4111, max_genres=5, timing=timing)


def _upsampler(level: Level, *, res_scale: bool) -> PriorConfig:
    stack = TransformerConfig(
        _CONTEXT, 1920, 72, heads=1, blocks=128, patterns=patterns_for_order(2, 72), init_scale=0.4
    )
    conditioner = ConditionerConfig(
        downs=2, stride=2, width=1024, depth=16, dilation_cycle=8, res_scale=res_scale
    )
    return PriorConfig(
        level, VQVAE.sample_rate, VQVAE.hops[level], _CONTEXT, VQVAE.codebook_size, stack,
        labels=_labels_v2(), conditioner=conditioner,
    )  # fmt: skip


def _top(
    context: int,
    stack: TransformerConfig,
    labels: LabelConfig,
    lyrics: LyricConfig | None,
    size_5b: bool,
) -> PriorConfig:
    return PriorConfig(
        Level.TOP, VQVAE.sample_rate, VQVAE.hops[Level.TOP], context, VQVAE.codebook_size, stack,
        merged_decoder=size_5b, labels=labels, lyrics=lyrics, half_matrices=size_5b,
    )  # fmt: skip


def _top_1b_lyrics() -> PriorConfig:
    characters = 384
    stack = TransformerConfig(
        _CONTEXT_1B + characters, 2048, 72, heads=2, blocks=64,
        patterns=patterns_for_order(12, 72), lyric_length=characters, init_scale=0.2,
    )  # fmt: skip
    timing = TimingConfig(64, 17.84, _LONGEST_S)
    labels = LabelConfig(LabelVersion.V3, genres=604, artists=7898, max_genres=1, timing=timing)
    lyrics = LyricConfig(characters, 79, encoder=None, alignment_layer=63)
    return _top(_CONTEXT_1B, stack, labels, lyrics, size_5b=False)


def _top_5b() -> PriorConfig:
    stack = TransformerConfig(
        _CONTEXT, 4800, 72, heads=8, blocks=128, patterns=patterns_for_order(2, 72), init_scale=0.1
    )
    labels = _labels_v2(TimingConfig(128, 60.0, _LONGEST_S))
    return _top(_CONTEXT, stack, labels, None, size_5b=True)


def _top_5b_lyrics() -> PriorConfig:
    characters = 512
    encoder = TransformerConfig(
        characters, 1280, 18, heads=4, blocks=32, patterns=patterns_for_order(2, 18), init_scale=0.7
    )
    stack = TransformerConfig(
        _CONTEXT, 4800, 79, heads=8, blocks=128, patterns=patterns_for_order(10, 79),
        encoder_length=characters, init_scale=0.1,
    )  # fmt: skip
    lyrics = LyricConfig(characters, 80, encoder, alignment_layer=68, alignment_head=2)
    labels = _labels_v2(TimingConfig(128, 23.8, _LONGEST_S))
    return _top(_CONTEXT, stack, labels, lyrics, size_5b=True)


_TOPS = {"1b_lyrics": _top_1b_lyrics, "5b": _top_5b, "5b_lyrics": _top_5b_lyrics}
RELEASED = tuple(_TOPS)
"""Names of the released models."""


def released_config(name: str) -> ModelConfig:
    """The architecture of a released model.

    Raises:
        ModelMissingError: none has that name.
    """
    if name not in _TOPS:
        raise ModelMissingError(
            "No model of 2020 is called “{name}”. There are: {names}.",
            name=name[:64],
            names=", ".join(RELEASED),
        )
    lower = _upsampler(Level.BOTTOM, res_scale=False), _upsampler(Level.MIDDLE, res_scale=True)
    return ModelConfig(VQVAE, (*lower, _TOPS[name]()))

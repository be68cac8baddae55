"""Small random priors of every kind, and what their windows are conditioned on."""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch

from engine.catalog.specs import (
    ConditionerConfig,
    LabelConfig,
    LabelVersion,
    LyricConfig,
    Pattern,
    PriorConfig,
    TimingConfig,
    TransformerConfig,
)
from engine.nn.conditioning import Conditioning, LabelBatch
from engine.nn.prior import Prior
from engine.steps.drawing import filtered
from engine.types import Level, LevelSettings

CODES, CHARACTERS, BLOCK = 90, 24, 8


@dataclass(frozen=True)
class Kind:
    """What a test varies of a prior."""

    patterns: tuple[Pattern, ...]
    context: int = 64
    width: int = 40
    heads: int = 2
    res_scale: bool = False
    merged: bool = False
    lyrics: str = ""
    upper: bool = False
    mlp_factor: float = 1.0


SPARSE = (Pattern.BLOCK, Pattern.COLUMN, Pattern.PREVIOUS_BLOCK)
KINDS = {
    "sparse": Kind(SPARSE, heads=1),
    "dense": Kind((Pattern.DENSE, Pattern.DENSE), heads=4, res_scale=True),
    "tails": Kind((Pattern.BLOCK_TAILS, Pattern.BLOCK_SUMMARY), mlp_factor=2.0),
    "upsampler": Kind(SPARSE, upper=True, res_scale=True),
    "lyric encoder": Kind((*SPARSE, Pattern.CROSS), merged=True, lyrics="encoder"),
    "single sequence": Kind((*SPARSE, Pattern.LYRICS, Pattern.DENSE), lyrics="sequence"),
}


def long(kind: Kind) -> Kind:
    """The same with a window of 1,024 codes."""
    return replace(kind, context=1024)


def config_of(kind: Kind) -> PriorConfig:
    """A top prior, or an upsampler."""
    encoder = TransformerConfig(CHARACTERS, 16, 1, 1, 3, (Pattern.BLOCK,), init_scale=8)
    lyrics = LyricConfig(CHARACTERS, 80, encoder if kind.lyrics == "encoder" else None)
    in_sequence = CHARACTERS if kind.lyrics == "sequence" else 0
    length = kind.context + in_sequence
    stack = TransformerConfig(
        length,
        kind.width,
        len(kind.patterns),
        kind.heads,
        length // BLOCK,
        kind.patterns,
        attention_factor=0.6,
        mlp_factor=kind.mlp_factor,
        res_scale=kind.res_scale,
        encoder_length=CHARACTERS if kind.lyrics == "encoder" else 0,
        lyric_length=in_sequence,
        tail_length=3,
        init_scale=8,
    )
    return PriorConfig(
        Level.MIDDLE if kind.upper else Level.TOP,
        1000,
        10,
        kind.context,
        CODES,
        stack,
        merged_decoder=kind.merged,
        labels=LabelConfig(
            LabelVersion.V3, 4, 5, 2, None if kind.upper else TimingConfig(8, 1.0, 60.0)
        ),
        lyrics=lyrics if kind.lyrics else None,
        conditioner=ConditionerConfig(2, 2, width=6, depth=2) if kind.upper else None,
    )


def prior_of(kind: Kind) -> Prior:
    """With random weights, biases and zero matrices too."""
    torch.manual_seed(0)
    prior = Prior(config_of(kind)).requires_grad_(False).eval()
    for parameter in prior.parameters():
        if not parameter.any():
            torch.nn.init.normal_(parameter, std=0.3)
    return prior


def conditioning_of(prior: Prior, batch: int) -> Conditioning:
    """Of a window whose rows all differ."""
    draw = torch.Generator().manual_seed(2)
    config = prior.config
    labels = LabelBatch(
        total_length=torch.randint(9_000, 50_000, (batch,), generator=draw),
        offset=torch.randint(0, 8_000, (batch,), generator=draw),
        length=torch.full((batch,), config.context * config.hop),
        artist=torch.randint(0, 5, (batch,), generator=draw),
        genres=torch.randint(0, 4, (batch, 2), generator=draw),
        lyrics=torch.randint(0, 80, (batch, CHARACTERS), generator=draw) if config.lyrics else None,
    )
    upper = torch.randint(0, CODES, (batch, config.context // 4), generator=draw)
    with torch.inference_mode():
        return prior.condition(labels, upper if config.conditioner else None)


def codes_of(prior: Prior, batch: int) -> torch.Tensor:
    """(batch, context) random codes."""
    draw = torch.Generator().manual_seed(1)
    return torch.randint(0, CODES, (batch, prior.config.context), generator=draw)


def borders_of(
    prior: Prior, codes: torch.Tensor, conditioning: Conditioning, settings: LevelSettings
) -> torch.Tensor:
    """(1, symbols) at which the draw after these codes goes over from one symbol to the next."""
    with torch.inference_mode():
        logits = prior.prefill(codes, conditioning, prior.new_cache(1))
    kept = filtered(logits / settings.temperature, settings.top_k, settings.top_p)
    return kept.double().softmax(-1).cumsum(-1)

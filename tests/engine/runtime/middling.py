"""A model of middling size with random weights: large enough to weigh, made in a second or two."""

from __future__ import annotations

from pathlib import Path

from engine.catalog.specs import (
    ConditionerConfig,
    ModelConfig,
    Pattern,
    PriorConfig,
    TransformerConfig,
    VqVaeConfig,
)
from engine.training.fabricate import fabricate
from engine.types import Level

RATE, HOPS, CONTEXT, CODES = 8_000, (8, 32, 128), 256, 64
PATTERNS = (Pattern.BLOCK, Pattern.COLUMN, Pattern.PREVIOUS_BLOCK)


def prior(level: Level, width: int, depth: int) -> PriorConfig:
    """A prior without labels."""
    stack = TransformerConfig(CONTEXT, width, depth, 1, 16, PATTERNS * (depth // 3))
    conditioner = None if level is Level.TOP else ConditionerConfig(2, 2, 16, 2)
    return PriorConfig(level, RATE, HOPS[level], CONTEXT, CODES, stack, conditioner=conditioner)


def config() -> ModelConfig:
    """21 million weights at the top, few below."""
    vqvae = VqVaeConfig(RATE, (3, 2, 2), (2, 2, 2), 8, CODES, 8, 1, (1, 1, 1))
    sizes = {Level.BOTTOM: (96, 3), Level.MIDDLE: (96, 3), Level.TOP: (768, 12)}
    return ModelConfig(vqvae, tuple(prior(level, *size) for level, size in sizes.items()))


def write(root: Path) -> Path:
    """Its folder, called “middling”."""
    fabricate(config(), root / "middling")
    return root / "middling"

"""What is measured: the priors of an installed model, or one of random numbers of a given shape.

Knows architectures and folders. Knows nothing of torch: children load what is named here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.catalog.hparams import patterns_for_order
from engine.catalog.released import VQVAE
from engine.catalog.specs import (
    ConditionerConfig,
    ModelConfig,
    Pattern,
    PriorConfig,
    TransformerConfig,
)
from engine.catalog.store import InstalledModel, ModelStore, open_model
from engine.errors import TaskError
from engine.types import Level

_SHAPE = re.compile(r"(\d{1,5})x(\d{1,3})")
_CONTEXT, _BLOCKS, _ORDER = 8192, 128, 2
_WIDEST = 8192


@dataclass(frozen=True, slots=True)
class Subject:
    """Priors to measure.

    Attributes:
        name: as it was asked for.
        config: its architecture; a random one has a single prior.
        folder: with its weights; None where they have yet to be drawn.
        installed: the model, where it can compose.
    """

    name: str
    config: ModelConfig
    folder: Path | None
    installed: InstalledModel | None

    def prior(self, level: Level) -> PriorConfig:
        """The prior of a level.

        Raises:
            TaskError: it has none.
        """
        for prior in self.config.priors:
            if prior.level is level:
                return prior
        there = ", ".join(prior.level.name.lower() for prior in self.config.priors)
        raise TaskError(f"“{self.name}” has no {level.name.lower()} prior, only {there}.")

    def with_prior(self, level: Level) -> ModelConfig:
        """The architecture with that prior alone."""
        return ModelConfig(self.config.vqvae, (self.prior(level),))


def subject(name: str, store: ModelStore) -> Subject:
    """What a name on the command line stands for.

    Args:
        name: the id of an installed model, a model's folder, or a shape as WIDTHxDEPTH.

    Raises:
        TaskError: the shape makes no model.
        ModelError: there is no such model, or it is damaged.
    """
    if match := _SHAPE.fullmatch(name):
        return random_subject(int(match[1]), int(match[2]))
    folder = Path(name)
    model = open_model(folder.resolve()) if folder.is_dir() else store.get(name)
    return Subject(model.spec.id, model.config, model.folder, model)


def random_subject(width: int, depth: int) -> Subject:
    """An upsampler in the layout of the released ones, of another width and depth.

    The conditioner is small: it runs once a window and is not what is measured.

    Raises:
        TaskError: the shape makes no model.
    """
    if not 8 <= width <= _WIDEST or width % 8 or not depth:
        raise TaskError(
            f"A width is a multiple of 8 up to {_WIDEST}, and a depth at least 1, as in 1920x12; "
            f"“{width}x{depth}” makes no model."
        )
    patterns = patterns_for_order(_ORDER, depth)
    stack = TransformerConfig(_CONTEXT, width, depth, heads=1, blocks=_BLOCKS, patterns=patterns)
    prior = PriorConfig(
        Level.BOTTOM,
        VQVAE.sample_rate,
        VQVAE.hops[Level.BOTTOM],
        _CONTEXT,
        VQVAE.codebook_size,
        stack,
        conditioner=ConditionerConfig(downs=2, stride=2, width=64, depth=1),
    )
    return Subject(f"{width}x{depth}", ModelConfig(VQVAE, (prior,)), None, None)


def bytes_per_token(config: PriorConfig, position: int, weight_bytes: int, batch: int) -> int:
    """Bytes that one step must read: weights once, keys and values once per row of the batch.

    Args:
        position: of the step in the sequence.
        weight_bytes: of a number in the stack's matrices; everything else takes 4.
    """
    stack = config.transformer
    width, state, wide = stack.width, stack.state_width, stack.mlp_width
    heard = stack.patterns.count(Pattern.CROSS) * 2 * state  # Their keys come from elsewhere.
    matrices = stack.depth * (4 * width * state + 2 * width * wide) - heard * width
    vectors = stack.depth * (3 * state + 6 * width + wide) - heard
    pasts = batch * 2 * state * rows_read(stack, position)
    return weight_bytes * matrices + 4 * (vectors + config.symbols * width + pasts)


def rows_read(stack: TransformerConfig, position: int) -> int:
    """Rows of keys (and as many of values) that all layers together read at a position."""
    block, inside = divmod(position, stack.block_length)

    def tails(length: int) -> int:
        own = max(0, inside + 1 - (stack.block_length - length))
        return min(block * length + own, (stack.blocks - 1) * length)

    counts = {
        Pattern.DENSE: position + 1,
        Pattern.BLOCK: inside + 1,
        Pattern.COLUMN: block + 1,
        Pattern.PREVIOUS_BLOCK: stack.block_length if block else 0,
        Pattern.BLOCK_SUMMARY: tails(1),
        Pattern.BLOCK_TAILS: tails(stack.tail_length),
        Pattern.CROSS: stack.encoder_length,
        Pattern.LYRICS: min(position + 1, (stack.lyric_length // stack.blocks + 1) * stack.blocks),
    }
    return sum(counts[pattern] for pattern in stack.patterns)


def levels_of(wished: Sequence[Level], about: Subject) -> tuple[Level, ...]:
    """The levels to measure, TOP first: those wished, or all there are."""
    there = [prior.level for prior in about.config.priors]
    levels = sorted(wished or there, reverse=True)
    for level in levels:
        about.prior(level)
    return tuple(levels)

"""How many numbers a model is made of, from its shapes alone: nothing is built, no file is opened.

Counts numbers, not bytes: how many bytes each takes is a matter of precision. Knows nothing of
torch, so a plan can be made before anything slow begins.
"""

from __future__ import annotations

from dataclasses import dataclass

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

_KERNEL = 3


@dataclass(frozen=True, slots=True)
class PriorSize:
    """What a prior is made of.

    Attributes:
        matrices: numbers in the attention stacks' projection matrices, which precision is about.
        biases: numbers in those projections' biases.
        others: all other numbers, always in single precision.
        cache: numbers of keys and values that one take keeps while a window is sampled.
        largest_layer: numbers in the matrices and biases of the largest layer.
    """

    matrices: int
    biases: int
    others: int
    cache: int
    largest_layer: int

    @property
    def numbers(self) -> int:
        """All weights."""
        return self.matrices + self.biases + self.others


def prior_size(config: PriorConfig) -> PriorSize:
    """The size of a prior."""
    stacks = [config.transformer]
    if config.lyrics is not None and config.lyrics.encoder is not None:
        stacks.append(config.lyrics.encoder)
    layers = [(stack, pattern) for stack in stacks for pattern in stack.patterns]
    sizes = [_layer_size(pattern, stack) for stack, pattern in layers]
    return PriorSize(
        matrices=sum(matrices for matrices, _ in sizes),
        biases=sum(biases for _, biases in sizes),
        others=4 * sum(stack.width for stack, _ in layers) + _around_the_stack(config),
        cache=sum(_cache_rows(p, s) * 2 * s.state_width for s, p in layers if s is stacks[0]),
        largest_layer=max(matrices + biases for matrices, biases in sizes),
    )


def vqvae_numbers(config: VqVaeConfig) -> int:
    """All weights of the autoencoder."""
    return sum(_vqvae_level(config, level) for level in range(config.levels))


def model_numbers(config: ModelConfig) -> int:
    """All weights of a model."""
    priors = sum(prior_size(prior).numbers for prior in config.priors)
    return vqvae_numbers(config.vqvae) + priors


def _layer_size(pattern: Pattern, stack: TransformerConfig) -> tuple[int, int]:
    """Numbers in the matrices and in the biases of a layer's projections."""
    width, state, wide = stack.width, stack.state_width, stack.mlp_width
    heard = 2 * state if pattern is Pattern.CROSS else 0
    asked = state if pattern is Pattern.CROSS else 3 * state
    matrices = width * (asked + heard + state + 2 * wide)
    return matrices, asked + heard + width + wide + width


def _cache_rows(pattern: Pattern, stack: TransformerConfig) -> int:
    """Positions whose keys and values a layer keeps."""
    match pattern:
        case Pattern.DENSE | Pattern.COLUMN:
            return stack.length
        case Pattern.BLOCK:
            return stack.block_length
        case Pattern.PREVIOUS_BLOCK:
            return 2 * stack.block_length
        case Pattern.BLOCK_SUMMARY:
            return stack.blocks + 1
        case Pattern.BLOCK_TAILS:
            return (stack.blocks + 1) * stack.tail_length
        case Pattern.CROSS:
            return stack.encoder_length
        case Pattern.LYRICS:
            return (stack.lyric_length // stack.blocks + 1) * stack.blocks


def _around_the_stack(config: PriorConfig) -> int:
    stack = config.transformer
    symbols = config.symbols * stack.width
    count = symbols + stack.length * stack.width
    count += symbols if config.merged_decoder else 0
    count += _label_numbers(config.labels, stack.width)
    if config.conditioner is not None:
        count += config.codebook_size * stack.width
        count += _conditioner_numbers(config.conditioner, stack.width)
    if config.lyrics is not None and config.lyrics.encoder is not None:
        count += _encoder_numbers(config.lyrics, config.lyrics.encoder, stack.width)
    return count


def _label_numbers(labels: LabelConfig | None, width: int) -> int:
    if labels is None:
        return width
    rows = labels.genres + labels.artists + (3 * labels.timing.bins if labels.timing else 0)
    return rows * width


def _conditioner_numbers(config: ConditionerConfig, width: int) -> int:
    inside = config.width
    stages = config.downs * _residuals(inside, config.hidden_factor, config.depth)
    turns = (config.downs - 1) * _convolution(inside, inside, 2 * config.stride)
    turns += _convolution(inside, width, 2 * config.stride)
    return _convolution(width, inside, _KERNEL) + stages + turns + 2 * width


def _encoder_numbers(lyrics: LyricConfig, encoder: TransformerConfig, width: int) -> int:
    embedded = (1 + lyrics.vocabulary_size + encoder.length) * encoder.width
    return embedded + (encoder.width + 1) * width + 2 * width + lyrics.vocabulary_size * width


def _vqvae_level(config: VqVaeConfig, level: int) -> int:
    inner, width = config.embedding_width, config.width * config.multipliers[level]
    depth = config.depth * config.multipliers[level]
    residuals = _residuals(width, config.hidden_factor, depth)
    count = config.codebook_size * inner + _convolution(inner, 1, _KERNEL)
    for stage in range(level + 1):
        downs, kernel = config.downs[stage], 2 * config.strides[stage]
        first = 1 if stage == 0 else inner
        between = (downs - 1) * _convolution(width, width, kernel)
        count += _convolution(first, width, kernel) + between + _convolution(width, inner, _KERNEL)
        count += _convolution(inner, width, _KERNEL) + between + _convolution(width, inner, kernel)
        count += 2 * downs * residuals
    return count


def _residuals(width: int, hidden_factor: float, depth: int) -> int:
    hidden = int(hidden_factor * width)
    return depth * (_convolution(width, hidden, _KERNEL) + _convolution(hidden, width, 1))


def _convolution(inputs: int, outputs: int, kernel: int) -> int:
    return inputs * outputs * kernel + outputs

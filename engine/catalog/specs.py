"""What models look like: typed, frozen configurations, and the facts the desk needs of a model.

Knows shapes, sizes and units. Knows nothing of files, weights or torch.

Source: Jukebox paper, appendix B; released hyper-parameters of the 2020 models.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import IntEnum, StrEnum

from engine.types import PUBLISHED_TEMPERATURES, Level, LevelSettings, ModelId, SamplingSettings

_MAX_HOP_BITS = 24
_MAX_BLOCKS = 256


def _require_reach(blocks: int, growth: int, cycle: int | None) -> None:
    """Nothing, if residual blocks can be run.

    Raises:
        ValueError: there are too many, or they reach beyond any song.
    """
    if blocks > _MAX_BLOCKS:
        raise ValueError(f"{blocks} residual blocks per stage are more than can be run.")
    last = min(blocks, cycle or blocks) - 1
    if last * math.log2(max(growth, 1)) > _MAX_HOP_BITS:
        raise ValueError(f"Dilations up to {growth}^{last} reach beyond any song.")


class Pattern(IntEnum):
    """Which earlier positions an attention layer sees; numbered as in the released models."""

    DENSE = 0
    BLOCK = 1
    COLUMN = 2
    PREVIOUS_BLOCK = 3
    BLOCK_SUMMARY = 4
    BLOCK_TAILS = 5
    CROSS = 6
    LYRICS = 7


class LabelVersion(StrEnum):
    """Which rules turn names and lyrics into numbers: the 5B models' (v2) or the 1B's (v3)."""

    V2 = "v2"
    V3 = "v3"


@dataclass(frozen=True, slots=True)
class VqVaeConfig:
    """The three-level autoencoder between sound and codes. Tuples run BOTTOM first.

    Attributes:
        sample_rate: samples per second of the sound it works on.
        downs: per level, how many stages of `strides` lie above the level below it.
        strides: per level, by how much each of those stages shortens.
        embedding_width: length of a code's vector.
        codebook_size: codes per level.
        width, depth: channels, and residual blocks per stage, before the level's multiplier.
        multipliers: per level, for width and depth of its own encoder and decoder.
        hidden_factor: inner width of a residual block over its width.
        dilation_growth: residual block d is dilated by growth^(d mod cycle).
        dilation_cycle: None for no cycle.
        reverse_decoder_dilation: decoders start with the largest dilation.
    """

    sample_rate: int
    downs: tuple[int, ...]
    strides: tuple[int, ...]
    embedding_width: int
    codebook_size: int
    width: int
    depth: int
    multipliers: tuple[int, ...]
    hidden_factor: float = 1.0
    dilation_growth: int = 3
    dilation_cycle: int | None = None
    reverse_decoder_dilation: bool = True

    def __post_init__(self) -> None:
        if not len(self.downs) == len(self.strides) == len(self.multipliers) >= 1:
            raise ValueError("downs, strides and multipliers need one entry per level.")
        blocks = self.depth * max(self.multipliers)
        _require_reach(blocks, self.dilation_growth, self.dilation_cycle)
        stages = list(zip(self.downs, self.strides, strict=True))
        if sum(down * math.log2(max(stride, 2)) for down, stride in stages) > _MAX_HOP_BITS:
            raise ValueError(f"The stages {stages} make codes longer than any song.")

    @property
    def levels(self) -> int:
        """How many levels there are; 3 in every model that can be composed with."""
        return len(self.downs)

    @property
    def hops(self) -> tuple[int, ...]:
        """Samples per code, BOTTOM first."""
        factors = [s**d for s, d in zip(self.strides, self.downs, strict=True)]
        return tuple(math.prod(factors[: level + 1]) for level in range(self.levels))


@dataclass(frozen=True, slots=True)
class TransformerConfig:
    """A stack of residual attention blocks.

    Attributes:
        length: positions of the whole sequence, lyrics of a single-sequence model included.
        width: of the residual stream.
        depth: layers.
        heads: attention heads.
        blocks: into how many equal blocks the sequence is cut.
        patterns: one per layer.
        attention_factor: state width of attention over `width`.
        mlp_factor: hidden width of the MLP over `width`.
        res_scale: scale residual branches by 1/depth.
        encoder_length: positions that CROSS layers see; 0 without such layers.
        lyric_length: leading positions that hold lyrics in a single-sequence model.
        tail_length: positions at the end of each earlier block that BLOCK_TAILS layers see.
        init_scale: standard deviation of initial weights over 0.02.
        zero_out: start output projections at zero.
    """

    length: int
    width: int
    depth: int
    heads: int
    blocks: int
    patterns: tuple[Pattern, ...]
    attention_factor: float = 0.25
    mlp_factor: float = 1.0
    res_scale: bool = False
    encoder_length: int = 0
    lyric_length: int = 0
    tail_length: int = 1
    init_scale: float = 1.0
    zero_out: bool = False

    def __post_init__(self) -> None:
        if len(self.patterns) != self.depth:
            raise ValueError(
                f"{self.depth} layers need {self.depth} patterns, not {len(self.patterns)}."
            )
        if self.length % self.blocks:
            raise ValueError(f"{self.length} positions do not cut into {self.blocks} blocks.")
        if self.state_width % self.heads:
            raise ValueError(
                f"A state of {self.state_width} does not split into {self.heads} heads."
            )

    @property
    def block_length(self) -> int:
        """Positions in a block."""
        return self.length // self.blocks

    @property
    def state_width(self) -> int:
        """Width of queries, keys and values, all heads together."""
        return int(self.attention_factor * self.width)

    @property
    def mlp_width(self) -> int:
        """Hidden width of the MLP."""
        return int(self.mlp_factor * self.width)


@dataclass(frozen=True, slots=True)
class TimingConfig:
    """How a top prior hears of time. Seconds bound what it was trained on.

    Attributes:
        bins: rows of each of the three timing tables.
        min_seconds, max_seconds: a song's length lies at or above the first and below the second.
    """

    bins: int
    min_seconds: float
    max_seconds: float


@dataclass(frozen=True, slots=True)
class LabelConfig:
    """How a prior hears of artist, genres and time.

    Attributes:
        version: which rules and name lists.
        genres, artists: rows of the tables.
        max_genres: genre slots; their vectors add up.
        timing: None below the top level.
    """

    version: LabelVersion
    genres: int
    artists: int
    max_genres: int
    timing: TimingConfig | None = None


@dataclass(frozen=True, slots=True)
class LyricConfig:
    """How a top prior hears of lyrics.

    Attributes:
        tokens: characters in view at once.
        vocabulary_size: characters known, the empty one included.
        encoder: the separate lyric transformer, or None when lyrics and codes are one sequence.
        loss_fraction: weight of the lyrics' own loss in training.
        alignment_layer, alignment_head: where attention shows which character is being sung.
    """

    tokens: int
    vocabulary_size: int
    encoder: TransformerConfig | None
    loss_fraction: float = 0.4
    alignment_layer: int = 0
    alignment_head: int = 0


@dataclass(frozen=True, slots=True)
class ConditionerConfig:
    """The convolutions of an upsampler that turn upper codes into one vector per position.

    Attributes:
        downs, stride: stages, and by how much each lengthens; together the codes per upper code.
        width, depth: channels, and residual blocks per stage.
        hidden_factor: inner width of a residual block over its width.
        dilation_growth, dilation_cycle: as in the VQ-VAE, never reversed.
        res_scale: scale residual branches by 1/√depth.
    """

    downs: int
    stride: int
    width: int
    depth: int
    hidden_factor: float = 1.0
    dilation_growth: int = 3
    dilation_cycle: int | None = None
    res_scale: bool = False

    def __post_init__(self) -> None:
        _require_reach(self.depth, self.dilation_growth, self.dilation_cycle)
        if self.downs * math.log2(max(self.stride, 2)) > _MAX_HOP_BITS:
            raise ValueError(f"{self.downs} stages of {self.stride} make codes longer than a song.")

    @property
    def factor(self) -> int:
        """Codes per upper code."""
        return self.stride**self.downs


@dataclass(frozen=True, slots=True)
class PriorConfig:
    """An autoregressive model of the codes of one level.

    Attributes:
        level: whose codes.
        sample_rate, hop: of those codes.
        context: codes in a window.
        codebook_size: codes per level.
        transformer: its stack; `length` is `context` plus the lyrics of a single-sequence model.
        merged_decoder: do not add conditioning again after the stack, and do not tie the output
            matrix to the input embedding.
        labels: None for a model without labels, which starts with a learned vector.
        lyrics: None for a model without lyrics.
        conditioner: None at the top level.
        half_matrices: the reference keeps the projection matrices in half precision.
        pulse: codes on whose multiples in a song windows of TOP begin, 1 to `context`: the model
            learnt that beats do.
    """

    level: Level
    sample_rate: int
    hop: int
    context: int
    codebook_size: int
    transformer: TransformerConfig
    merged_decoder: bool = False
    labels: LabelConfig | None = None
    lyrics: LyricConfig | None = None
    conditioner: ConditionerConfig | None = None
    half_matrices: bool = False
    pulse: int = 1

    def __post_init__(self) -> None:
        most = self.context if self.conditioner is None else 1
        if not 1 <= self.pulse <= most:
            raise ValueError(f"The pulse of a prior here is 1 to {most} codes, not {self.pulse}.")
        if self.transformer.length != self.context + self.lyrics_in_sequence:
            raise ValueError(
                f"The stack has {self.transformer.length} positions, but the window needs "
                f"{self.context + self.lyrics_in_sequence}."
            )
        lyrics, stack = self.lyrics, self.transformer
        if lyrics and not (lyrics.alignment_layer < stack.depth and
                           lyrics.alignment_head < stack.heads):  # fmt: skip
            raise ValueError(
                f"There is no head {lyrics.alignment_head} in a layer {lyrics.alignment_layer} to "
                "align lyrics with."
            )

    @property
    def single_sequence(self) -> bool:
        """Lyrics and codes are one sequence with one vocabulary, lyrics first."""
        return self.lyrics is not None and self.lyrics.encoder is None

    @property
    def lyrics_in_sequence(self) -> int:
        """Leading positions of the sequence that hold lyrics."""
        return 0 if self.lyrics is None or not self.single_sequence else self.lyrics.tokens

    @property
    def first_code(self) -> int:
        """Symbol of code 0: lyrics come first in the vocabulary of a single-sequence model."""
        if self.lyrics is None or not self.single_sequence:
            return 0
        return self.lyrics.vocabulary_size

    @property
    def symbols(self) -> int:
        """Size of the input and output vocabulary."""
        return self.first_code + self.codebook_size


@dataclass(frozen=True, slots=True)
class ModelConfig:
    """A whole model: the VQ-VAE, and one prior per level, BOTTOM first."""

    vqvae: VqVaeConfig
    priors: tuple[PriorConfig, ...]


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """What a person, and the desk, need to know of a model. Nothing here needs its weights.

    Attributes:
        id: its name on the command line, also of its folder.
        title: its name on screen.
        sample_rate: samples per second.
        hops: samples per code, BOTTOM first.
        contexts: codes per window, BOTTOM first.
        codebook_size: codes per level.
        min_song_length, max_song_length: in samples; a song's length is at least the first and
            below the second.
        max_genres: how many genres can be asked for at once.
        lyric_characters: how many characters the model sees at once; 0 without lyrics.
        size_bytes: of its files.
        licence: in words, outputs included.
        temperatures: at which it is drawn where nobody asks for another, BOTTOM first.
        pulse: as in the configuration of TOP.
    """

    id: ModelId
    title: str
    sample_rate: int
    hops: tuple[int, int, int]
    contexts: tuple[int, int, int]
    codebook_size: int
    min_song_length: int
    max_song_length: int
    max_genres: int
    lyric_characters: int
    size_bytes: int
    licence: str
    temperatures: tuple[float, float, float] = PUBLISHED_TEMPERATURES
    pulse: int = 1

    def level_settings(self, temperature: float | None = None) -> Mapping[Level, LevelSettings]:
        """How its levels are drawn.

        Args:
            temperature: of TOP, above 0 and up to 10; the levels below keep their ratio to it. None
                for the model's own.
        """
        own = self.temperatures
        scale = 1.0 if temperature is None else temperature / own[Level.TOP]
        return {
            level: replace(usual, temperature=min(own[level] * scale, 10.0))
            for level, usual in SamplingSettings().levels.items()
        }

    def hop(self, level: Level) -> int:
        """Samples per code of a level."""
        return self.hops[level]

    @property
    def grid(self) -> int:
        """Samples per TOP code: spans start and end on its multiples."""
        return self.hops[Level.TOP]

    def snap_down(self, samples: int) -> int:
        """The last moment of the grid at or before `samples`."""
        return samples // self.grid * self.grid

    def snap_up(self, samples: int) -> int:
        """The first moment of the grid at or after `samples`."""
        return -(-samples // self.grid) * self.grid

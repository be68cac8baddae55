"""What a prior hears besides its own codes: names, time, lyrics, and the codes of the level above.

Turns numbers into vectors. Does not know names or characters (`engine.text` does), nor how a window
came by its labels (`engine.sampling.labels` does).

Source: Jukebox paper, sections 4.1 to 4.3; jukebox specification 4.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.catalog.specs import (
    ConditionerConfig,
    LabelConfig,
    LyricConfig,
    PriorConfig,
    TransformerConfig,
)
from engine.nn.convolution import Convolution, Deconvolution
from engine.nn.layers import Normalisation, Projection
from engine.nn.residual import ResidualStack, StackShape, depth_scale
from engine.nn.transformer import Transformer


class LabelBlend(NamedTuple):
    """Names with weights, for every row of a batch.

    Attributes:
        artists, genres: (batch, names) int64 rows of the tables.
        artist_weights, genre_weights: (batch, names) float32.
    """

    artists: Tensor
    artist_weights: Tensor
    genres: Tensor
    genre_weights: Tensor


class LabelBatch(NamedTuple):
    """The labels of one window, for every row of a batch. All int64; times in samples.

    Attributes:
        total_length: (batch,) of the whole song.
        offset: (batch,) where the window starts in it.
        length: (batch,) of the window, full even where fewer codes are sampled.
        artist: (batch,) rows of the artist table.
        genres: (batch, slots) rows of the genre table, −1 for an empty slot.
        lyrics: (batch, tokens) characters in view, or None for a prior without lyrics.
        blend: what is heard in place of artist and genres where names have weights, or None.
    """

    total_length: Tensor
    offset: Tensor
    length: Tensor
    artist: Tensor
    genres: Tensor
    lyrics: Tensor | None
    blend: LabelBlend | None = None

    def to(self, device: torch.device) -> LabelBatch:
        """The same on another device."""
        lyrics = None if self.lyrics is None else self.lyrics.to(device)
        blend = None if self.blend is None else LabelBlend(*(p.to(device) for p in self.blend))
        total, offset, length, artist, genres = (part.to(device) for part in self[:5])
        return LabelBatch(total, offset, length, artist, genres, lyrics, blend)


@dataclass(frozen=True, slots=True, eq=False)
class Conditioning:
    """What one window of a prior is conditioned on, worked out once per window.

    Attributes:
        start: (batch or 1, 1, width), takes the place of the symbol before the first.
        positions: (batch, sequence, width) added at every position, or None.
        lyric_states: (batch, lyrics, width) that cross-attention sees, or None.
        lyric_tokens: (batch, lyrics) that begin a single sequence, or None.
    """

    start: Tensor
    positions: Tensor | None
    lyric_states: Tensor | None
    lyric_tokens: Tensor | None

    @property
    def rows(self) -> int:
        """Rows that it differs in; what is the same for all has one."""
        return max(len(self.start), 0 if self.positions is None else len(self.positions))

    def of_rows(self, rows: int) -> Conditioning:
        """The same for as many rows, where one stands for all; takes no memory."""

        def widened(part: Tensor | None) -> Tensor | None:
            return None if part is None else part.expand(rows, *part.shape[1:])

        return Conditioning(
            self.start.expand(rows, -1, -1),
            widened(self.positions),
            widened(self.lyric_states),
            widened(self.lyric_tokens),
        )


class TimingEmbedding(nn.Module):
    """Where in the song each position of a window is: the song's length, seconds in, share done."""

    def __init__(self, config: PriorConfig, labels: LabelConfig) -> None:
        super().__init__()
        assert labels.timing is not None
        self.context = config.context
        self.bins = labels.timing.bins
        self.shortest = labels.timing.min_seconds * config.sample_rate
        self.longest = labels.timing.max_seconds * config.sample_rate
        std, width = 0.01 * config.transformer.init_scale, config.transformer.width
        self.total = _table(self.bins, width, std)
        self.absolute = _table(self.bins, width, std)
        self.relative = _table(self.bins, width, std)

    def forward(self, labels: LabelBatch) -> Tensor:
        """(batch, context, width)."""
        total, absolute, relative = self.rows(labels)
        return self.total(total) + self.absolute(absolute) + self.relative(relative)

    def rows(self, labels: LabelBatch) -> tuple[Tensor, Tensor, Tensor]:
        """Rows of the three tables: (batch, 1), (batch, context) and (batch, context) int64.

        Only the relative end is clamped, which slows that ramp down in a window that overruns the
        song's end. The released models were trained on this.
        """
        song, start = labels.total_length.unsqueeze(1), labels.offset.unsqueeze(1)
        end = start + labels.length.unsqueeze(1)
        share_done = self._ramp(start / song, (end / song).clamp(0, 1))
        return (
            self._row(song.float(), self.shortest, self.longest),
            self._row(self._ramp(start.float(), end.float()), 0, self.longest),
            self._row(share_done, 0, 1),
        )

    def _ramp(self, start: Tensor, end: Tensor) -> Tensor:
        steps = torch.arange(self.context, dtype=torch.float32, device=start.device)
        return start + (end - start) * (steps / self.context)

    def _row(self, time: Tensor, least: float, most: float) -> Tensor:
        share = (time - least) / (most - least)
        return (self.bins * share).floor().long().clamp(0, self.bins - 1)


class LabelEmbedding(nn.Module):
    """Artist and genres as the vector a window starts with; at the top level also time."""

    def __init__(self, config: PriorConfig, labels: LabelConfig) -> None:
        super().__init__()
        std, width = 0.01 * config.transformer.init_scale, config.transformer.width
        self.genre = _table(labels.genres, width, std)
        self.artist = _table(labels.artists, width, std)
        self.timing = None if labels.timing is None else TimingEmbedding(config, labels)

    def start(self, labels: LabelBatch) -> Tensor:
        """(batch, 1, width): the vectors of all genres and of the artist, added up.

        In a blend each is scaled by its weight first: a mix of the vectors that each name alone
        would give.
        """
        if labels.blend is not None:
            genres = _weighted(self.genre(labels.blend.genres), labels.blend.genre_weights)
            return genres + _weighted(
                self.artist(labels.blend.artists), labels.blend.artist_weights
            )
        named = (labels.genres >= 0).unsqueeze(-1)
        genres = (self.genre(labels.genres.clamp_min(0)) * named).sum(1, keepdim=True)
        return genres + self.artist(labels.artist).unsqueeze(1)

    def positions(self, labels: LabelBatch) -> Tensor | None:
        """(batch, context, width), or None below the top level."""
        return None if self.timing is None else self.timing(labels)


class SymbolEmbedding(nn.Module):
    """Symbols and places as vectors. A symbol is read one place later than it stands."""

    def __init__(self, symbols: int, config: TransformerConfig) -> None:
        super().__init__()
        self.symbol = _table(symbols, config.width, 0.02 * config.init_scale)
        self.place = nn.Parameter(torch.empty(config.length, config.width))
        nn.init.normal_(self.place, std=0.01 * config.init_scale)

    def forward(self, start: Tensor, symbols: Tensor) -> Tensor:
        """A sequence from its beginning.

        Args:
            start: (batch or 1, 1, width).
            symbols: (batch, time) int64.

        Returns:
            (batch, 1 + time, width).
        """
        first = start.expand(symbols.shape[0], -1, -1)
        sequence = torch.cat((first, self.symbol(symbols)), dim=1)
        return sequence + self.place[: sequence.shape[1]]

    def at(self, place: int, symbols: Tensor) -> Tensor:
        """What follows: (batch, time) symbols read from `place` on, to (batch, time, width)."""
        return self.symbol(symbols) + self.place.narrow(0, place, symbols.shape[1])


class LyricEncoder(nn.Module):
    """A causal stack over the characters in view, whose states the music can look at."""

    def __init__(self, config: LyricConfig, encoder: TransformerConfig, prior: TransformerConfig):
        super().__init__()
        std = 0.02 * prior.init_scale
        self.start = nn.Parameter(torch.empty(1, encoder.width))
        nn.init.normal_(self.start, std=0.01 * encoder.init_scale)
        self.embedding = SymbolEmbedding(config.vocabulary_size, encoder)
        self.stack = Transformer(encoder)
        self.projection = Projection(encoder.width, prior.width, std)
        self.norm = Normalisation(prior.width)
        self.head = nn.Linear(prior.width, config.vocabulary_size, bias=False)
        nn.init.normal_(self.head.weight, std=std)

    def forward(self, tokens: Tensor) -> Tensor:
        """(batch, lyrics) int64 to states (batch, lyrics, width); state j knows characters < j."""
        return self.norm(self._projected(self.encode(tokens)))

    def encode(self, tokens: Tensor) -> Tensor:
        """The stack's own output: (batch, lyrics) to (batch, lyrics, encoder width) float32."""
        return self.stack(self.embedding(self.start.unsqueeze(0), tokens[:, :-1]))

    def logits(self, states: Tensor) -> Tensor:
        """Of each character given those before: (batch, lyrics, vocabulary)."""
        return self.head(states)

    def _projected(self, encoded: Tensor) -> Tensor:
        """In single precision, also where the stack and the matrix are in half."""
        weight, bias = self.projection.weight, self.projection.bias
        return F.linear(encoded, weight.float().t(), bias.float())


class LengtheningStage(nn.Module):
    """A residual stack, then lengthens by `stride`."""

    def __init__(self, shape: StackShape, stride: int, channels: int) -> None:
        super().__init__()
        self.res = ResidualStack(shape)
        self.deconv = Deconvolution(shape.width, channels, 2 * stride, stride, stride // 2)

    def forward(self, x: Tensor) -> Tensor:
        """(batch, width, time) to (batch, channels, time · stride)."""
        return self.deconv(self.res(x))


class UpperConditioner(nn.Module):
    """The codes of the level above as one vector per position of the level below."""

    def __init__(self, config: ConditionerConfig, prior: PriorConfig) -> None:
        super().__init__()
        width = prior.transformer.width
        scale = depth_scale(config.depth) if config.res_scale else 1.0
        shape = StackShape(
            width=config.width,
            depth=config.depth,
            hidden_factor=config.hidden_factor,
            growth=config.dilation_growth,
            cycle=config.dilation_cycle,
            scale=scale,
        )
        channels = [config.width] * (config.downs - 1) + [width]
        std = 0.02 * prior.transformer.init_scale
        self.embedding = _table(prior.codebook_size, width, std)
        self.inp = Convolution(width, config.width, 3, padding=1)
        self.stages = nn.Sequential(*(LengtheningStage(shape, config.stride, c) for c in channels))
        self.norm = Normalisation(width)

    def forward(self, upper: Tensor) -> Tensor:
        """(batch, upper codes) int64 to (batch, upper codes · factor, width)."""
        x = self.inp(self.embedding(upper).transpose(1, 2))
        return self.norm(self.stages(x).transpose(1, 2))


def _weighted(vectors: Tensor, weights: Tensor) -> Tensor:
    """(batch, names, width) and (batch, names) to (batch, 1, width)."""
    return (vectors * weights.unsqueeze(-1)).sum(1, keepdim=True)


def _table(rows: int, width: int, std: float) -> nn.Embedding:
    table = nn.Embedding(rows, width)
    nn.init.normal_(table.weight, std=std)
    return table

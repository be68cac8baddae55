"""A prior: the model of one level's codes, trained on whole windows and sampled one by one.

Knows how symbols, places and conditioning are put together, and how lyrics and codes share a
sequence. Does not know how a symbol is drawn from logits, nor where windows lie in a song.

Source: Jukebox paper, section 4; jukebox specification 4 and 6.5.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.catalog.specs import PriorConfig, TransformerConfig
from engine.errors import ModelError
from engine.nn.conditioning import (
    Conditioning,
    LabelBatch,
    LabelEmbedding,
    LyricEncoder,
    SymbolEmbedding,
    UpperConditioner,
)
from engine.nn.looking import attention_weights
from engine.nn.transformer import StackCache, Transformer

_LN2 = math.log(2)


class PriorOutput(NamedTuple):
    """What a prior makes of known codes. Losses are scalars in bits per symbol.

    Attributes:
        loss: to train on: that of music and, by the configured share, of lyrics.
        music_loss: of the codes alone.
        lyric_loss: of the lyrics' characters, or None for a prior without lyrics.
        logits: (batch, sequence, symbols) float32; position p foretells symbol p.
    """

    loss: Tensor
    music_loss: Tensor
    lyric_loss: Tensor | None
    logits: Tensor


@dataclass(slots=True)
class PriorCache:
    """What one decode of one window keeps between steps. Belongs to whoever samples."""

    stack: StackCache

    @property
    def position(self) -> int:
        """Inputs that have gone through; 0 before the prefill."""
        return self.stack.position


class Prior(nn.Module):
    """An autoregressive model of the codes of one level."""

    def __init__(self, config: PriorConfig) -> None:
        super().__init__()
        self.config = config
        stack = config.transformer
        self.embedding = SymbolEmbedding(config.symbols, stack)
        self.stack = Transformer(stack)
        self.labels = LabelEmbedding(config, config.labels) if config.labels else None
        self.conditioner = (
            UpperConditioner(config.conditioner, config) if config.conditioner else None
        )
        self.lyrics = _lyric_encoder(config)
        self.start = None if config.labels else _start_vector(stack)
        self.head = _untied_head(config) if config.merged_decoder else None

    @property
    def device(self) -> torch.device:
        """Where it computes."""
        return self.embedding.place.device

    def set_compute_dtype(self, dtype: torch.dtype) -> None:
        """Let the attention stacks compute in another type; all else stays in single precision."""
        self.stack.set_dtype(dtype)
        if self.lyrics is not None:
            self.lyrics.stack.set_dtype(dtype)

    def condition(
        self,
        labels: LabelBatch | None,
        upper: Tensor | None,
        lyric_states: Tensor | None = None,
    ) -> Conditioning:
        """Work out once what a window is conditioned on.

        Args:
            labels: of the window; None for a prior without labels.
            upper: (batch, context / factor) codes of the level above; None at the top level.
            lyric_states: those of another window with the same lyrics in view, if there is one.

        Raises:
            ModelError: the prior needs something that is not there.
        """
        tokens = None if labels is None else labels.lyrics
        if self.config.lyrics is not None and tokens is None:
            raise ModelError("This prior hears lyrics, but the window's labels hold none.")
        if lyric_states is None and self.lyrics is not None and tokens is not None:
            lyric_states = self.lyrics(tokens)
        return Conditioning(
            start=self._start(labels),
            positions=self._positions(labels, upper),
            lyric_states=lyric_states,
            lyric_tokens=tokens if self.config.single_sequence else None,
        )

    def forward(
        self, codes: Tensor, labels: LabelBatch | None = None, upper: Tensor | None = None
    ) -> PriorOutput:
        """How well the prior foretells the codes of a whole window, with gradients.

        Args:
            codes: (batch, context) int64.
            labels, upper: as for `condition`.
        """
        conditioning = self.condition(labels, upper)
        hidden = deque(self.states(codes, conditioning), maxlen=1).pop()
        return self.output(codes, hidden, conditioning, labels)

    def output(
        self, codes: Tensor, hidden: Tensor, conditioning: Conditioning, labels: LabelBatch | None
    ) -> PriorOutput:
        """The last part of `forward`: from what the stack's last layer gave for known codes."""
        symbols = self._sequence(codes, conditioning)
        logits = self.logits(hidden, conditioning.positions)
        return self._output(symbols, logits, conditioning, labels)

    def states(self, codes: Tensor, conditioning: Conditioning) -> Iterator[Tensor]:
        """What goes into each layer and comes out of the last, from a window's beginning on.

        Args:
            codes: (batch, time) int64; with the lyrics in the sequence, whole blocks.

        Yields:
            (batch, sequence, width) float32.
        """
        symbols = self._sequence(codes, conditioning)
        embedded = self.embedding(conditioning.start, symbols[:, :-1])
        positions = conditioning.positions
        here = None if positions is None else positions[:, : symbols.shape[1]]
        return self.stack.states(_added(embedded, here), conditioning.lyric_states)

    def surprise(self, codes: Tensor, conditioning: Conditioning) -> Tensor:
        """How little the prior expected each code, given those before it in the window.

        Args:
            codes: (batch, time) int64, from the window's beginning up to the end of a block.

        Returns:
            (batch, time) float32 bits: −log2 of each code's probability.
        """
        return self.surprise_of(deque(self.states(codes, conditioning), maxlen=1).pop(), codes,
                                conditioning)  # fmt: skip

    def surprise_of(self, hidden: Tensor, codes: Tensor, conditioning: Conditioning) -> Tensor:
        """The same as `surprise`, from what came out of the last layer, the last of `states`."""
        positions = conditioning.positions
        here = None if positions is None else positions[:, : hidden.shape[1]]
        logits = self.logits(hidden, here)[:, self.config.lyrics_in_sequence :]
        symbols = codes + self.config.first_code
        told = F.cross_entropy(logits.transpose(1, 2).float(), symbols, reduction="none")
        return told / _LN2

    def attention(
        self, codes: Tensor, conditioning: Conditioning, layer: int, keys: int | None = None
    ) -> Tensor:
        """Where one layer looks in a window.

        Args:
            codes: as for `states`.
            keys: how many positions or lyric states to tell of, from the first on; None for all.

        Returns:
            (batch, heads, sequence, keys) float32.
        """
        x = next(islice(self.states(codes, conditioning), layer, None))
        return attention_weights(self.stack.layer(layer), x, conditioning.lyric_states, keys)

    def new_cache(self, batch: int) -> PriorCache:
        """Room to sample one window of `batch` rows."""
        return PriorCache(self.stack.new_cache(batch))

    def prefill(self, codes: Tensor, conditioning: Conditioning, cache: PriorCache) -> Tensor:
        """Feed the codes that are known, after what `cache` already holds.

        The first call also feeds the start and, in a single-sequence prior, the lyrics.

        Args:
            codes: (batch, m) int64; m may be 0 at first.

        Returns:
            (batch, symbols) float32 logits of the code that follows.

        Raises:
            ValueError: the window is full.
        """
        if cache.position:
            cache.stack.require_room(codes.shape[1])
            symbols = codes + self.config.first_code
            return self._extend(self.embedding.at(cache.position, symbols), conditioning, cache)
        if conditioning.lyric_states is not None:
            self.stack.listen(conditioning.lyric_states, cache.stack)
        sequence = self._sequence(codes, conditioning)
        return self._extend(self.embedding(conditioning.start, sequence), conditioning, cache)

    def step(self, symbol: Tensor, conditioning: Conditioning, cache: PriorCache) -> Tensor:
        """Feed one symbol and foretell the next.

        Args:
            symbol: (batch,) int64, as drawn from the last logits.

        Returns:
            (batch, symbols) float32 logits.

        Raises:
            ValueError: the window is full.
        """
        cache.stack.require_room(1)
        embedded = self.embedding.at(cache.position, symbol.unsqueeze(1))
        return self._extend(embedded, conditioning, cache)

    def codes_of(self, symbols: Tensor) -> Tensor:
        """The codes that symbols stand for; a character drawn amid the music counts as code 0."""
        return (symbols - self.config.first_code).clamp_min(0)

    def _start(self, labels: LabelBatch | None) -> Tensor:
        if self.labels is None:
            assert self.start is not None
            return self.start.unsqueeze(0)
        if labels is None:
            raise ModelError("This prior needs to be told artist, genres and time.")
        return self.labels.start(labels)

    def _positions(self, labels: LabelBatch | None, upper: Tensor | None) -> Tensor | None:
        if self.conditioner is not None:
            if upper is None:
                raise ModelError("This prior needs the codes of the level above.")
            return self.conditioner(upper)
        if self.labels is None or labels is None:
            return None
        positions = self.labels.positions(labels)
        if positions is None or not self.config.lyrics_in_sequence:
            return positions
        return F.pad(positions, (0, 0, self.config.lyrics_in_sequence, 0))

    def _sequence(self, codes: Tensor, conditioning: Conditioning) -> Tensor:
        """The symbols of lyrics, where they share the sequence, and codes: (batch, symbols)."""
        if conditioning.lyric_tokens is None:
            return codes
        return torch.cat((conditioning.lyric_tokens, codes + self.config.first_code), dim=1)

    def _extend(self, embedded: Tensor, conditioning: Conditioning, cache: PriorCache) -> Tensor:
        """Feed (batch, time, width) and return the logits after the last."""
        start, time, positions = cache.position, embedded.shape[1], conditioning.positions
        here = None if positions is None else positions.narrow(1, start, time)
        last = self.stack.extend(_added(embedded, here), cache.stack)[:, -1]
        return self.logits(last, None if here is None else here[:, -1])

    def logits(self, hidden: Tensor, positions: Tensor | None) -> Tensor:
        """(…, width) by the stack to (…, symbols); positions are heard once more unless merged."""
        if self.head is not None:
            return self.head(hidden)
        return F.linear(_added(hidden, positions), self.embedding.symbol.weight)

    def _output(
        self,
        symbols: Tensor,
        logits: Tensor,
        conditioning: Conditioning,
        labels: LabelBatch | None,
    ) -> PriorOutput:
        sung = self.config.lyrics_in_sequence
        music_loss = bits(logits[:, sung:], symbols[:, sung:])
        if self.config.lyrics is None or labels is None or labels.lyrics is None:
            return PriorOutput(music_loss, music_loss, None, logits)
        lyric_logits = logits[:, :sung]
        if self.lyrics is not None and conditioning.lyric_states is not None:
            lyric_logits = self.lyrics.logits(conditioning.lyric_states)
        lyric_loss = bits(lyric_logits, labels.lyrics)
        music, lyrics = self.config.context, self.config.lyrics.tokens
        share = self.config.lyrics.loss_fraction * lyrics
        loss = (share * lyric_loss + music * music_loss) / (lyrics + music)
        return PriorOutput(loss, music_loss, lyric_loss, logits)


def bits(logits: Tensor, symbols: Tensor) -> Tensor:
    """Mean surprise, in bits, at (batch, time) symbols given (batch, time, vocabulary) logits."""
    return F.cross_entropy(logits.flatten(0, 1).float(), symbols.flatten()) / _LN2


def _added(x: Tensor, positions: Tensor | None) -> Tensor:
    return x if positions is None else x + positions


def _lyric_encoder(config: PriorConfig) -> LyricEncoder | None:
    if config.lyrics is None or config.lyrics.encoder is None:
        return None
    return LyricEncoder(config.lyrics, config.lyrics.encoder, config.transformer)


def _start_vector(stack: TransformerConfig) -> nn.Parameter:
    return nn.Parameter(0.01 * stack.init_scale * torch.randn(1, stack.width))


def _untied_head(config: PriorConfig) -> nn.Linear:
    head = nn.Linear(config.transformer.width, config.symbols, bias=False)
    nn.init.normal_(head.weight, std=0.02 * config.transformer.init_scale)
    return head

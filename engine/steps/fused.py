"""The fused body for processors: one compiled call draws many codes of a window.

The beginning is primed by torch, in large pieces; its caches are then copied to where the compiled
step reads them. In single precision it draws the reference's very codes, as long as no draw falls
within rounding of a border between two symbols: sums are taken in another order than torch takes
them, so logits agree to about 1e-5, and about one draw in 100,000 can come out as the neighbour.
"""

from __future__ import annotations

import math

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from engine.nn.conditioning import Conditioning
from engine.nn.prior import Prior, PriorCache
from engine.steps.arithmetic import Room
from engine.steps.attending import Memory, cache_sizes, widened
from engine.steps.choosing import Rules
from engine.steps.compiled import note_kept
from engine.steps.lanes import PANEL
from engine.steps.packing import PackedPrior, pack
from engine.steps.panels import padded
from engine.steps.stepping import Window, draw_symbols
from engine.types import LevelSettings, Precision

Floats = NDArray[np.float32]


class FusedBody:
    """Draws with compiled code on the processor. Implements `engine.steps.body.Body`."""

    def __init__(self, prior: Prior, precision: Precision) -> None:
        """Pack the prior; a big one gives its matrices up to this body."""
        self._packed = pack(prior, precision)

    @property
    def kind(self) -> str:
        """Names what is compiled for it: the types in which it reads matrices."""
        stack = self._packed.stack
        return f"{stack.weights.panels.dtype}-{stack.output.panels.dtype}"

    def warm(self) -> None:
        """Compile, or read from disk what was compiled, before it is needed."""
        prior, shape = self._packed.prior, self._packed.stack.shape
        logits = torch.zeros(1, prior.config.symbols)
        heard = np.zeros((1, 0, shape.width), np.float32)
        empty = window(self._packed, 1, logits, prior.new_cache(1), heard)
        uniforms, drawn = np.zeros((1, 0), np.float32), np.zeros((1, 0), np.int64)
        draw_symbols(self._packed.stack, empty, _rules(LevelSettings()), uniforms, drawn)
        note_kept(self.kind)

    def open(
        self, known: Tensor, conditioning: Conditioning, settings: LevelSettings
    ) -> FusedStream:
        """See `Body.open`."""
        return FusedStream(self._packed, known, conditioning, settings)

    def surprise(self, codes: Tensor, conditioning: Conditioning) -> Tensor:
        """How little each code is expected, as `Prior.surprise`, but by the step that draws.

        Args:
            codes: (batch, time) int64 from the window's beginning on.

        Returns:
            (batch, time) float32 bits.
        """
        stream = self.open(codes[:, :0], conditioning, LevelSettings())
        return torch.stack([stream.hear(column) for column in codes.unbind(1)], dim=1)


class FusedStream:
    """A window and its room to work in. Implements `engine.steps.body.CodeStream`."""

    def __init__(
        self,
        packed: PackedPrior,
        known: Tensor,
        conditioning: Conditioning,
        settings: LevelSettings,
    ) -> None:
        self._packed = packed
        self._rules = _rules(settings)
        prior = packed.prior
        with torch.inference_mode():
            cache = prior.new_cache(known.shape[0])
            logits = prior.prefill(known, conditioning, cache)
        self._primed = logits, cache
        self._heard = _heard(conditioning, prior)
        self._window: Window | None = None

    def draw(self, uniforms: Tensor) -> Tensor:
        """See `CodeStream.draw`."""
        rows, steps = uniforms.shape
        if self._window is None:
            logits, cache = self._primed
            self._window = window(self._packed, rows, logits, cache, self._heard)
            del self._primed
        length, position = self._packed.prior.config.transformer.length, self._window.progress[0]
        fed = steps - int(self._window.progress[1])
        if position + fed > length:
            raise ValueError(f"{fed} positions after {position} do not fit a window of {length}.")
        drawn = np.empty((rows, steps), np.int64)
        numbers = np.ascontiguousarray(uniforms.numpy(), np.float32)
        draw_symbols(self._packed.stack, self._window, self._rules, numbers, drawn)
        return self._packed.prior.codes_of(torch.from_numpy(drawn))

    def follow(self, codes: Tensor) -> None:
        """See `CodeStream.follow`."""
        for column in codes.unbind(1):
            self.hear(column)

    def hear(self, codes: Tensor) -> Tensor:
        """Go on with (rows,) given codes instead of drawn ones; returns (rows,) bits."""
        self.draw(torch.zeros(len(codes), 1))
        assert self._window is not None
        config = self._packed.prior.config
        symbols = codes + config.first_code
        logits = torch.from_numpy(self._window.logits[:, : config.symbols])
        self._window.last[:] = symbols.numpy()
        return F.cross_entropy(logits, symbols, reduction="none") / math.log(2)


def _rules(settings: LevelSettings) -> Rules:
    temperature, top_p = np.float32(settings.temperature), np.float32(settings.top_p)
    return Rules(temperature, settings.top_k, top_p)


def _heard(conditioning: Conditioning, prior: Prior) -> Floats:
    """Conditioning of every position, one row where all rows are alike in memory."""
    positions = conditioning.positions
    if positions is None:
        return np.empty((1, 0, prior.config.transformer.width), np.float32)
    if positions.stride(0) == 0:
        positions = positions[:1]
    return np.ascontiguousarray(positions.numpy(), np.float32)


def window(
    packed: PackedPrior, rows: int, logits: Tensor, cache: PriorCache, heard: Floats
) -> Window:
    """A window that goes on from a primed cache, which it empties.

    Args:
        rows: takes; the cache may hold one row for all.
    """
    stack = packed.stack
    shape, symbols = stack.shape, stack.symbols.shape[0]
    widest = max(padded(width) for width in (shape.width, 3 * shape.state, shape.mlp, symbols))
    narrow = (rows, padded(shape.width))
    scores = padded(packed.most_rows) + widened(shape.state // shape.heads)
    bytes_of = (rows, widest) if packed.in_bytes else (0, 0)
    undrawn = np.zeros((rows, padded(symbols)), np.float32)
    undrawn[:, :symbols] = logits.numpy()
    return Window(
        progress=np.array([cache.position, 1]),
        last=np.zeros(rows, np.int64),
        heard=heard,
        memory=Memory(_moved(packed, cache, rows), np.zeros(scores, np.float32)),
        room=Room(
            np.zeros(bytes_of, np.int8),
            np.zeros(bytes_of, np.int32),
            np.zeros(bytes_of[0], np.float32),
        ),
        stream=np.zeros(narrow, np.float32),
        middle=np.zeros(narrow, np.float32),
        normal=np.zeros(narrow, np.float32),
        projected=np.zeros((rows, padded(3 * shape.state)), np.float32),
        seen=np.zeros((rows, padded(shape.state)), np.float32),
        branch=np.zeros(narrow, np.float32),
        wide=np.zeros((rows, padded(shape.mlp)), np.float32),
        logits=undrawn,
        chances=np.empty(symbols, np.float32),
    )


def _moved(packed: PackedPrior, cache: PriorCache, rows: int) -> Floats:
    """Keys and values of all layers in one piece of memory, as the compiled step reads them."""
    heads, at = packed.stack.shape.heads, 0
    moved = np.zeros(packed.cache_numbers * rows, np.float32)
    if not cache.position:
        return moved  # Zeros that nobody writes to take no memory.
    for layer in cache.stack.layers:
        keys, values = layer.cache.release().unflatten(2, (-1, heads)).numpy()
        groups, _, _, count, head = keys.shape
        key_size, value_size = cache_sizes(count, head)
        length = groups * rows * heads * key_size
        there = moved[at : at + length].reshape(groups, rows, heads, -1, head, PANEL)
        for first in range(0, count, PANEL):
            part = keys[..., first : first + PANEL, :].swapaxes(-1, -2)
            there[..., first // PANEL, :, : part.shape[-1]] = part
        at += length
        length = groups * rows * heads * value_size
        there = moved[at : at + length].reshape(groups, rows, heads, value_size)
        for first in range(0, head, PANEL):
            part = values[..., first : first + PANEL]
            panel = there[..., count * first : count * min(first + PANEL, widened(head))]
            panel.reshape(groups, rows, heads, count, -1)[..., : part.shape[-1]] = part
        at += length
    return moved

"""The fused body for processors: one compiled call draws many codes of a window.

The beginning is primed by torch, in large pieces; its caches are then copied to where the compiled
step reads them. In single precision it draws the reference's very codes, as long as no draw falls
within rounding of a border between two symbols: sums are taken in another order than torch takes
them, so logits agree to about 1e-5, and about one draw in 100,000 can come out as the neighbour.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from engine.nn.conditioning import Conditioning
from engine.nn.prior import Prior, PriorCache
from engine.steps.arithmetic import Room
from engine.steps.attending import Cache, Memory, Rows, cache_sizes, widened
from engine.steps.choosing import Rules
from engine.steps.compiled import note_kept
from engine.steps.crew import Crew, Crews, alone
from engine.steps.lanes import PANEL
from engine.steps.packing import PackedPrior, pack
from engine.steps.panels import padded
from engine.steps.stepping import Window, draw_symbols, feed_symbols, foretell
from engine.types import LevelSettings, Precision

Floats = NDArray[np.float32]

_AT_ONCE = 64
_BYTES_EACH = 16 * 2**20
_MOST = 16


class FusedBody:
    """Draws with compiled code on the processor. Implements `engine.steps.body.Body`."""

    warming = False

    def __init__(self, prior: Prior, precision: Precision) -> None:
        """Pack the prior; a big one gives its matrices up to this body."""
        self._packed, self._crews = pack(prior, precision), Crews()

    @property
    def kind(self) -> str:
        """Names what is compiled for it: the types in which it reads matrices."""
        stack = self._packed.stack
        return f"{stack.weights.panels.dtype}-{stack.output.panels.dtype}"

    @property
    def weight_bytes(self) -> int:
        """Of a number in the stack's matrices, as they are kept."""
        return int(self._packed.stack.weights.panels.itemsize)

    def warm(self) -> None:
        """Compile, or read from disk what was compiled, before it is needed."""
        prior, shape = self._packed.prior, self._packed.stack.shape
        logits = torch.zeros(1, prior.config.symbols)
        heard = np.zeros((1, 0, shape.width), np.float32)
        empty = window(self._packed, 1, logits, prior.new_cache(1), heard)
        uniforms, drawn = np.zeros((1, 0), np.float32), np.zeros((1, 0), np.int64)
        draw_symbols(self._packed.stack, empty, _rules(LevelSettings()), uniforms, drawn, alone())
        nothing = _for_rows(self._packed, empty, 0)
        feed_symbols(self._packed.stack, nothing, Rows(1, 0, 0, 1), alone())
        foretell(self._packed.stack, nothing, alone())
        note_kept(self.kind)

    def open(
        self, known: Tensor, conditioning: Conditioning, settings: LevelSettings
    ) -> FusedStream:
        """See `Body.open`."""
        return FusedStream(self._packed, self._crews, known, conditioning, settings)

    def surprise(self, codes: Tensor, conditioning: Conditioning) -> Tensor:
        """How little each code is expected, as `Prior.surprise`, but by the step that draws.

        Args:
            codes: (batch, time) int64 from the window's beginning on.

        Returns:
            (batch, time) float32 bits.
        """
        return self.open(codes[:, :0], conditioning, LevelSettings()).hear(codes)


class FusedStream:
    """A window and its room to work in. Implements `engine.steps.body.CodeStream`."""

    def __init__(
        self,
        packed: PackedPrior,
        crews: Crews,
        known: Tensor,
        conditioning: Conditioning,
        settings: LevelSettings,
    ) -> None:
        self._packed, self._crews = packed, crews
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
        takes, steps = uniforms.shape
        window = self._opened(takes)
        self._check_room(steps - int(window.progress[1]))
        drawn = np.empty((takes, steps), np.int64)
        numbers = np.ascontiguousarray(uniforms.numpy(), np.float32)
        stack, rules = self._packed.stack, self._rules

        def draw(crew: Crew) -> None:
            draw_symbols(stack, window, rules, numbers, drawn, crew)

        self._crews.work(len(window.memory.scores), draw, steps, takes)
        return self._packed.prior.codes_of(torch.from_numpy(drawn))

    def follow(self, codes: Tensor) -> None:
        """See `CodeStream.follow`."""
        for _ in self._fed(codes):
            pass

    def hear(self, codes: Tensor) -> Tensor:
        """Go on with (batch, n) given codes instead of drawn ones; returns (batch, n) bits."""
        symbols = codes + self._packed.prior.config.first_code
        bits = torch.empty(codes.shape)
        opened = self._opened(len(codes))
        if opened.progress[1]:
            bits[:, 0] = self._bits(opened, symbols[:, 0])
        for take, first, piece in self._fed(codes):
            foretell(self._packed.stack, piece, alone())
            there = slice(first, first + piece.last.size)
            bits[take, there] = self._bits(piece, symbols[take, there])
        return bits

    def _bits(self, foretold: Window, symbols: Tensor) -> Tensor:
        logits = torch.from_numpy(foretold.logits[:, : self._packed.prior.config.symbols])
        return F.cross_entropy(logits, symbols, reduction="none") / math.log(2)

    def _fed(self, codes: Tensor) -> Iterator[tuple[int, int, Window]]:
        """Feed given codes, as many positions at once as share a block.

        Yields:
            A take, the place of the first code that is now to be foretold, and the positions fed,
            which hold until the next are asked for.
        """
        takes, count = codes.shape
        if not count:
            return
        window, packed = self._opened(takes), self._packed
        position, undrawn = (int(number) for number in window.progress)
        self._check_room(count - undrawn)
        symbols = (codes + packed.prior.config.first_code).numpy()
        fed = np.concatenate((window.last[:, None], symbols[:, :-1]), axis=1)[:, undrawn:]
        for first, length in _pieces(position, fed.shape[1], packed.stack.shape.block):
            piece = _for_rows(packed, window, length)
            for take in range(takes):
                piece.last[:] = fed[take, first : first + length]
                rows = Rows(takes, take, position + first, 1)
                feed = partial(feed_symbols, packed.stack, piece, rows)
                self._crews.work(len(piece.memory.scores), feed, length, 0)
                yield take, first + undrawn, piece
        window.last[:] = symbols[:, -1]
        window.progress[:] = position + fed.shape[1], 0

    def _opened(self, takes: int) -> Window:
        """The window, of as many takes as the first call has."""
        if self._window is None:
            logits, cache = self._primed
            self._window = window(self._packed, takes, logits, cache, self._heard)
            del self._primed
        return self._window

    def _check_room(self, fed: int) -> None:
        assert self._window is not None
        length, position = self._packed.prior.config.transformer.length, self._window.progress[0]
        if position + fed > length:
            raise ValueError(f"{fed} positions after {position} do not fit a window of {length}.")


def _pieces(position: int, count: int, block: int) -> Iterator[tuple[int, int]]:
    """Where pieces of so many positions begin, and their lengths: none goes over a block's end."""
    first = 0
    while first < count:
        length = min(count - first, block - (position + first) % block, _AT_ONCE)
        yield first, length
        first += length


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
    shape, crew = packed.stack.shape, _crew(packed)
    scores = padded(packed.most_rows) + padded(widened(shape.state // shape.heads))
    empty = _working(
        packed,
        rows,
        progress=np.array([cache.position, 1]),
        heard=heard,
        memory=Memory(_moved(packed, cache, rows), np.zeros((crew, scores), np.float32)),
        chances=np.empty((crew, packed.stack.symbols.shape[0]), np.float32),
    )
    empty.logits[:, : logits.shape[1]] = logits.numpy()
    return empty


def _crew(packed: PackedPrior) -> int:
    """How many threads a step is worth, of those that torch may use."""
    worth = packed.stack.weights.panels.nbytes // _BYTES_EACH
    return max(1, min(torch.get_num_threads(), worth, _MOST))


def _for_rows(packed: PackedPrior, of: Window, rows: int) -> Window:
    """The same window, with room to work on so many rows."""
    return _working(
        packed, rows, progress=of.progress, heard=of.heard, memory=of.memory, chances=of.chances
    )


def _working(packed: PackedPrior, rows: int, **kept: Any) -> Window:
    """A window with room of its own to work in. (Any: what it keeps, by name.)"""
    shape, symbols = packed.stack.shape, packed.stack.symbols.shape[0]
    widest = max(padded(width) for width in (shape.width, 3 * shape.state, shape.mlp, symbols))
    narrow = (rows, padded(shape.width))
    bytes_of = (rows, widest) if packed.precision is Precision.INT8 else (0, 0)
    pairs_of = (rows, widest) if packed.precision is Precision.BFLOAT else (0, 0)
    return Window(
        last=np.zeros(rows, np.int64),
        room=Room(
            np.zeros(pairs_of, np.int16),
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
        logits=np.zeros((rows, padded(symbols)), np.float32),
        **kept,
    )


def halves(numbers: Floats) -> NDArray[np.uint16]:
    """Rounded to the nearest half floats, or to the largest there is, as the step rounds them."""
    most = np.finfo(np.float16).max
    return numbers.clip(-most, most).astype(np.float16).view(np.uint16)


def _moved(packed: PackedPrior, cache: PriorCache, rows: int) -> Cache:
    """Keys and values of all layers in one piece of memory, as the compiled step reads them."""
    heads, at = packed.stack.shape.heads, 0
    halved = packed.precision.rounds_inputs
    moved = np.zeros(packed.cache_numbers * rows, np.uint16 if halved else np.float32)
    if not cache.position:
        return moved  # Zeros that nobody writes to take no memory.
    for layer in cache.stack.layers:
        keys, values = layer.cache.release().unflatten(2, (-1, heads)).numpy()
        if halved:
            keys, values = halves(keys), halves(values)
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

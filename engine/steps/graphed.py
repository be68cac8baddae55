"""The body for CUDA devices: one draw of all takes is recorded as a graph, then replayed per code.

A draw of a large stack is some thousand small operations, which take a processor longer to order
than a GPU to carry out. Recorded, they are ordered by one call. For that, everything that a draw
reads and writes lies where it lay when it was recorded, its place in the window included: the
processor says “once more” for each code, and asks nothing back until a stretch is drawn.

On other devices what would be recorded is carried out as it stands, which shows that it is right.
"""

from __future__ import annotations

import logging
import weakref
from collections.abc import Callable

import torch
from torch import Tensor

from engine.catalog.specs import Pattern, TransformerConfig
from engine.nn.cache import CacheShape, CacheSpace, KeyValueCache
from engine.nn.conditioning import Conditioning
from engine.nn.layers import join_heads, split_heads
from engine.nn.prior import Prior, PriorCache
from engine.nn.transformer import Continuation
from engine.steps.drawing import draw
from engine.steps.places import CachePlace, kept, seen, tail_of
from engine.types import LevelSettings

log = logging.getLogger(__name__)

_WARM_UPS = 2


class GraphedBody:
    """Draws by a recorded graph. Implements `engine.steps.body.Body`.

    The memory of a window that nobody reads any more serves the next one, with its graph.
    """

    warming = False

    def __init__(self, prior: Prior) -> None:
        self._prior = prior
        self._free: list[FixedWindow] = []

    def open(
        self, known: Tensor, conditioning: Conditioning, settings: LevelSettings
    ) -> GraphedStream:
        """See `Body.open`."""
        return GraphedStream(self._prior, self._free, known, conditioning, settings)


class GraphedStream:
    """A window. Implements `engine.steps.body.CodeStream`."""

    def __init__(
        self,
        prior: Prior,
        free: list[FixedWindow],
        known: Tensor,
        conditioning: Conditioning,
        settings: LevelSettings,
    ) -> None:
        self._prior, self._free, self._settings = prior, free, settings
        self._heard = _shared(conditioning.positions)
        with torch.inference_mode():
            cache = prior.new_cache(known.shape[0])
            logits = prior.prefill(known, conditioning, cache)
        self._primed: tuple[PriorCache, Tensor] | None = cache, logits
        self._place, self._undrawn = cache.position, 1
        self._window: FixedWindow | None = None

    def draw(self, uniforms: Tensor) -> Tensor:
        """See `CodeStream.draw`."""
        rows, count = uniforms.shape
        length, fed = self._prior.config.transformer.length, count - self._undrawn
        if self._place + fed > length:
            raise ValueError(
                f"{fed} positions after {self._place} do not fit a window of {length}."
            )
        with torch.inference_mode():
            window = self._window or self._fixed(rows)
            drawn = window.draw(uniforms)
        self._place, self._undrawn = self._place + fed, 0
        return self._prior.codes_of(drawn)

    def follow(self, codes: Tensor) -> None:
        """See `CodeStream.follow`."""
        for column in codes.unbind(1):
            self.draw(torch.zeros(len(codes), 1, device=codes.device))
            assert self._window is not None
            self._window.put(column + self._prior.config.first_code)

    def _fixed(self, rows: int) -> FixedWindow:
        """Memory for so many rows, with what was primed; it is free again when this stream goes."""
        heard, free = 0 if self._heard is None else len(self._heard), self._free
        wanted = rows, heard, self._settings
        fitting = [window for window in free if window.made_for == wanted]
        free[:] = fitting[1:]  # What fits no longer gives its memory back.
        window = fitting[0] if fitting else FixedWindow(self._prior, rows, heard, self._settings)
        assert self._primed is not None
        window.begin(*self._primed, self._heard)
        self._primed, self._window = None, window
        weakref.finalize(self, free.append, window).atexit = False
        return window


class FixedWindow:
    """One window in memory that stays where it is, and what a draw does with it.

    Attributes:
        made_for: rows, rows of conditioning (0 for none), and how codes are drawn.
    """

    def __init__(self, prior: Prior, rows: int, heard: int, settings: LevelSettings) -> None:
        self.made_for = rows, heard, settings
        self._prior, self._settings = prior, settings
        config, device = prior.config.transformer, prior.device
        self._position = torch.zeros(1, dtype=torch.int64, device=device)
        self._count = torch.zeros_like(self._position)
        self._last = torch.zeros(rows, dtype=torch.int64, device=device)
        self._drawn = torch.zeros(rows, config.length, dtype=torch.int64, device=device)
        self._uniforms = torch.zeros(rows, config.length, device=device)
        self._heard = torch.zeros(heard, config.length, config.width, device=device)
        self._logits: Tensor | None = None
        self._views: dict[CachePlace, _View] = {}
        space = CacheSpace(
            rows, config.heads, config.state_width // config.heads, device, prior.stack.dtype
        )
        self._layers = [self._layer(number, space) for number in range(config.depth)]
        places = [view.places(config) for view in self._views.values()]
        self._table = torch.tensor(places, device=device)
        self._again = _recorded(self._step, device)

    def begin(self, cache: PriorCache, logits: Tensor, heard: Tensor | None) -> None:
        """Go on from a primed cache, of one row or of all; it is emptied."""
        rows = self._last.shape[0]
        self._position.fill_(cache.position)
        self._logits = logits.expand(rows, -1)
        if heard is not None:
            self._heard.copy_(heard)
        for layer, primed in zip(self._layers, cache.stack.layers, strict=True):
            past = primed.cache.release()
            there = layer.cache.storage[..., : past.shape[3], :]
            there.unflatten(2, (rows, -1)).copy_(past.unflatten(2, (-1, there.shape[2] // rows)))

    def draw(self, uniforms: Tensor) -> Tensor:
        """The symbols that follow, by (rows, n) numbers; returns when they are there."""
        count, first = uniforms.shape[1], 0
        self._uniforms[:, :count].copy_(uniforms)
        self._count.zero_()
        if self._logits is not None:
            self._choose(self._logits)
            self._logits, first = None, 1
        for _ in range(first, count):
            self._again()
        if self._position.is_cuda:
            torch.cuda.current_stream(self._position.device).synchronize()
        return self._drawn[:, :count].clone()

    def put(self, symbols: Tensor) -> None:
        """Say that (rows,) other symbols were drawn last."""
        with torch.inference_mode():
            self._last.copy_(symbols)

    def _layer(self, number: int, space: CacheSpace) -> Continuation:
        """A layer of the prior, with a cache that has one row more, for what is not kept."""
        layer, config = self._prior.stack.layer(number), self._prior.config.transformer
        pattern, (groups, rows) = config.patterns[number], layer.attention.cache_shape()
        place = CachePlace(pattern, 0, groups, rows, tail_of(pattern, config))
        view = self._views.setdefault(place, _View(place, space))
        cache = KeyValueCache(CacheShape(groups, rows + 1), space)
        return Continuation(layer, cache, space.dtype, view.proceed)

    def _step(self) -> None:
        """Feed what was drawn last, then draw. This is what is recorded."""
        prior, place = self._prior, self._position
        for view, now in zip(self._views.values(), self._table, strict=True):
            view.look(now.index_select(0, place)[0])
        embedding = prior.embedding
        embedded = embedding.symbol(self._last) + embedding.place.index_select(0, place)
        heard = None
        if self._heard.shape[0]:
            heard = self._heard.index_select(1, place)[:, 0]
            embedded = embedded + heard
        rows = embedded.to(prior.stack.dtype)
        for layer in self._layers:
            rows = layer.extend(rows, 0)
        place.add_(1)
        self._choose(prior.logits(rows.float(), heard))

    def _choose(self, logits: Tensor) -> None:
        uniforms = self._uniforms.index_select(1, self._count)[:, 0]
        self._last.copy_(draw(logits, self._settings, uniforms))
        self._drawn.index_copy_(1, self._count, self._last.unsqueeze(1))
        self._count.add_(1)


class _View:
    """What the layers of one kind keep and see at the position that is fed."""

    def __init__(self, place: CachePlace, space: CacheSpace) -> None:
        self._place, self._space = place, space
        self._own_keys = place.pattern != Pattern.CROSS
        self._turns = place.pattern in (Pattern.COLUMN, Pattern.PREVIOUS_BLOCK)
        self._numbers = torch.arange(place.rows, device=space.device)
        self._scale = space.head_width**-0.5

    def places(self, config: TransformerConfig) -> list[tuple[int, int, int, int]]:
        """For each position of a window the group and row that keep its keys, then the group that
        it sees and how many rows of it. Keys that are not kept go beyond all others."""
        place, block = self._place, config.block_length
        found: list[tuple[int, int, int, int]] = []
        for position in range(config.length):
            group, row = kept(place, block, position)
            found.append((group, place.rows if row < 0 else row, *seen(place, block, position)))
        return found

    def look(self, now: Tensor) -> None:
        """Go to a position, by its (4,) numbers."""
        self._group, self._row, self._from, count = now.split(1)
        seen_all = torch.zeros(self._place.rows, dtype=self._space.dtype, device=now.device)
        self._hidden = seen_all.masked_fill_(self._numbers >= count, -torch.inf)

    def proceed(self, projected: Tensor, cache: KeyValueCache, start: int) -> Tensor:
        """As `Attention.proceed`, for the position that is looked at, whatever `start` says."""
        heads, parts = self._space.heads, 3 if self._own_keys else 1
        split = split_heads(projected, self._space.batch, parts, heads)
        if self._own_keys:
            places = cache.storage.permute(1, 3, 0, 2, 4)
            places.index_put_((self._group, self._row), split[1:, :, 0].unsqueeze(0))
        return join_heads(self._mix(split[0], cache.storage), heads)

    def _mix(self, queries: Tensor, past: Tensor) -> Tensor:
        """What (batch · heads, 1, head) queries see."""
        group = past.index_select(1, self._from) if self._turns else past
        keys, values = group[:, 0, :, : self._place.rows]
        scores = torch.baddbmm(self._hidden, queries, keys.transpose(1, 2), alpha=self._scale)
        return torch.bmm(scores.softmax(-1), values)


def _shared(positions: Tensor | None) -> Tensor | None:
    """Conditioning of every position, one row where all rows are alike in memory."""
    if positions is None or positions.stride(0) != 0:
        return positions
    return positions[:1]


def _recorded(work: Callable[[], None], device: torch.device) -> Callable[[], None]:
    """Work without arguments that does the same each time, as a graph where the device has them.

    It is carried out some times first, as recording wants it. What cannot be recorded stays as it
    is.
    """
    if device.type != "cuda":
        return work
    try:
        with torch.cuda.device(device):
            aside = torch.cuda.Stream()
            aside.wait_stream(torch.cuda.current_stream())
            with torch.cuda.stream(aside):
                for _ in range(_WARM_UPS):
                    work()
            torch.cuda.current_stream().wait_stream(aside)
            graph = torch.cuda.CUDAGraph()
            with torch.cuda.graph(graph, capture_error_mode="thread_local"):
                work()
            return graph.replay
    except torch.OutOfMemoryError:
        raise
    except RuntimeError:
        log.exception("a draw cannot be recorded here: its operations are ordered one by one")
        return work

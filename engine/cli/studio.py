"""Composes an order with an engine and joins what comes in to takes."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from engine.api import (
    Aligned,
    Cancelled,
    CancelToken,
    Chunk,
    DecodeTask,
    EncodeTask,
    Engine,
    Event,
    Failed,
    Finished,
    Progress,
)
from engine.audio.crossfade import crossfade
from engine.audio.layers import Layers
from engine.cli.console import ProgressDisplay
from engine.cli.orders import Order
from engine.cli.tools import run
from engine.cli.words import lines_of
from engine.text.timing import SungLine
from engine.types import Audio, Codes, Level, Span

_LEAD_S = 0.05
"""How long the recording takes to pass over into the sound of its codes."""


class Studio:
    """Works an order off and gathers its sound.

    Attributes:
        first_sound_s: seconds from `began` to the first sound; None before it.
        speeds: codes a second of each level, as last measured.
        plan: how the engine fits it into memory; empty until it says so.
    """

    def __init__(self, wanted: Order, engine: Engine, cancel: CancelToken, began: float) -> None:
        self._order, self._engine, self._cancel = wanted, engine, cancel
        self._task = wanted.task
        self._layers = [Layers(wanted.model.sample_rate) for _ in wanted.files]
        self._results: tuple[Codes, ...] = ()
        self._aligned: list[list[Aligned]] = [[] for _ in wanted.files]
        self._began = began
        self.first_sound_s: float | None = None
        self.speeds: dict[Level, float] = {}
        self.plan = ""

    def work(self) -> Finished | Cancelled | Failed:
        """Do everything, and say how it ended."""
        with ProgressDisplay() as display:

            def watch(event: Event) -> None:
                self._note(event)
                if isinstance(event, Progress):
                    display.show(event)

            if self._order.prime is not None:
                task = EncodeTask(self._task.model, self._order.prime)
                end = run(self._engine, task, self._cancel, watch)
                if not isinstance(end, Finished):
                    return end
                self._task = replace(self._task, context=end.results[0])
            end = run(self._engine, self._task, self._cancel, watch)
        self._results = end.results
        return end

    def takes(self) -> list[Audio]:
        """The sound of every take, after the recording that it goes on from; empty ones too."""
        rate = self._order.model.sample_rate
        takes: list[Audio] = []
        for number, layers in enumerate(self._layers):
            new = layers.best().samples[: self._order.length]
            if len(new) and self._order.prime is not None:
                new = np.concatenate([self._led_in(number), new])
            takes.append(Audio(new, rate))
        return takes

    def lines(self) -> list[tuple[SungLine, ...]]:
        """The lines that are sung in each take, as far as it was made."""
        lyrics, spec = self._task.prompt.lyrics, self._order.model
        return [lines_of(aligned, lyrics, spec) for aligned in self._aligned]

    def _note(self, event: Event) -> None:
        if isinstance(event, Chunk):
            if self.first_sound_s is None:
                self.first_sound_s = time.monotonic() - self._began
            before = max(0, self._task.span.start - event.start)
            self._layers[event.variation].append(event.level, event.audio.samples[before:])
        elif isinstance(event, Aligned):
            self._aligned[event.variation].append(event)
        elif isinstance(event, Progress) and event.level is not None and event.per_second:
            self.speeds[event.level] = event.per_second
        elif isinstance(event, Progress) and not event.total:
            self.plan = event.note.partition(": ")[2]

    def _led_in(self, take: int) -> NDArray[np.float32]:
        """The recording, passing over into its own codes' sound just before the new music."""
        assert self._order.prime is not None
        original = self._order.prime.samples
        decoded = self._decoded_lead(take)
        if not len(decoded):
            return original
        seam = len(original) - len(decoded)
        return np.concatenate([original[:seam], crossfade(original[seam:], decoded)])

    def _decoded_lead(self, take: int) -> NDArray[np.float32]:
        level = min(level for level in Level if self._layers[take].length(level))
        spec, start = self._order.model, self._task.span.start
        lead = min(start, spec.snap_up(int(_LEAD_S * spec.sample_rate)))
        task = DecodeTask(spec.id, self._song(take), Span(start - lead, start), level)
        pieces: list[NDArray[np.float32]] = []

        def watch(event: Event) -> None:
            if isinstance(event, Chunk):
                pieces.append(event.audio.samples)

        end = run(self._engine, task, CancelToken(), watch)
        whole = np.concatenate([np.empty(0, np.float32), *pieces])
        return whole if isinstance(end, Finished) and len(whole) == lead else whole[:0]

    def _song(self, take: int) -> Codes:
        """The codes of the recording and what was made after it."""
        new = self._results[take] if take < len(self._results) else Codes.empty()
        start = self._task.span.start
        return Codes(
            tuple(
                np.concatenate([old[: start // hop], more])
                for old, more, hop in zip(
                    self._task.context.levels, new.levels, self._order.model.hops, strict=True
                )
            )
        )

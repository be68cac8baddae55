"""Walks a plan over the priors and tells of every new stretch of codes and of sound.

One path serves every way of sampling: what a task's context holds decides whether it starts from
nothing, continues, redoes, or raises the quality of what is there.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray

from engine.api import CancelToken, Chunk, Event, Progress, SampleTask, Saved, Started
from engine.catalog.specs import ModelSpec, PriorConfig
from engine.nn.conditioning import LabelBatch
from engine.nn.prior import Prior
from engine.nn.vqvae import VQVAE
from engine.sampling.decoding import sample_codes, stretches
from engine.sampling.labels import SongLabels, WindowLabels
from engine.sampling.logits import noise
from engine.sampling.plan import LevelPlan, Step, hop_codes, level_windows, schedule
from engine.sampling.preview import Decoder, touched
from engine.sampling.tracks import Track
from engine.types import Audio, Level, Prompt

_STRETCH_S = 0.25


class SamplingModel(Protocol):
    """What the sampler needs of a loaded model. Priors may be loaded when asked for."""

    @property
    def spec(self) -> ModelSpec:
        """Rates, hops and limits."""
        ...

    @property
    def vqvae(self) -> VQVAE:
        """Its decoder makes the sound."""
        ...

    @property
    def device(self) -> torch.device:
        """Where the networks live."""
        ...

    def prior(self, level: Level) -> Prior:
        """The network of a level, loaded when first asked for."""
        ...

    def prior_config(self, level: Level) -> PriorConfig:
        """Its shape; needs no loading."""
        ...

    def labels(self, level: Level, prompt: Prompt) -> SongLabels | None:
        """What the prior is told of a song; None for a prior without labels."""
        ...


def sample(task: SampleTask, model: SamplingModel, cancel: CancelToken) -> Iterator[Event]:
    """Sample a task and stream it; ends without a last event when done or cancelled.

    Takes run side by side in groups of `task.settings.batch_limit`.

    Yields:
        `Started`, then `Saved`, `Chunk` and `Progress` as the music grows.
    """
    takes = range(task.settings.variations)
    limit = task.settings.batch_limit
    groups = [takes[i : i + limit] for i in range(0, len(takes), limit)]
    runs = [_Run(task, model, group, cancel) for group in groups]
    meter = Meter({level: sum(run.steps_of(level) for run in runs) for level in task.levels})
    yield Started(meter.total)
    for run in runs:
        yield from run.events(meter)


@dataclass(slots=True)
class _LevelCount:
    total: int
    done: int = 0
    busy_s: float = 0.0

    @property
    def per_second(self) -> float:
        return self.done / self.busy_s if self.busy_s else 0.0


class Meter:
    """Counts the codes made per level and the time spent on them, to tell how long is left."""

    def __init__(self, totals: dict[Level, int]) -> None:
        self._levels = {level: _LevelCount(total) for level, total in totals.items()}

    @property
    def total(self) -> int:
        """Codes to make at all levels."""
        return sum(count.total for count in self._levels.values())

    def add(self, level: Level, codes: int, busy_s: float) -> None:
        """Note that `codes` were made in `busy_s` seconds."""
        self._levels[level].done += codes
        self._levels[level].busy_s += busy_s

    def progress(self, level: Level) -> Progress:
        """How far everything is, with `level` at work."""
        done = sum(count.done for count in self._levels.values())
        speed = self._levels[level].per_second
        return Progress(level, done, self.total, speed, self._remaining_s())

    def _remaining_s(self) -> float | None:
        """Seconds left; levels not measured yet are taken to be as fast as the others."""
        done = sum(count.done for count in self._levels.values())
        busy = sum(count.busy_s for count in self._levels.values())
        if not busy:
            return None
        return sum(
            (count.total - count.done) / (count.per_second or done / busy)
            for count in self._levels.values()
        )


class _Run:
    """A group of takes of one task, sampled side by side."""

    def __init__(
        self, task: SampleTask, model: SamplingModel, takes: range, cancel: CancelToken
    ) -> None:
        self._task, self._model, self._takes, self._cancel = task, model, takes, cancel
        hops = model.spec.hops
        self._tracks = {
            level: Track(level, hops[level], task.context, task.span, len(takes)) for level in Level
        }
        for level in task.levels:
            self._tracks[level].clear_span()
        self._plans = {level: self._plan(level) for level in sorted(task.levels, reverse=True)}
        self._decoders = {
            level: Decoder(model.vqvae, track, model.device, touched(model.vqvae, track))
            for level in task.levels
            for track in [self._tracks[level]]
        }
        self._labels = {level: model.labels(level, task.prompt) for level in task.levels}

    def steps_of(self, level: Level) -> int:
        """Codes that this group will draw at a level, all takes together."""
        return self._plans[level].steps * len(self._takes)

    def events(self, meter: Meter) -> Iterator[Event]:
        """Run every window in order, telling of codes before the sound made of them."""
        upper_end = {
            level: self._tracks[Level(level + 1)].end
            for level in self._plans
            if level is not Level.TOP
        }
        for step in schedule(list(self._plans.values()), upper_end):
            if self._cancel.cancelled:
                return
            yield from self._window(step, meter)

    def _plan(self, level: Level) -> LevelPlan:
        config, track = self._model.prior_config(level), self._tracks[level]
        factor = 1 if config.conditioner is None else config.conditioner.factor
        origin = track.known_from(track.start)
        if level is not Level.TOP:
            above = self._tracks[Level(level + 1)]
            origin = max(-(-origin // factor) * factor, above.known_from(above.start) * factor)
        hop = hop_codes(self._task.settings.levels[level].hop_fraction, config.context, factor)
        windows = level_windows(origin, track.start, track.end, config.context, hop)
        return LevelPlan(level, windows, factor, config.context)

    def _window(self, step: Step, meter: Meter) -> Iterator[Event]:
        track, decoder = self._tracks[step.level], self._decoders[step.level]
        rate, hop = self._model.spec.sample_rate, track.hop
        self._model.prior(step.level)  # Loaded before the clock starts, so that speeds are honest.
        began = time.monotonic()
        for stretch in self._stretches(step, max(1, round(_STRETCH_S * rate / hop))):
            position = track.append(stretch)
            sampled_s = time.monotonic() - began
            for take, codes in zip(self._takes, stretch, strict=True):
                yield Saved(take, step.level, position * hop, codes)
            began = time.monotonic()
            sounds = [] if self._cancel.cancelled else list(decoder.sound())
            meter.add(step.level, stretch.size, sampled_s + time.monotonic() - began)
            yield from self._chunks(step.level, sounds)
            yield meter.progress(step.level)
            began = time.monotonic()

    def _chunks(
        self, level: Level, sounds: Sequence[tuple[int, NDArray[np.float32]]]
    ) -> Iterator[Chunk]:
        rate = self._model.spec.sample_rate
        for start, sound in sounds:
            for take, samples in zip(self._takes, sound, strict=True):
                yield Chunk(take, level, start, Audio(samples, rate))

    def _stretches(self, step: Step, length: int) -> Iterator[NDArray[np.uint16]]:
        level, window = step.level, step.window
        prior, track = self._model.prior(level), self._tracks[level]
        device = self._model.device
        seed, settings = self._task.settings.seed, self._task.settings.levels[level]
        uniforms = torch.stack(
            [noise(seed, take, level, window.fresh, window.end) for take in self._takes]
        )
        known = torch.from_numpy(track.codes[:, window.start : window.fresh].astype(np.int64))
        labels, upper = self._label_batch(level, window.start), self._upper(step)
        with torch.inference_mode():
            conditioning = prior.condition(labels, upper)
        codes = sample_codes(prior, known.to(device), conditioning, uniforms.to(device), settings)
        for stretch in stretches(codes, length, lambda: self._cancel.cancelled):
            yield stretch.cpu().numpy().astype(np.uint16)

    def _upper(self, step: Step) -> torch.Tensor | None:
        if step.level is Level.TOP:
            return None
        plan, above = self._plans[step.level], self._tracks[Level(step.level + 1)]
        codes = above.padded(step.window.start // plan.factor, plan.context // plan.factor)
        return torch.from_numpy(codes.astype(np.int64)).to(self._model.device)

    def _label_batch(self, level: Level, start: int) -> LabelBatch | None:
        labels = self._labels[level]
        if labels is None:
            return None
        return label_batch(labels.window(start), len(self._takes), self._model.device)


def label_batch(window: WindowLabels, takes: int, device: torch.device) -> LabelBatch:
    """The labels of a window as a prior hears them, the same for every take."""

    def rows(value: int | tuple[int, ...]) -> torch.Tensor:
        return torch.tensor([value] * takes, dtype=torch.int64, device=device)

    return LabelBatch(
        total_length=rows(window.total_length),
        offset=rows(window.offset),
        length=rows(window.length),
        artist=rows(window.artist),
        genres=rows(window.genres),
        lyrics=rows(window.lyrics) if window.lyrics else None,
    )

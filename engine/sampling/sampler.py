"""Walks a plan over the priors and tells of every new stretch of codes and of sound.

One path serves every way of sampling: what a task's context holds decides whether it starts from
nothing, continues, redoes, or raises the quality of what is there.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray

from engine.api import Aligned, CancelToken, Chunk, Event, SampleTask, Saved, Started
from engine.catalog.specs import ModelSpec, PriorConfig
from engine.nn.conditioning import Conditioning, LabelBatch
from engine.nn.prior import Prior
from engine.nn.vqvae import VQVAE
from engine.sampling.alignment import Follower
from engine.sampling.batches import labels_of
from engine.sampling.decoding import stretches
from engine.sampling.hearing import Heard, Listener, new_listener
from engine.sampling.joins import Joiner
from engine.sampling.labels import SongLabels
from engine.sampling.meter import Meter
from engine.sampling.noise import noise
from engine.sampling.plan import (
    LevelPlan,
    Step,
    hop_codes,
    level_by_level,
    level_windows,
    overlapping_windows,
    resumed,
    schedule,
)
from engine.sampling.preview import Decoder, touched
from engine.sampling.tracks import Track
from engine.steps.body import Body
from engine.types import Audio, Level, Prompt

_STRETCH_S = 0.25
_PATIENCE = 0.1
"""Share of the time that a stretch took to draw for which its sound is waited for."""

_REPLAYED_AT_ONCE = 16  # Codes between two looks at whether to stop.
_OVERLAP = 0.125
"""Share of a window that its neighbour samples too, where windows run side by side."""


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

    @property
    def holds_all_levels(self) -> bool:
        """Whether asking for one level's network leaves the others in memory."""
        ...

    def prior(self, level: Level) -> Prior:
        """The network of a level, loaded when first asked for."""
        ...

    def body(self, level: Level) -> Body:
        """What draws the codes of that network's windows."""
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
            if task.made:
                self._tracks[level].go_on([task.made[take].at(level) for take in takes])
        self._plans = {level: self._plan(level) for level in sorted(task.levels, reverse=True)}
        self._decoders = {
            level: Decoder(model.vqvae, track, model.device, touched(model.vqvae, track))
            for level in task.levels
            for track in [self._tracks[level]]
            if level in task.sounded
        }
        self._labels = {level: model.labels(level, task.prompt) for level in task.levels}
        self._joiners = {
            level: self._joiner(plan) for level, plan in self._plans.items() if plan.overlap
        }
        self._lyrics: dict[Level, tuple[torch.Tensor, torch.Tensor | None]] = {}
        """The lyrics that a level's last window had in view, and what its encoder made of them."""
        self._follower = self._new_follower() if Level.TOP in task.levels else None

    def steps_of(self, level: Level) -> int:
        """Codes that this group will draw at a level, all takes together."""
        return self._plans[level].steps * len(self._takes)

    def events(self, meter: Meter) -> Iterator[Event]:
        """Run every window in order, telling of codes before the sound made of them."""
        listener = new_listener(self._model.device.type)
        try:
            for step in self._schedule():
                if self._cancel.cancelled:
                    break
                yield from self._step(step, meter, listener)
            if self._cancel.cancelled:
                for level, joiner in self._joiners.items():
                    yield from self._saved(level, joiner.rest())
            else:
                yield from self._chunks(listener.rest())
        finally:
            listener.close()

    def _schedule(self) -> tuple[Step, ...]:
        plans = list(self._plans.values())
        if not self._model.holds_all_levels:
            return level_by_level(plans)
        lower = [level for level in self._plans if level is not Level.TOP]
        return schedule(plans, {level: self._tracks[Level(level + 1)].end for level in lower})

    def _plan(self, level: Level) -> LevelPlan:
        config, track = self._model.prior_config(level), self._tracks[level]
        factor = 1 if config.conditioner is None else config.conditioner.factor
        origin = track.primed_from(self._task.settings.heard)
        if level is not Level.TOP:
            above = self._tracks[Level(level + 1)]
            origin = max(-(-origin // factor) * factor, above.known_from(above.start) * factor)
        if track.filled == track.end:
            return LevelPlan(level, (), factor, config.context)
        fraction, pulse = self._task.settings.levels[level].hop_fraction, config.pulse
        hop = hop_codes(fraction, config.context, factor * pulse)
        at_once = self._task.settings.parallel_windows
        if level is Level.TOP or at_once == 1:
            windows = level_windows(origin, track.start, track.end, config.context, hop, pulse)
            return LevelPlan(level, resumed(windows, track.filled), factor, config.context)
        overlap = min(hop, hop_codes(_OVERLAP, config.context, factor))
        place = origin, track.filled, track.end, config.context, hop
        windows = overlapping_windows(*place, overlap)
        return LevelPlan(level, windows, factor, config.context, at_once)

    def _joiner(self, plan: LevelPlan) -> Joiner:
        vectors = self._model.vqvae.level(plan.level).codebook.vectors.float().cpu().numpy()
        return Joiner(vectors, plan.overlap, self._tracks[plan.level].end)

    def _step(self, step: Step, meter: Meter, listener: Listener) -> Iterator[Event]:
        level, track, decoder = step.level, self._tracks[step.level], self._decoders.get(step.level)
        rate = self._model.spec.sample_rate
        self._model.prior(level)  # Loaded before the clock starts, so that speeds are honest.
        began = time.monotonic()
        for stretch in self._settled(step, max(1, round(_STRETCH_S * rate / track.hop))):
            sampled_s = time.monotonic() - began
            yield from self._saved(level, stretch)
            began = time.monotonic()
            heard: list[Heard] = []
            if decoder is not None and not self._cancel.cancelled:
                listener.listen(level, decoder, track.filled)
                heard.extend(listener.heard(patience_s=_PATIENCE * sampled_s))
            busy_s = sampled_s + time.monotonic() - began
            yield from self._chunks(heard)
            yield from self._aligned(level)
            if self._model.body(level).warming:
                yield meter.add_warming(level, stretch.size)
            else:
                yield meter.add(level, stretch.size, busy_s)
            began = time.monotonic()

    def _new_follower(self) -> Follower | None:
        """What tells which words are sung; None where there are none to be read."""
        labels = self._labels[Level.TOP]
        if labels is None or not labels.characters or not self._task.prompt.lyrics.strip():
            return None
        context = self._model.prior_config(Level.TOP).context
        return Follower(self._tracks[Level.TOP], self._takes, labels, context)

    def _aligned(self, level: Level) -> Iterator[Aligned]:
        if level is Level.TOP and self._follower is not None and not self._cancel.cancelled:
            yield from self._follower.aligned(self._model.prior(level))

    def _chunks(self, heard: Iterable[Heard]) -> Iterator[Chunk]:
        rate = self._model.spec.sample_rate
        for level, start, sound in heard:
            for take, samples in zip(self._takes, sound, strict=True):
                yield Chunk(take, level, start, Audio(samples, rate))

    def _saved(self, level: Level, stretch: NDArray[np.uint16]) -> Iterator[Saved]:
        """Keep (takes, time) codes that follow those that stand, and tell of what is new."""
        if not stretch.shape[1]:
            return
        track = self._tracks[level]
        position = track.append(stretch)
        for take, codes in zip(self._takes, stretch, strict=True):
            known = max(0, track.start + self._made_before(take, level) - position)
            if known < len(codes):
                yield Saved(take, level, (position + known) * track.hop, codes[known:])

    def _made_before(self, take: int, level: Level) -> int:
        """Codes of the span that a former run told of; takes side by side may differ in that."""
        return len(self._task.made[take].at(level)) if self._task.made else 0

    def _settled(self, step: Step, length: int) -> Iterator[NDArray[np.uint16]]:
        """Codes of all takes, (takes, time), as they are drawn and joined."""
        if step.level not in self._joiners:
            yield from self._drawn(step, length)
            return
        joiner, lead = self._joiners[step.level], step.windows[0]
        drawn = np.empty((len(step.windows), len(self._takes), 0), np.uint16)
        for stretch in self._drawn(step, length):
            drawn = np.concatenate([drawn, stretch.reshape(*drawn.shape[:2], -1)], axis=2)
            yield joiner.add(lead, drawn[0])
        if drawn.shape[2] == lead.end - lead.first_drawn:
            for window, codes in zip(step.windows[1:], drawn[1:], strict=True):
                yield joiner.add(window, codes)

    def _drawn(self, step: Step, length: int) -> Iterator[NDArray[np.uint16]]:
        """Codes of all takes of all windows, (windows · takes, time), stretch by stretch."""
        level, device = step.level, self._model.device
        seed, settings = self._task.settings.seed, self._task.settings.levels[level]
        uniforms = torch.stack(
            [
                noise(seed, take, level, window.first_drawn, window.end)
                for window in step.windows
                for take in self._takes
            ]
        )
        known = self._known(step)
        conditioning = self._conditioning(step)
        rows = max(len(known), conditioning.rows)
        opened = known.expand(rows, -1), conditioning.of_rows(rows)
        stream = self._model.body(level).open(*opened, settings)
        for part in self._replayed(step).split(_REPLAYED_AT_ONCE, dim=1):
            if self._stopping():
                return
            stream.follow(part)
        for stretch in stretches(stream, uniforms.to(device), length, self._stopping):
            yield stretch.cpu().numpy().astype(np.uint16)

    def _stopping(self) -> bool:
        return self._cancel.cancelled

    def _replayed(self, step: Step) -> torch.Tensor:
        """(takes, n) codes that a former run drew in the window; none where there are several."""
        codes, window = self._tracks[step.level].codes, step.windows[0]
        drawn = codes[:, window.primed_until : window.first_drawn].astype(np.int64)
        return torch.from_numpy(drawn).to(self._model.device)

    def _known(self, step: Step) -> torch.Tensor:
        """The codes that prime the windows: one row where they are the same for all."""
        codes = self._tracks[step.level].codes
        primed = [codes[:, window.start : window.primed_until] for window in step.windows]
        return torch.from_numpy(_shared(primed)).to(self._model.device)

    def _conditioning(self, step: Step) -> Conditioning:
        """What the windows are conditioned on: one row where it is the same for all."""
        prior, upper = self._model.prior(step.level), self._upper(step)
        rows = 1 if upper is None else len(upper) // len(step.windows)
        labels = self._label_batch(step, rows)
        lyrics = None if labels is None else labels.lyrics
        read, states = self._lyrics.get(step.level, (None, None))
        if lyrics is None or read is None or not torch.equal(lyrics, read):
            states = None
        with torch.inference_mode():
            conditioning = prior.condition(labels, upper, states)
        if lyrics is not None:
            self._lyrics[step.level] = lyrics, conditioning.lyric_states
        return conditioning

    def _upper(self, step: Step) -> torch.Tensor | None:
        if step.level is Level.TOP:
            return None
        plan, above = self._plans[step.level], self._tracks[Level(step.level + 1)]
        starts = [window.start // plan.factor for window in step.windows]
        codes = [above.padded(start, plan.context // plan.factor) for start in starts]
        return torch.from_numpy(_shared(codes)).to(self._model.device)

    def _label_batch(self, step: Step, rows: int) -> LabelBatch | None:
        labels = self._labels[step.level]
        if labels is None:
            return None
        windows = [labels.window(window.start) for window in step.windows]
        return labels_of(windows, rows, self._model.device)


def _shared(windows: Sequence[NDArray[np.uint16]]) -> NDArray[np.int64]:
    """(takes, time) codes of some windows, one after the other, as rows.

    One row stands for the takes of a single window as long as they are alike.
    """
    codes = np.concatenate(windows)
    alike = len(windows) == 1 and bool((codes == codes[:1]).all())
    return (codes[:1] if alike else codes).astype(np.int64)

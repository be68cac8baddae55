"""The engine in this process: holds one model in memory and runs one task at a time."""

from __future__ import annotations

import logging
import threading
import time
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import torch

from engine.api import (
    AlignTask,
    Cancelled,
    CancelToken,
    Chunk,
    DecodeTask,
    EncodeTask,
    Event,
    Failed,
    Finished,
    PrepareTask,
    Problem,
    ProblemKind,
    Progress,
    SampleTask,
    Scored,
    ScoreTask,
    Started,
    Task,
)
from engine.audio.files import resample, to_mono
from engine.catalog.checks import check
from engine.catalog.sizes import model_numbers
from engine.catalog.store import InstalledModel, ModelStore, default_store, verify_if_small
from engine.errors import EngineError, MemoryPlanError, ModelError, ModelMissingError
from engine.phrases import Phrase
from engine.runtime import devices
from engine.runtime.budget import Plan, demand_of
from engine.runtime.budget import plan as make_plan
from engine.runtime.gate import precisions_of
from engine.runtime.harvest import Harvest
from engine.runtime.models import LoadedModel
from engine.sampling.alignment import Follower
from engine.sampling.encoding import encoded_tiles, joined
from engine.sampling.likelihood import Heard, surprises
from engine.sampling.plan import hop_codes, level_windows
from engine.sampling.preview import Decoder, warm_up
from engine.sampling.sampler import sample
from engine.sampling.tracks import Track
from engine.types import Audio, Codes, Level

log = logging.getLogger(__name__)


class LocalEngine:
    """Makes music in this process. Implements `engine.api.Engine`.

    Before anything is loaded, a plan says how the task fits the memory that is free; its first
    progress tells of it.

    Args:
        roots: folders with models; None for those of this installation.
        device: "auto", or a device by name, such as "cpu" or "cuda:1".
        precision: "auto", or a `Precision` by name.
    """

    def __init__(
        self,
        roots: Sequence[str] | None = None,
        device: str = devices.AUTO,
        precision: str = devices.AUTO,
    ) -> None:
        self._store = default_store() if roots is None else ModelStore([Path(r) for r in roots])
        self._device, self._precision = device, precision
        self._model: LoadedModel | None = None
        self._busy = threading.Lock()
        self._running: CancelToken | None = None

    def run(self, task: Task, cancel: CancelToken) -> Iterator[Event]:
        """See `Engine.run`. A second task waits until the first has ended."""
        try:
            check(task, self._store)
        except ModelError as error:
            return iter((Failed(_problem(error), Harvest(task).results()),))
        return self._guarded(task, cancel)

    def close(self) -> None:
        """Cancel the task that runs, if any; forget the model and give its memory back."""
        if (running := self._running) is not None:
            running.cancel()
        self._forget()

    def _forget(self) -> None:
        if self._model is not None:
            device, self._model = self._model.device, None
            devices.release(device)

    def _guarded(self, task: Task, cancel: CancelToken) -> Iterator[Event]:
        """The task's events, ended by exactly one last event whatever happens."""
        harvest = Harvest(task)
        problem: Problem | None = None
        with self._busy:
            self._running = cancel
            try:
                for event in self._events(task, cancel):
                    harvest.add(event)
                    if not isinstance(event, Finished):
                        yield event
            except Exception as error:  # noqa: BLE001 — at the seam every failure becomes an event
                problem = _problem(error)
            finally:
                self._running = None
            # Outside the handler, where the traceback no longer holds the task's tensors.
            if problem is not None and problem.kind is ProblemKind.OUT_OF_MEMORY:
                self._forget()
        if problem is not None:
            yield Failed(problem, harvest.results())
        elif cancel.cancelled:
            yield Cancelled(harvest.results())
        else:
            yield Finished(harvest.results())

    def _events(self, task: Task, cancel: CancelToken) -> Iterator[Event]:
        installed = self._store.get(task.model)
        plan = self._plan(task, installed)
        yield Progress(None, 0, 0, note=f"loading the model: {plan.sentence()}")
        model = self._loaded(installed, plan)
        match task:
            case PrepareTask():
                yield from _prepare(model, cancel)
            case SampleTask():
                yield from sample(_side_by_side(task, plan), model, cancel)
            case EncodeTask():
                yield from _encode(task, model, cancel)
            case DecodeTask():
                yield from _decode(task, model, cancel)
            case AlignTask():
                yield from _align(task, model, cancel)
            case ScoreTask():
                yield from _score(task, model, plan.takes, cancel)

    def _plan(self, task: Task, installed: InstalledModel) -> Plan:
        """How the task fits, once another model has given way."""
        if self._model is not None and self._model.spec.id != installed.spec.id:
            self._forget()
        device = devices.best_device(self._device)
        precisions = precisions_of(installed, device, self._precision)
        room = devices.room(device)
        if self._model is not None:
            room = devices.with_given_back(room, self._model.size_bytes)
        return make_plan(installed.config, demand_of(task, installed.config), room, precisions)

    def _loaded(self, installed: InstalledModel, plan: Plan) -> LoadedModel:
        device = devices.best_device(self._device)
        placement = devices.placement(device, plan, model_numbers(installed.config))
        if self._model is not None and not self._model.serves(placement):
            self._forget()
        if self._model is None:
            verify_if_small(installed)
            torch.set_num_threads(placement.threads)
            self._model = LoadedModel(installed, placement)
        return self._model


def _side_by_side(task: SampleTask, plan: Plan) -> SampleTask:
    """The same task with as much at a time as the plan allows, which changes no code."""
    takes = min(task.settings.batch_limit, plan.takes)
    settings = replace(task.settings, batch_limit=takes, parallel_windows=plan.windows)
    return replace(task, settings=settings)


def _prepare(model: LoadedModel, cancel: CancelToken) -> Iterator[Event]:
    yield Started(len(Level))
    first = sorted(Level, reverse=True) if model.holds_all_levels else [Level.TOP]
    for done, level in enumerate(first, start=1):
        if cancel.cancelled:
            return
        model.body(level)
        yield Progress(level, done, len(Level), note="loading the model")
    warm_up(model.vqvae, model.device)


def _encode(task: EncodeTask, model: LoadedModel, cancel: CancelToken) -> Iterator[Event]:
    audio = resample(to_mono(task.audio), model.spec.sample_rate)
    tiles: list[Codes] = []
    total, done = sum(len(audio.samples) // hop for hop in model.spec.hops), 0
    yield Started(total)
    began = time.monotonic()
    for tile in encoded_tiles(model.vqvae, audio.samples, model.device):
        if cancel.cancelled:
            return
        tiles.append(tile)
        done += sum(len(level) for level in tile.levels)
        speed = done / (time.monotonic() - began)
        yield Progress(None, done, total, speed, (total - done) / speed, "listening")
    yield Finished((joined(tiles),))


def _decode(task: DecodeTask, model: LoadedModel, cancel: CancelToken) -> Iterator[Event]:
    hop = model.spec.hop(task.level)
    track = Track(task.level, hop, task.codes, task.span, takes=1)
    track.filled = track.end
    total = track.end - track.start
    yield Started(total)
    decoder = Decoder(model.vqvae, track, model.device, (track.start, track.end))
    for start, sound in decoder.sound(track.end):
        if cancel.cancelled:
            return
        yield Chunk(0, task.level, start, Audio(sound[0], model.spec.sample_rate))
        yield Progress(task.level, start // hop + sound.shape[1] // hop - track.start, total)


def _align(task: AlignTask, model: LoadedModel, cancel: CancelToken) -> Iterator[Event]:
    labels = model.labels(Level.TOP, task.prompt)
    assert labels is not None
    track = Track(Level.TOP, model.spec.hop(Level.TOP), task.codes, task.span, takes=1)
    track.filled = track.end
    total, done = track.end - track.start, 0
    yield Started(total)
    follower = Follower(track, range(1), labels, model.prior_config(Level.TOP).context)
    for aligned in follower.aligned(model.prior(Level.TOP)):
        if cancel.cancelled:
            return
        done += len(aligned.places)
        yield aligned
        yield Progress(Level.TOP, done, total, note="listening for words")


def _score(
    task: ScoreTask, model: LoadedModel, at_once: int, cancel: CancelToken
) -> Iterator[Event]:
    level, hop = task.level, model.spec.hop(task.level)
    config = model.prior_config(level)
    track = Track(level, hop, task.codes, task.span, takes=max(1, len(task.fills)))
    track.put_before(task.fills)
    above = _above(task, model)
    origin = track.known_from(track.start)
    origin += -origin % (above.hop // hop if above else 1)
    step = hop_codes(0.5, config.context, config.pulse)
    windows = level_windows(origin, track.start, track.end, config.context, step, config.pulse)
    total, done = len(track.codes) * (track.end - track.start), 0
    yield Started(total)
    labels = model.labels(level, task.prompt)
    prior, stopped = model.prior(level), lambda: cancel.cancelled
    for first in range(0, len(track.codes), at_once):
        rows = track.codes[first : first + at_once]
        for window, bits in surprises(prior, Heard(rows, labels, above), windows, stopped):
            for variation, mine in enumerate(bits, start=first):
                yield Scored(variation, window.fresh * hop, mine)
            done += bits.size
            yield Progress(level, done, total, note="listening again")
            if cancel.cancelled:
                return


def _above(task: ScoreTask, model: LoadedModel) -> Track | None:
    """The codes that condition those that are scored; None at TOP."""
    if task.level is Level.TOP:
        return None
    above = Level(task.level + 1)
    return Track(above, model.spec.hop(above), task.codes, task.span, takes=1)


def _problem(error: Exception) -> Problem:
    detail = "".join(traceback.format_exception(error))
    match error:
        case MemoryPlanError():
            return Problem.of_error(ProblemKind.OUT_OF_MEMORY, error, detail)
        case ModelMissingError():
            return Problem.of_error(ProblemKind.MODEL_MISSING, error, detail)
        case ModelError():
            return Problem.of_error(ProblemKind.MODEL_BROKEN, error, detail)
        case EngineError():
            return Problem.of_error(ProblemKind.INTERNAL, error, detail)
        case _ if devices.is_out_of_memory(error):
            message = Phrase("Memory ran out.")
            advice = Phrase("Sample fewer takes at once, or close other programs.")
            return Problem.told(ProblemKind.OUT_OF_MEMORY, message, advice, detail)
        case _:
            log.exception("task failed", exc_info=error)
            return Problem.unforeseen(error)

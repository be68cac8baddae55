"""The engine in this process: holds one model in memory and runs one task at a time."""

from __future__ import annotations

import logging
import threading
import time
import traceback
from collections.abc import Iterator, Sequence
from pathlib import Path

import torch

from engine.api import (
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
    Started,
    Task,
)
from engine.audio.files import resample, to_mono
from engine.catalog.checks import check
from engine.catalog.store import ModelStore, default_store, verify_if_small
from engine.errors import EngineError, MemoryPlanError, ModelError, ModelMissingError
from engine.runtime import devices
from engine.runtime.harvest import Harvest
from engine.runtime.models import LoadedModel
from engine.sampling.encoding import encoded_tiles, joined
from engine.sampling.preview import Decoder
from engine.sampling.sampler import sample
from engine.sampling.tracks import Track
from engine.types import Audio, Codes, Level, ModelId

log = logging.getLogger(__name__)


class LocalEngine:
    """Makes music in this process. Implements `engine.api.Engine`.

    Args:
        roots: folders with models; None for those of this installation.
        device: "auto", or a device by name.
    """

    def __init__(self, roots: Sequence[str] | None = None, device: str = "auto") -> None:
        self._store = default_store() if roots is None else ModelStore([Path(r) for r in roots])
        self._device = device
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
        yield Progress(None, 0, 0, note="loading the model")
        model = self._loaded(task.model)
        match task:
            case PrepareTask():
                yield from _prepare(model, cancel)
            case SampleTask():
                yield from sample(task, model, cancel)
            case EncodeTask():
                yield from _encode(task, model, cancel)
            case DecodeTask():
                yield from _decode(task, model, cancel)

    def _loaded(self, model_id: ModelId) -> LoadedModel:
        if self._model is None or self._model.spec.id != model_id:
            self._forget()
            installed = self._store.get(model_id)
            verify_if_small(installed)
            placement = devices.place(installed.weights_bytes, self._device)
            torch.set_num_threads(placement.threads)
            self._model = LoadedModel(installed, placement)
        return self._model


def _prepare(model: LoadedModel, cancel: CancelToken) -> Iterator[Event]:
    yield Started(len(Level))
    for done, level in enumerate(sorted(Level, reverse=True), start=1):
        if cancel.cancelled:
            return
        model.prior(level)
        yield Progress(level, done, len(Level), note="loading the model")


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
    for start, sound in decoder.sound():
        if cancel.cancelled:
            return
        yield Chunk(0, task.level, start, Audio(sound[0], model.spec.sample_rate))
        yield Progress(task.level, start // hop + sound.shape[1] // hop - track.start, total)


def _problem(error: Exception) -> Problem:
    detail = "".join(traceback.format_exception(error))
    match error:
        case MemoryPlanError():
            return Problem(ProblemKind.OUT_OF_MEMORY, *_sentences(error), detail)
        case ModelMissingError():
            return Problem(ProblemKind.MODEL_MISSING, *_sentences(error), detail)
        case ModelError():
            return Problem(ProblemKind.MODEL_BROKEN, *_sentences(error), detail)
        case EngineError():
            return Problem(ProblemKind.INTERNAL, *_sentences(error), detail)
        case _ if devices.is_out_of_memory(error):
            advice = "Sample fewer takes at once, or close other programs."
            return Problem(ProblemKind.OUT_OF_MEMORY, "Memory ran out.", advice, detail)
        case _:
            log.exception("task failed", exc_info=error)
            message = f"The engine met an error it did not expect: {error}"
            advice = "What was made so far is kept. Try again; if it stays, please report it."
            return Problem(ProblemKind.INTERNAL, message, advice, detail)


def _sentences(error: EngineError) -> tuple[str, str]:
    """Message and advice of an error that holds both."""
    message, _, advice = str(error).partition(". ")
    return (f"{message}.", advice) if advice else (str(error), "")

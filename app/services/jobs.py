"""What the engine is asked to do for the song, and what comes of it.

Knows which takes a task fills, puts what arrives where it belongs, and tells how far it is. Knows
nothing of history and files.
"""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import dataclass, field
from enum import Enum, auto

from PySide6.QtCore import QObject, Signal

from app.services.generation import GenerationService, Journal
from app.services.takes import TakeStore
from app.song.song import Take, TakeId
from app.song.status import EngineState, JobState, Phase
from engine.api import (
    LAST_EVENTS,
    Chunk,
    Engine,
    Event,
    Failed,
    Finished,
    PrepareTask,
    Progress,
    Saved,
    Started,
    Task,
)
from engine.catalog.specs import ModelSpec


class Kind(Enum):
    """What a task is for."""

    PREPARE = auto()
    COMPOSE = auto()
    ENCODE = auto()
    DECODE = auto()


@dataclass(frozen=True, slots=True, eq=False)
class Errand:
    """A task, and where its results go.

    Attributes:
        title: what it does, in a word or two.
        takes: one per variation.
        store: where their codes and sound go; another song has another one.
    """

    kind: Kind
    title: str
    task: Task
    takes: tuple[Take, ...]
    store: TakeStore
    since_s: float = field(default_factory=time.monotonic)


class Jobs(QObject):
    """Errands, one after the other.

    Signals:
        changed: the `JobState` of the errand that is shown, or None.
        engine_changed: the `EngineState`.
        sounded(store, take_id, span): a take has new sound of its own.
        ended(errand, event): an errand is over; the event is its last one.
    """

    changed = Signal(object)
    engine_changed = Signal(object)
    sounded = Signal(object, str, object)
    ended = Signal(object, object)

    def __init__(self, engine: Engine, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._service = GenerationService(engine, self)
        self._service.happened.connect(self._take_in)
        self._errands: dict[int, Errand] = {}
        self._state: JobState | None = None
        self._engine = EngineState(Phase.FAILED, "No model is installed.", None)

    @property
    def state(self) -> JobState | None:
        """How far the errand that is shown is; None while there is none."""
        return self._state

    @property
    def engine_state(self) -> EngineState:
        """Whether music can be made."""
        return self._engine

    @property
    def composing(self) -> bool:
        """Whether new music is in the making, or waits to be."""
        return any(errand.kind is Kind.COMPOSE for errand in self._errands.values())

    def concern(self, takes: Collection[TakeId]) -> bool:
        """Whether more will come for any of these takes."""
        return any(take.id in takes for errand in self._errands.values() for take in errand.takes)

    def prepare(self, spec: ModelSpec, store: TakeStore) -> None:
        """Load a model, so that the first music comes sooner."""
        self._set_engine(EngineState(Phase.STARTING, f"Loading {spec.title}", spec))
        self.submit(Errand(Kind.PREPARE, "Prepare", PrepareTask(spec.id), (), store))

    def submit(self, errand: Errand, journal: Journal | None = None) -> None:
        """Put an errand behind those that wait."""
        self._errands[self._service.submit(errand.task, journal)] = errand
        self._show_front()

    def stop(self) -> None:
        """Stop the making of music, or else whatever is shown. What was made is kept."""
        composing = [job for job, each in self._errands.items() if each.kind is Kind.COMPOSE]
        for job in composing or self._shown()[:1]:
            self._service.cancel(job)

    def abandon(self) -> None:
        """Stop everything but loading; another song comes."""
        for job, errand in self._errands.items():
            if errand.kind is not Kind.PREPARE:
                self._service.cancel(job)

    def close(self) -> None:
        """Stop everything and close the engine."""
        self._service.close()

    def _shown(self) -> list[int]:
        return [job for job, each in self._errands.items() if each.kind is not Kind.PREPARE]

    def _show_front(self) -> None:
        """Show the first errand, unless it is shown already."""
        shown = self._shown()
        if not shown:
            self._set_state(None)
        elif self._state is None:
            note = "" if self._engine.phase is Phase.READY else "waiting for the model"
            self._set_state(JobState(self._errands[shown[0]].title, note=note))

    def _take_in(self, job: int, event: Event) -> None:
        errand = self._errands[job]
        match event:
            case Started():
                self._note_start(errand)
            case Progress():
                self._note_progress(job, errand, event)
            case Saved(variation, level, start, codes):
                errand.store.add_codes(errand.takes[variation].id, level, start, codes)
            case Chunk(variation, level, start, audio):
                take = errand.takes[variation]
                span = errand.store.add_sound(take.id, level, start, audio.samples)
                self.sounded.emit(errand.store, take.id, span)
            case _:
                self._note_end(job, errand, event)

    def _note_start(self, errand: Errand) -> None:
        if errand.kind is not Kind.PREPARE and self._engine.phase is not Phase.READY:
            self._set_engine(EngineState(Phase.READY, "Ready", self._engine.model))

    def _note_progress(self, job: int, errand: Errand, event: Progress) -> None:
        if errand.kind is Kind.PREPARE:
            words = event.note[:1].upper() + event.note[1:]
            self._set_engine(EngineState(Phase.STARTING, words or "Starting", self._engine.model))
        elif self._shown()[0] == job:
            self._set_state(
                JobState(
                    errand.title,
                    event.level,
                    event.done,
                    event.total,
                    event.per_second,
                    event.remaining_s,
                    event.note,
                    time.monotonic() - errand.since_s,
                )
            )

    def _note_end(self, job: int, errand: Errand, event: Event) -> None:
        assert isinstance(event, LAST_EVENTS)
        del self._errands[job]
        if errand.kind is Kind.PREPARE:
            self._note_prepared(event)
        if errand.kind is Kind.ENCODE and isinstance(event, Finished):
            (take,), (codes,) = errand.takes, event.results
            for level in take.levels:
                errand.store.add_codes(take.id, level, take.span.start, codes.at(level))
        self.ended.emit(errand, event)
        self._state = None if self._shown() else self._state
        self._show_front()

    def _note_prepared(self, event: Event) -> None:
        model = self._engine.model
        if isinstance(event, Failed):
            words = f"{event.problem.message} {event.problem.advice}".strip()
            self._set_engine(EngineState(Phase.FAILED, words, model))
        else:
            self._set_engine(EngineState(Phase.READY, "Ready", model))

    def _set_engine(self, state: EngineState) -> None:
        if state != self._engine:
            self._engine = state
            self.engine_changed.emit(state)

    def _set_state(self, state: JobState | None) -> None:
        if state != self._state:
            self._state = state
            self.changed.emit(state)

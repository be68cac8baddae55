"""What the engine is asked to do for the song, in which order, and what comes of it.

Knows which takes a task fills, puts what arrives where it belongs, and tells how far it is. What
is first in the line is on the engine; what makes codes gives way to it, and goes on later where
it stopped. Knows nothing of history and files.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from PySide6.QtCore import QObject, Signal

from app.language import mark, tr
from app.services.errands import Errand, Kind
from app.services.generation import GenerationService, Journal
from app.services.line import Entry, Line, Wish
from app.services.takes import TakeStore
from app.song.pace import Pace
from app.song.problems import in_words, note_in_words
from app.song.queue import PlannedJob
from app.song.singing import Sung, told_words
from app.song.song import TakeId
from app.song.status import EngineState, JobState, Phase, QueueState
from engine.api import (
    LAST_EVENTS,
    Aligned,
    Cancelled,
    Chunk,
    Engine,
    Event,
    Failed,
    Finished,
    PrepareTask,
    ProblemKind,
    Progress,
    Saved,
    Scored,
    Started,
)
from engine.catalog.specs import ModelSpec
from engine.types import Level, Span


class Jobs(QObject):
    """Errands, one after the other.

    Signals:
        changed: the `JobState` of the errand that is shown, or None.
        queue_changed: the `QueueState`, whenever a job comes, goes, moves or gets on.
        plan_changed: a job came, ended, moved, or was paused: what a song keeps is another.
        engine_changed: the `EngineState`.
        sounded(store, take_id, span): a take has new sound of its own.
        rested(errand): a job gave way, and the last of its sound may be missing.
        revived(errand, problem): the engine died under a job, which goes on with a new one.
        scored(errand, scored): the engine tells how likely some codes are.
        sung(store, take_id): more is known of what a take sings.
        ended(errand, event): an errand is over; the event is its last one.
    """

    changed = Signal(object)
    queue_changed = Signal(object)
    plan_changed = Signal()
    engine_changed = Signal(object)
    sounded = Signal(object, str, object)
    rested = Signal(object)
    revived = Signal(object, object)
    scored = Signal(object, object)
    sung = Signal(object, str)
    ended = Signal(object, object)

    def __init__(
        self, engine: Engine, pace: Pace | None = None, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._service = GenerationService(engine, self)
        self._service.happened.connect(self._take_in)
        self._line = Line(pace or Pace())
        self._there: frozenset[TakeId] | None = None
        """The takes that are in the song now; None before anybody told."""
        self._state: JobState | None = None
        self._engine = EngineState(Phase.FAILED, tr("No model is installed."), None)

    @property
    def state(self) -> JobState | None:
        """How far the errand that is shown is; None while nothing is to be done."""
        return self._state

    @property
    def queue(self) -> QueueState:
        """The jobs that the composer asked for, in the order in which they run."""
        return self._line.state()

    @property
    def planned(self) -> tuple[PlannedJob, ...]:
        """The same, as a song keeps them."""
        kept = [each for each in self._line.entries if each.wish is not Wish.END]
        jobs = [each.errand.planned(each.paused) for each in kept]
        return tuple(job for job in jobs if job is not None)

    @property
    def pace(self) -> Pace:
        """How fast codes were made lately."""
        return self._line.pace

    @property
    def engine_state(self) -> EngineState:
        """Whether music can be made."""
        return self._engine

    @property
    def takes(self) -> frozenset[TakeId]:
        """Every take that an errand has to do with."""
        return frozenset(take.id for each in self._line.entries for take in each.errand.takes)

    def concern(self, takes: Collection[TakeId]) -> bool:
        """Whether an errand will bring more for any of these takes, now or when it is resumed."""
        return any(each.fills(takes) for each in self._line.entries)

    def renderings(self, takes: Collection[TakeId]) -> tuple[tuple[Span, Level], ...]:
        """The stretches of these takes that are to be made better, and the finest level of each."""
        renders = [e.errand for e in self._line.jobs if e.errand.kind is Kind.RENDER]
        mine = [each for each in renders if any(take.id in takes for take in each.takes)]
        return tuple((take.span, min(take.levels)) for each in mine for take in each.takes)

    def growing(self, takes: Collection[TakeId]) -> bool:
        """Whether more will come for any of these takes by itself."""
        return any(each.fills(takes) for each in self._line.entries if each.runnable)

    def fills(self, takes: Collection[TakeId]) -> bool:
        """Whether codes will still come for any of these takes."""
        makers = [each for each in self._line.entries if each.errand.kind is not Kind.DECODE]
        return any(each.fills(takes) for each in makers)

    def prepare(self, spec: ModelSpec, store: TakeStore) -> None:
        """Load a model, so that the first music comes sooner."""
        self._set_engine(EngineState(Phase.STARTING, tr("Loading {title}", title=spec.title), spec))
        self.submit(Errand(Kind.PREPARE, mark("Prepare"), PrepareTask(spec.id), (), store))

    def submit(
        self, errand: Errand, journal: Journal | None = None, *, paused: bool = False
    ) -> None:
        """Put an errand behind those of its rank; one of a lower rank goes first."""
        self._line.add(Entry(errand, journal, paused=paused, away=self._away(errand)))
        self._note_plan()

    # ── what the composer does with the queue ─────────────────────────────────────────────────

    def pause(self, number: int) -> None:
        """Let a job rest until it is resumed. What was made of it stays."""
        self._change(number, lambda each: setattr(each, "paused", True))

    def resume(self, number: int) -> None:
        """Let a job go on where it stopped, when its turn comes."""
        self._change(number, lambda each: setattr(each, "paused", False))

    def move(self, number: int, places: int) -> None:
        """Let a job run earlier (negative) or later by so many places of the queue."""
        self._line.move(number, places)
        self._note_plan()

    def cancel(self, number: int) -> None:
        """End a job. What was made of it is kept."""
        self._change(number, self._cancel)

    def pause_all(self) -> None:
        """Let every job rest."""
        self._change_all(lambda each: setattr(each, "paused", True))

    def resume_all(self) -> None:
        """Let every job go on."""
        self._change_all(lambda each: setattr(each, "paused", False))

    def cancel_waiting(self) -> None:
        """End every job but the one at work."""
        self._change_all(lambda each: each.run is None and self._cancel(each))

    def cancel_all(self) -> None:
        """End every job. What was made is kept."""
        self._change_all(self._cancel)

    def stop(self) -> None:
        """End the job at work, or else whatever is shown. What was made is kept."""
        jobs = [each for each in self._line.jobs if each.runnable] or self._line.shown
        for each in jobs[:1]:
            self._cancel(each)
        self._note_plan()

    def attend(self, takes: Collection[TakeId]) -> None:
        """Let those jobs rest none of whose takes is in the song now: undone, until redone."""
        self._there = frozenset(takes)
        away = {each: self._away(each.errand) for each in self._line.jobs_and_away}
        if any(each.away != gone for each, gone in away.items()):
            for each, gone in away.items():
                each.away = gone
            self._note_plan()

    def abandon(self) -> None:
        """Stop everything but loading; another song comes."""
        for each in list(self._line.entries):
            if each.errand.kind is not Kind.PREPARE:
                self._cancel(each)
        self._show()

    def close(self) -> None:
        """Stop everything and close the engine."""
        self._service.close()

    def _away(self, errand: Errand) -> bool:
        """Whether it is a job none of whose takes is in the song now."""
        there = self._there
        ids = (take.id for take in errand.takes)
        return errand.kind.makes_codes and there is not None and there.isdisjoint(ids)

    def _change(self, number: int, change: Callable[[Entry], object]) -> None:
        for each in self._line.jobs:
            if each.number == number:
                change(each)
        self._note_plan()

    def _change_all(self, change: Callable[[Entry], object]) -> None:
        for each in self._line.jobs:
            change(each)
        self._note_plan()

    def _cancel(self, entry: Entry) -> None:
        if entry.run is None:
            self._end(entry, Cancelled())
        else:
            entry.wish = Wish.END
            self._service.cancel(entry.run)

    # ── whose turn it is ──────────────────────────────────────────────────────────────────────

    def _note_plan(self) -> None:
        self._show()
        self.plan_changed.emit()

    def _show(self) -> None:
        self._take_turns()
        self._show_front()
        self.queue_changed.emit(self.queue)

    def _take_turns(self) -> None:
        """Put what is first in the line on the engine; what is there gives way, if it can."""
        running, first = self._line.running, self._line.first
        if running is None and first is not None:
            first.begin(self._service.submit(first.errand.next_task(), first.journal))
        elif running is not None and running is not first and running.gives_way:
            running.wish = Wish.YIELD
            assert running.run is not None
            self._service.cancel(running.run)

    def _show_front(self) -> None:
        """Show the first errand, unless it is shown already."""
        shown = self._line.shown
        if not shown:
            self._set_state(None)
        elif self._state is None or self._state.title != shown[0].errand.title:
            ready = self._engine.phase is Phase.READY
            note = "" if ready else tr("waiting for the model")
            self._set_state(JobState(shown[0].errand.title, note=note))

    # ── what comes from the engine ────────────────────────────────────────────────────────────

    def _take_in(self, run: int, event: Event) -> None:
        entry = self._line.of_run(run)
        errand = entry.errand
        match event:
            case Started():
                self._note_start(entry)
            case Progress():
                self._note_progress(entry, event)
            case Saved(variation, level, start, codes):
                errand.store.add_codes(errand.takes[variation].id, level, start, codes)
                entry.made(level, len(codes))
            case Chunk(variation, level, start, audio):
                take = errand.takes[variation]
                span = errand.store.add_sound(take.id, level, start, audio.samples)
                self.sounded.emit(errand.store, take.id, span)
            case Scored():
                self.scored.emit(errand, event)
            case Aligned(variation, start, places, weights):
                take = errand.takes[variation]
                sung = Sung.told(start, told_words(errand.task), places, weights)
                errand.store.singing.add(take.id, sung)
                self.sung.emit(errand.store, take.id)
            case _:
                self._note_end(entry, event)

    def _note_start(self, entry: Entry) -> None:
        if entry.errand.kind is not Kind.PREPARE and self._engine.phase is not Phase.READY:
            self._set_engine(EngineState(Phase.READY, tr("Ready"), self._engine.model))

    def _note_progress(self, entry: Entry, event: Progress) -> None:
        if entry.errand.kind is Kind.PREPARE:
            note = note_in_words(event.note)
            words = note[:1].upper() + note[1:]
            self._set_engine(
                EngineState(Phase.STARTING, words or tr("Starting"), self._engine.model)
            )
            return
        self._line.measure(entry, event)
        if self._line.shown[:1] == [entry]:
            self._set_state(self._line.job_state(entry, event))
        if entry.errand.kind.makes_codes:
            self.queue_changed.emit(self.queue)

    def _note_end(self, entry: Entry, event: Event) -> None:
        assert isinstance(event, LAST_EVENTS)
        yielded = isinstance(event, Cancelled) and entry.wish is Wish.YIELD
        goes_on = isinstance(event, Finished) and entry.missing_codes > 0
        died = isinstance(event, Failed) and event.problem.kind is ProblemKind.ENGINE_DIED
        revived = died and entry.wish is not Wish.END and entry.dies()
        if not (yielded or goes_on or revived):
            self._end(entry, event)
            self._note_plan()
            return
        entry.rest()
        if revived:
            self.revived.emit(entry.errand, event)
        if not goes_on:
            self.rested.emit(entry.errand)
        self._note_plan()

    def _end(self, entry: Entry, event: Event) -> None:
        errand = entry.errand
        self._line.remove(entry)
        if errand.kind is Kind.PREPARE:
            self._note_prepared(event)
        if errand.kind is Kind.ENCODE and isinstance(event, Finished):
            (take,), (codes,) = errand.takes, event.results
            for level in take.levels:
                errand.store.add_codes(take.id, level, take.span.start, codes.at(level))
        self._state = None if self._line.shown else self._state
        self.ended.emit(errand, event)

    def _note_prepared(self, event: Event) -> None:
        model = self._engine.model
        if isinstance(event, Failed):
            words = " ".join(in_words(event.problem)).strip()
            self._set_engine(EngineState(Phase.FAILED, words, model))
        else:
            self._set_engine(EngineState(Phase.READY, tr("Ready"), model))

    def _set_engine(self, state: EngineState) -> None:
        if state != self._engine:
            self._engine = state
            self.engine_changed.emit(state)

    def _set_state(self, state: JobState | None) -> None:
        if state != self._state:
            self._state = state
            self.changed.emit(state)

"""A desk with its machines: what the engine, the speaker and the disk do for the open song.

Knows how the services play together and answers what the window asks. What the user wants is told
in `app.session`.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, Signal

from app.language import mark, tr
from app.services import preferences as kept_preferences
from app.services.background import Background
from app.services.desk import Desk
from app.services.errands import Errand, Kind, errand_of
from app.services.jobs import Jobs
from app.services.journals import EncodingJournal, Journal
from app.services.keeper import SongKeeper
from app.services.machines import DeskModel, Machines
from app.services.mixes import Mixes
from app.services.opening import OpenedSong
from app.services.playback import Program
from app.services.shelf import Shelf
from app.services.takes import TakeStore, settled
from app.services.transport import Transport
from app.song.codes import chain, known_until
from app.song.history import History
from app.song.layers import Edition, Stretches, joined
from app.song.peaks import PeakPyramid
from app.song.preferences import Preferences
from app.song.problems import in_words
from app.song.song import NO_MODEL, Song, Take, TakeId, blank_song
from app.song.status import EngineState, JobState, Notice, Severity, TransportState
from engine.api import Cancelled, DecodeTask, EncodeTask, Event, Failed, Finished
from engine.catalog.specs import ModelSpec
from engine.types import Audio, Codes, Level, Span

NO_PEAKS = PeakPyramid(np.zeros(0, np.float32))


class Studio(Desk):
    """The open song with all that works for it.

    Signals:
        job_changed: the `JobState` of what the engine does, or None.
        audio_changed(take_id, span): a take sounds different there.
        transport_changed: the `TransportState`.
        engine_changed: the `EngineState`.
        notice: a `Notice` for the user.
        file_changed(path, modified): the song file, or None; and whether it is out of date.
        models_changed: another model was installed, or one was removed.
        preferences_changed: what the user prefers.
    """

    job_changed = Signal(object)
    audio_changed = Signal(str, object)
    transport_changed = Signal(object)
    engine_changed = Signal(object)
    notice = Signal(object)
    file_changed = Signal(object, bool)
    models_changed = Signal()
    preferences_changed = Signal()

    def __init__(self, machines: Machines, parent: QObject | None = None) -> None:
        spec = machines.models[0].spec if machines.models else NO_MODEL
        super().__init__(blank_song(spec), parent)
        self._machines, self._spec = machines, spec
        self._models = {model.spec.id: model for model in machines.models}
        self._preferences = machines.preferences
        self._path: Path | None = None
        self._saved = self.song
        self._document = object()
        """Another one for each song that is worked on."""
        self._told_file: tuple[Path | None, bool] = (None, False)
        self._loops = False
        self._given_up: set[TakeId] = set()
        self._files, self._mixing = Background(self), Background(self)
        self._jobs = Jobs(machines.engine, machines.pace, self)
        self._transport = Transport(machines.speaker, self)
        specs = {model.spec.id: model.spec for model in machines.models}
        self._keeper = SongKeeper(machines.folder / "working", specs, self)
        self._shelf = Shelf(machines.shop, self)
        self._store = TakeStore(self._spec)
        self._mixes = Mixes(self._store, self._spec, self._mixing, self)
        self._keeper.begin(self.song)
        self._wire()
        self._transport.look_for_speaker(machines.probe_speaker)
        self._prepare()

    @property
    def job(self) -> JobState | None:
        """How far the engine's work for the song is; None while it rests."""
        return self._jobs.state

    @property
    def jobs(self) -> Jobs:
        """The queue: every job that was asked for, and what can be done with it."""
        return self._jobs

    @property
    def transport(self) -> TransportState:
        """What is heard."""
        return self._transport.state

    @property
    def engine_state(self) -> EngineState:
        """Whether music can be made."""
        return self._jobs.engine_state

    @property
    def model(self) -> ModelSpec | None:
        """The model of this song; None when none is installed."""
        return self._spec if self._spec is not NO_MODEL else None

    @property
    def models(self) -> tuple[ModelSpec, ...]:
        """The installed models."""
        return tuple(model.spec for model in self._models.values())

    @property
    def shelf(self) -> Shelf:
        """All models, and what is being done to them."""
        return self._shelf

    @property
    def artists(self) -> tuple[str, ...]:
        """The artists that can be asked for."""
        return self._model.artists

    @property
    def genres(self) -> tuple[str, ...]:
        """The genres that can be asked for."""
        return self._model.genres

    @property
    def path(self) -> Path | None:
        """The song file; None for a song that was never saved."""
        return self._path

    @property
    def modified(self) -> bool:
        """Whether there is something to save."""
        return replace(self.song, current=None) != replace(self._saved, current=None)

    @property
    def preferences(self) -> Preferences:
        """What the user prefers, whatever the song."""
        return self._preferences

    def prefer(self, preferences: Preferences) -> None:
        """Change preferences, and keep them."""
        if preferences == self._preferences:
            return
        self._preferences = preferences
        folder = self._machines.folder
        self._files.run(
            lambda: kept_preferences.save(folder, preferences), lambda _: None, self._warn_of
        )
        self.preferences_changed.emit()

    def lyric_report(self) -> tuple[int, ...]:
        """Positions in the lyrics of the characters of which the model sees nothing."""
        alphabet = self._model.alphabet
        return () if alphabet is None else alphabet.lost(self.song.prompt.lyrics)

    def peaks(self, take_id: TakeId) -> PeakPyramid:
        """The extremes of a take's sound; `audio_changed` tells when there is more to see."""
        if not self.song.has(take_id):
            return NO_PEAKS
        return self._mixes.peaks(self.song, take_id) or NO_PEAKS

    def quality(self, take_id: TakeId) -> Stretches:
        """The stretches of a take that have sound, in order, and the level of each."""
        return self._mixes.quality(self.song, take_id) if self.song.has(take_id) else ()

    def planned(self, take_id: TakeId) -> tuple[tuple[Span, Level], ...]:
        """The stretches of a take that wait to be rendered, and the finest level of each."""
        if not self.song.has(take_id):
            return ()
        return self._jobs.renderings(_ids(chain(self.song, take_id)))

    @property
    def _model(self) -> DeskModel:
        return self._models.get(self._spec.id, DeskModel(NO_MODEL))

    @property
    def _known_until(self) -> int:
        """Up to where the current take has codes to go on from."""
        return known_until(self._codes, Level.TOP, self._spec)

    @property
    def _codes(self) -> Codes:
        """The codes of the current take."""
        take = self.song.current
        return Codes.empty() if take is None else self._store.codes(self.song, take)

    def _look_for_models(self) -> None:
        if self._machines.find_models is not None:
            self._files.run(self._machines.find_models, self._use_models, self._warn_of)

    def _use_models(self, models: tuple[DeskModel, ...]) -> None:
        """From now on these models are installed."""
        self._models = {model.spec.id: model for model in models}
        self._keeper.know({model.spec.id: model.spec for model in models})
        self.models_changed.emit()

    def _warn_of(self, error: Exception) -> None:
        self._warn(str(error))

    def _wire(self) -> None:
        self.song_changed.connect(self._note_song)
        self.takes_changed.connect(self._note_takes)
        self.selection_changed.connect(self._publish)
        self._mixes.changed.connect(self._note_mix)
        self._jobs.changed.connect(self._note_job)
        self._jobs.engine_changed.connect(self.engine_changed)
        self._jobs.sounded.connect(self._note_sound)
        self._jobs.ended.connect(self._note_end)
        self._jobs.rested.connect(self._note_rest)
        self._jobs.revived.connect(self._note_revival)
        self._jobs.plan_changed.connect(self._note_plan)
        self._transport.changed.connect(self.transport_changed)
        self._keeper.troubled.connect(self._warn)
        self._keeper.relieved.connect(self._note_relief)
        self._shelf.models_changed.connect(self._look_for_models)

    def _prepare(self) -> None:
        if self.model is not None:
            self._jobs.prepare(self._spec, self._store)

    def _move_in(self, opened: OpenedSong) -> None:
        """Go on with a song that was opened or recovered."""
        self._keeper.take_over(opened)
        self._replace_song(opened.history, opened.store, opened.path)
        for job in opened.jobs:
            for take in job.takes:
                self._store.begin(take)
            self._catch_up(job.takes)
            errand, journal = errand_of(job, self._store), Journal(self._keeper, job.takes)
            if any(errand.missing().values()):
                self._jobs.submit(errand, journal, paused=job.paused)

    def _replace_song(self, history: History, store: TakeStore, path: Path | None) -> None:
        song, spec = history.song, self._spec
        self._spec = self._models[song.model].spec if song.model in self._models else NO_MODEL
        self._store, self._path, self._saved, self._document = store, path, song, object()
        self._jobs.abandon()
        self._mixes.replace(store, self._spec)
        self.pause()
        self._replace(history)
        self._transport.seek(0)
        self._publish()
        self._tell_file()
        if self._spec != spec:
            self._prepare()

    def pause(self) -> None:
        """Stop playing."""
        self._transport.pause()

    def _note_song(self, song: Song) -> None:
        self._keeper.note(self._history.past)
        self._jobs.attend({take.id for take in song.takes})
        self._tell_file()

    def _note_takes(self) -> None:
        current = self.song.current
        for take_id in () if current is None else {current, *self._beside()}:
            self._complete(chain(self.song, take_id))
        self._publish()

    def _note_job(self, state: JobState | None) -> None:
        self.job_changed.emit(state)
        if state is None:
            self._publish()

    def _note_sound(self, store: TakeStore, take_id: TakeId, span: Span) -> None:
        if store is self._store:
            self._mixes.refresh(take_id, span)

    def _note_mix(self, take_id: TakeId, span: Span) -> None:
        if take_id == self.song.current or take_id in self._beside():
            self._publish()
        self.audio_changed.emit(take_id, span)

    def _note_end(self, errand: Errand, event: Event) -> None:
        if errand.store is not self._store or errand.kind is Kind.SURPRISE:
            return
        if errand.kind.makes_codes:
            before = self.song.takes
            self._rewrite(lambda song: settled(song, errand.store, errand.takes))
            made = [take for take in self.song.takes if take.id in _ids(errand.takes)]
            self._complete(tuple(made))
            if isinstance(event, Cancelled) and not made and before:
                self._complain(Severity.INFO, tr("Stopped before anything was made."))
            self._store.keep_only(self._history.takes | self._jobs.takes)
        elif not isinstance(event, Finished):
            self._given_up |= _ids(errand.takes)
        if isinstance(event, Failed):
            self.notice.emit(Notice(Severity.ERROR, *in_words(event.problem)))
        self._publish()
        self.takes_changed.emit()
        self.history_changed.emit()

    def _note_rest(self, errand: Errand) -> None:
        """What a job that gave way has made so far shall be heard meanwhile."""
        if errand.store is self._store:
            self._catch_up(errand.takes)

    def _note_revival(self, errand: Errand, event: Failed) -> None:
        if errand.store is self._store:
            words = tr("It was started again, and goes on where it stopped.")
            self._complain(Severity.WARNING, in_words(event.problem)[0], words)

    def _note_plan(self) -> None:
        self._keeper.note_queue(self._jobs.planned)
        self._publish()

    def _complete(self, takes: tuple[Take, ...]) -> None:
        """Have made what takes should have and do not: codes of recordings, and sound of codes."""
        for take in takes:
            given_up = take.id in self._given_up or self.model is None
            if given_up or self._jobs.concern({take.id}):
                continue
            if self._store.lacks_codes(take):
                self._encode(take)
            self._catch_up((take,))

    def _catch_up(self, takes: tuple[Take, ...]) -> None:
        """Have the sound made of codes that have none yet."""
        for take in takes:
            for span, level in self._store.unheard(take) if self.song.has(take.id) else ():
                codes = self._store.codes(self.song, take.id)
                task = DecodeTask(self._spec.id, codes, span, level)
                errand = Errand(Kind.DECODE, mark("Decode"), task, (take,), self._store)
                self._jobs.submit(errand, Journal(self._keeper, (take,)))

    def _encode(self, take: Take) -> None:
        audio = Audio(self._store.sound(take).samples, self._spec.sample_rate)
        errand = Errand(
            Kind.ENCODE, mark("Encode"), EncodeTask(self._spec.id, audio), (take,), self._store
        )
        self._jobs.submit(errand, EncodingJournal(self._keeper, (take,)))

    def _note_relief(self) -> None:
        words = tr("What could not be written before is on the disk now.")
        self._complain(Severity.INFO, words)

    def _warn(self, words: str) -> None:
        self._complain(Severity.WARNING, words)

    def _publish(self, *_: object) -> None:
        """Let the transport play what the current take is now."""
        take, rate = self.take, self._spec.sample_rate
        if take is None:
            loop = Span(0, 0) if self._loops else None
            self._transport.show(replace(Program.nothing(rate), loop=loop))
            return
        sound = self._mixes.sound(self.song, take.id)
        if sound is None and self.transport.playing:
            return  # What plays goes on until this one is mixed, in a moment.
        growing = self._jobs.growing(_ids(chain(self.song, take.id)))
        loop = (self.selection or Span(0, take.length)) if self._loops else None
        samples = np.zeros(0, np.float32) if sound is None else sound.samples
        made = () if sound is None else joined(sound.stretches())
        coming = growing or sound is None
        edition = Edition() if sound is None else sound.edition
        program = Program(samples, made, coming, loop, take.length, rate, edition)
        self._transport.show(self._voiced(program, take.id))

    def _beside(self) -> tuple[TakeId, ...]:
        """Which takes can be heard together with the current one."""
        return ()

    def _voiced(self, program: Program, _take_id: TakeId) -> Program:
        """The sound of a take as it is to be heard."""
        return program

    def _tell_file(self) -> None:
        now = (self._path, self.modified)
        if now != self._told_file:
            self._told_file = now
            self.file_changed.emit(*now)

    def _complain(self, severity: Severity, message: str, advice: str = "") -> None:
        self.notice.emit(Notice(severity, message, advice))


def _ids(takes: tuple[Take, ...]) -> frozenset[TakeId]:
    return frozenset(take.id for take in takes)

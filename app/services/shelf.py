"""The models on this computer: what there is, and what is being brought in, checked or removed.

One thing at a time, in a process of its own that may be killed; so closing the program, or a crash
of it, is a pause. Knows nothing of songs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.language import tr
from app.services.background import Background
from app.song.problems import error_in_words
from app.song.shelf import ShelfTask, ShelfWork
from app.song.status import Notice, Severity
from engine.catalog.known import KNOWN_MODELS, KnownModel
from engine.catalog.store import default_store, user_models
from engine.catalog.web import Web, web_from
from engine.errors import EngineError
from engine.installing.install import Installed
from engine.installing.places import Places
from engine.installing.progress import Progress
from engine.installing.survey import Standing, State, Survey, survey
from engine.installing.worker import Fetch, Import, Order, Result, StoppedError, Verify, Worker


def usual_places() -> Places:
    """Where the models of this user are."""
    return Places(user_models(), default_store())


@dataclass(frozen=True, slots=True)
class Shop:
    """Where models are kept and come from.

    Attributes:
        known: those that can be fetched.
        web: where from; may refuse with an `EngineError`.
    """

    places: Places = field(default_factory=usual_places)
    known: tuple[KnownModel, ...] = KNOWN_MODELS
    web: Callable[[], Web] = web_from


class Shelf(QObject):
    """Keeps an eye on the models, and does one thing to them at a time. Intents return at once.

    Signals:
        changed: the `Survey` of all models.
        worked: the `ShelfWork` that is being done, or None.
        told: a `Notice` for the user.
        models_changed: a model was installed or removed.
    """

    changed = Signal(object)
    worked = Signal(object)
    told = Signal(object)
    models_changed = Signal()
    _progressed = Signal(object)

    def __init__(self, shop: Shop, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._shop = shop
        self._looking, self._working = Background(self), Background(self)
        self._worker: Worker | None = None
        self._giving_up = False
        self.work: ShelfWork | None = None
        self._progressed.connect(self._note_progress)

    def refresh(self) -> None:
        """Look at all models; `changed` tells what there is."""
        shop = self._shop
        self._looking.run(lambda: survey(shop.places, shop.known), self.changed.emit, self._fail)

    def remind(self) -> None:
        """Tell the user of a model that is fetched in part."""
        shop = self._shop
        self._looking.run(
            lambda: survey(shop.places, shop.known), self._tell_unfinished, self._fail
        )

    def install(self, known: KnownModel) -> None:
        """Fetch a model whose licence the user has accepted, or go on fetching it."""
        try:
            order = Fetch(known, self._shop.web())
        except EngineError as error:
            self._fail(error)
        else:
            self._begin(ShelfWork(ShelfTask.INSTALL, known.id, known.title), order)

    def import_from(self, path: Path) -> None:
        """Install the model that lies in a folder, or in the folder of a file."""
        order = Import(path, self._shop.known)
        self._begin(ShelfWork(ShelfTask.IMPORT, path.name, path.name), order)

    def verify(self, standing: Standing) -> None:
        """Compare every file of a model with its checksum."""
        work = ShelfWork(ShelfTask.VERIFY, standing.name, standing.title)
        self._begin(work, Verify(standing.name))

    def remove(self, standing: Standing) -> None:
        """Remove a model, or what there is of it."""
        if self.work is None:
            places = self._shop.places
            self._looking.run(
                lambda: places.remove(standing.name),
                lambda freed: self._removed(standing, freed),
                self._fail,
            )

    def pause(self) -> None:
        """Stop what is being done. What was fetched stays for the next time."""
        if self._worker is not None:
            self._worker.stop()

    def give_up(self) -> None:
        """Stop what is being done, and remove what came of it."""
        self._giving_up = True
        self.pause()

    def close(self) -> None:
        """End at once; what was being done can be gone on with later."""
        self.pause()
        for background in (self._working, self._looking):
            background.finish()

    def _begin(self, work: ShelfWork, order: Order) -> None:
        if self.work is not None:
            self._tell(Severity.WARNING, tr("One model at a time."), tr("Wait for it, or stop it."))
            return
        worker = self._worker = Worker(order, self._shop.places)
        self._giving_up = False
        self._show(work)
        self._working.run(
            lambda: worker.run(self._progressed.emit),
            lambda result: self._done(work, result),
            lambda error: self._stopped(work, error),
        )

    def _note_progress(self, progress: Progress) -> None:
        if self.work is not None:
            self._show(replace(self.work, progress=progress))

    def _show(self, work: ShelfWork | None) -> None:
        self.work = work
        self.worked.emit(work)

    def _done(self, work: ShelfWork, result: Result) -> None:
        self._rest()
        if isinstance(result, Installed):
            self._tell(
                Severity.INFO, tr("{title} is installed.", title=result.title), _vouched(result)
            )
            self.models_changed.emit()
        elif result:
            names = ", ".join(result)
            words = tr("{title} is damaged: {names}.", title=work.title, names=names)
            self._tell(Severity.ERROR, words, tr("Remove it, and install it again."))
        else:
            self._tell(
                Severity.INFO,
                tr("{title} is whole: every file is what was installed.", title=work.title),
            )

    def _stopped(self, work: ShelfWork, error: Exception) -> None:
        self._rest()
        if not isinstance(error, StoppedError):
            self._fail(error)
        elif self._giving_up and work.task is ShelfTask.INSTALL:
            places = self._shop.places
            self._looking.run(lambda: places.tidy(work.name), _rest, self._fail)
            self.refresh()

    def _rest(self) -> None:
        self._worker = None
        self._show(None)
        self.refresh()

    def _removed(self, standing: Standing, freed: int) -> None:
        self._tell(
            Severity.INFO,
            tr(
                "{title} was removed; {freed:.1f} GB are free.",
                title=standing.title,
                freed=freed / 1e9,
            ),
        )
        self.refresh()
        self.models_changed.emit()

    def _tell_unfinished(self, found: Survey) -> None:
        begun = [each for each in found.models if each.state is State.BEGUN and each.known]
        for each in begun[:1]:
            whole = each.known.download_bytes if each.known else 0
            self._tell(
                Severity.INFO,
                tr(
                    "{title} is fetched in part: {fetched:.1f} of {whole:.1f} GB.",
                    title=each.title,
                    fetched=each.fetched_bytes / 1e9,
                    whole=whole / 1e9,
                ),
                tr("Go on with it under Compose, Models."),
            )

    def _fail(self, error: Exception) -> None:
        if not isinstance(error, EngineError):
            raise error
        self._tell(Severity.ERROR, *error_in_words(error))

    def _tell(self, severity: Severity, message: str, advice: str = "") -> None:
        self.told.emit(Notice(severity, message, advice))


def _vouched(result: Installed) -> str:
    """Who says that the files are right, where it was not known before."""
    if result.unvouched:
        return tr(
            "Nobody states a checksum of {names}; lengths and shapes fit.",
            names=", ".join(result.unvouched),
        )
    return tr("Its files have the checksums that the server states.") if result.stated else ""


def _rest(_: None) -> None:
    """Nothing more is to be done."""

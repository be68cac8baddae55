"""Songs that come and go: begun, opened, brought back after a crash, and offered to be.

What a program left that quit in order is back by itself; what a crash left is offered, and so is
resuming its jobs. Knows the song and its services.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.language import tr, trn
from app.services.leftovers import Leftover
from app.services.listening import Listening
from app.services.machines import Machines
from app.services.opening import OpenedSong
from app.services.takes import TakeStore
from app.song.errors import SongError
from app.song.history import History
from app.song.problems import error_in_words
from app.song.song import blank_song
from app.song.status import Choice, JobPhase, Offer, Severity
from engine.errors import EngineError


class Returning(Listening):
    """A studio whose songs come and go. Its intents return at once.

    Signals:
        offered: an `Offer`, in place of the one before; None where it no longer stands.
    """

    offered = Signal(object)

    def __init__(self, machines: Machines, parent: QObject | None = None) -> None:
        super().__init__(machines, parent)
        self._rest_is_told = False
        self._jobs.plan_changed.connect(self._review_rest)

    def new_song(self) -> None:
        """Begin another song. What was not saved of this one is given up."""
        song = blank_song(self._spec)
        self._keeper.begin(song)
        self._replace_song(History(song), TakeStore(self._spec), None)

    def open_song(self, path: Path) -> None:
        """Open a song file. What was not saved of this song is given up when that succeeds."""
        self._keeper.open(path, self._opened, self._fail)

    def open_copy(self, path: Path) -> None:
        """Open a song file as a new song, which has no file yet; the file stays as it is."""
        self._keeper.open_copy(path, self._opened, self._fail)

    def look_for_left_song(self) -> None:
        """Bring back the song of a program that quit; offer that of one that crashed."""
        self._keeper.look(self._note_left_song, self._fail)

    def recover(self) -> None:
        """Bring back the newest song that a program which is no more left behind, if any.

        Its jobs go on by themselves if that program meant to end; else they rest.
        """

        def take_up(left: Leftover | None) -> None:
            if left is not None:
                self._keeper.recover(left, self._recovered, self._fail)

        self._keeper.look(take_up, self._fail)

    def _opened(self, opened: OpenedSong) -> None:
        self._move_in(_at_rest(opened))
        self._tell_what_is_not_saved(opened)
        self._offer_to_resume()
        if opened.path is not None:
            self.prefer(self.preferences.with_recent(str(opened.path)))

    def _tell_what_is_not_saved(self, opened: OpenedSong) -> None:
        if opened.notice:
            self._saved = blank_song(self._spec)
            self._tell_file()
            self._complain(Severity.WARNING, opened.notice)

    def _note_left_song(self, left: Leftover | None) -> None:
        if left is None:
            return
        if left.in_order:
            self._keeper.recover(left, self._recovered, self._fail)
            return
        self.offered.emit(
            Offer(
                tr(
                    "“{title}” was open when the program ended before its time.", title=_title(left)
                ),
                tr("Nothing of it is lost. Until you open it, it is offered at each start."),
                (
                    Choice(tr("Open It"), lambda: self._open_left(left), leaves_song=True),
                    Choice(tr("Later"), self._withdraw),
                ),
            )
        )

    def _open_left(self, left: Leftover) -> None:
        """Open what was offered, unless another window did meanwhile, which is told."""

        def take_up(opened: OpenedSong | None) -> None:
            if opened is None:
                self._withdraw()
                words = tr("Another window has opened “{title}” meanwhile.", title=_title(left))
                self._complain(Severity.INFO, words)
            self._recovered(opened)

        self._keeper.recover(left, take_up, self._fail)

    def _offer_to_resume(self) -> None:
        jobs = self._jobs.queue.jobs
        resting = sum(job.phase is JobPhase.PAUSED for job in jobs)
        if not resting:
            return
        words = trn(
            "{count} job of this song waits to go on.",
            "{count} jobs of this song wait to go on.",
            resting,
        )
        choices = (
            Choice(tr("Resume"), self._jobs.resume_all),
            Choice(tr("Leave Paused"), self._withdraw),
        )
        self.offered.emit(Offer(words, tr("It goes on where it stopped."), choices))
        self._rest_is_told = True

    def _review_rest(self) -> None:
        """Withdraw the offer to resume once nothing rests any more."""
        jobs = self._jobs.queue.jobs
        if self._rest_is_told and not any(job.phase is JobPhase.PAUSED for job in jobs):
            self._withdraw()

    def _withdraw(self) -> None:
        self._rest_is_told = False
        self.offered.emit(None)

    def _replace_song(self, history: History, store: TakeStore, path: Path | None) -> None:
        super()._replace_song(history, store, path)
        self._withdraw()

    def _recovered(self, opened: OpenedSong | None) -> None:
        if opened is not None:
            self._move_in(opened if opened.in_order else _at_rest(opened))
            self._saved = blank_song(self._spec)
            self._tell_file()
            self._complain(Severity.INFO, tr("The song that was open last time is back."),
                           tr("Save it to keep it."))  # fmt: skip
            self._offer_to_resume()

    def _fail(self, error: Exception) -> None:
        if not isinstance(error, EngineError | SongError):
            raise error
        words = error_in_words(error) if isinstance(error, EngineError) else (str(error), "")
        self._complain(Severity.ERROR, *words)


def _at_rest(opened: OpenedSong) -> OpenedSong:
    return replace(opened, jobs=tuple(replace(job, paused=True) for job in opened.jobs))


def _title(left: Leftover) -> str:
    return left.title or tr("Untitled song")

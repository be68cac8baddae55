"""The words of the song: what of them is sung when, what the model has in view, files of them.

Knows the song, its takes and its model. What takes long is done in the background.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.language import mark, tr
from app.services.background import Background
from app.services.errands import Errand, Kind
from app.services.journals import AligningJournal
from app.services.machines import Machines
from app.services.naming import Naming
from app.services.takes import TakeStore
from app.song import tasks
from app.song.codes import chain
from app.song.errors import OrderError, SongFileError
from app.song.lyrics import NOWHERE, LyricView, placed
from app.song.problems import refused
from app.song.singing import Course, course, lines_at_their_times
from app.song.song import Take
from app.song.status import Severity
from engine.api import AlignTask
from engine.atomic import replacing
from engine.sampling.told import LyricWindow
from engine.text.timing import SungLine, lrc, srt
from engine.types import Level

FORMS = {".lrc": lrc, ".srt": srt}
"""How lines with times are written, by the ending of a file."""


class Wording(Naming):
    """A studio that knows the words. Its intents return at once.

    Signals:
        words_changed: more, or something else, is known of what is sung.
    """

    words_changed = Signal()

    def __init__(self, machines: Machines, parent: QObject | None = None) -> None:
        super().__init__(machines, parent)
        self._listening = Background(self)
        self._course: Course | None = None
        self._lines: tuple[SungLine, ...] = ()
        self._followed, self._again = False, False
        self._views: tuple[object, tuple[LyricView, ...]] = (None, ())
        self._jobs.sung.connect(self._note_sung)
        self.takes_changed.connect(self._follow)
        self.song_changed.connect(self._note_words)

    @property
    def sung_lines(self) -> tuple[SungLine, ...]:
        """The lines of the words that the current take sings, with the times of their words."""
        return self._lines

    def sung_at(self, sample: int) -> int:
        """The character of the words that is sung at a moment; −1 where none is, or none known."""
        found = self._course
        if found is None or found.lyrics != self.song.prompt.lyrics:
            return NOWHERE
        return found.character_at(sample / self._spec.sample_rate)

    @property
    def sung_now(self) -> int:
        """The character that is sung at the playhead, or else last of a take in the making."""
        if self._growing_take() is None or self.transport.playing:
            return self.sung_at(self.transport.playhead)
        found = self._course
        fits = found is not None and found.lyrics == self.song.prompt.lyrics
        return found.last if found is not None and fits else NOWHERE

    def lyric_view(self, sample: int) -> LyricView | None:
        """Which words are in view while a moment is made; None where the model reads none.

        Of a take that is being made, the moment it has got to; else, the moment if the song were
        made from the words as they are now.
        """
        take = self._growing_take()
        at = sample if take is None else max(self._store.made_until(take) - 1, take.span.start)
        views = self._views_of(take)
        return next((view for view in views if at < view.fresh.end), views[-1] if views else None)

    @property
    def can_find_words(self) -> bool:
        """Whether it can be found out what the current take sings."""
        if self.take is None:
            return False
        try:
            self._aligning(self.take)
        except OrderError:
            return False
        return True

    def find_words(self) -> None:
        """Find out which words of the song the current take sings, and when."""
        take = self.take
        if take is None or not self.can_find_words:
            return
        task = self._aligning(take)
        errand = Errand(Kind.ALIGN, mark("Find Words"), task, (take,), self._store)
        self._jobs.submit(errand, AligningJournal(self._keeper, take, task.prompt.lyrics))

    @property
    def timed_lines(self) -> tuple[SungLine, ...]:
        """The lines with times: those dragged to one at that, the others as they are sung."""
        prompt, rate = self.song.prompt, self._spec.sample_rate
        return lines_at_their_times(prompt.lyrics, self._lines, prompt.cues, rate)

    def export_words(self, path: Path) -> None:
        """Write the lines with their times to an LRC or SRT file."""
        lines = self.timed_lines
        if not lines:
            self._complain(
                Severity.WARNING,
                tr("No line has a time yet."),
                tr("Find the words in the take, or drag lines to their times."),
            )
            return
        form = FORMS.get(path.suffix.lower())
        if form is None:
            self._complain(Severity.WARNING, tr("Words are written as .lrc or .srt."))
            return
        content = form(lines).encode("utf-8")
        done = tr("The words are in “{path}”.", path=path)
        self._files.run(
            lambda: _write(path, content),
            lambda _: self._complain(Severity.INFO, done),
            self._warn_of,
        )

    def _aligning(self, take: Take) -> AlignTask:
        codes = self._store.codes(self.song, take.id)
        return tasks.aligning(self.song, self._spec, codes)

    def _growing_take(self) -> Take | None:
        take = self.take
        growing = take is not None and take.settings is not None and Level.TOP in take.levels
        return take if growing and take and self._jobs.growing({take.id}) else None

    def _views_of(self, take: Take | None) -> tuple[LyricView, ...]:
        """The views of a take in the making, or of the song as it is asked for now."""
        prompt = self.song.prompt
        key = (take and (take.id, take.prompt), prompt, self._spec.id)
        if self._views[0] != key:
            task = tasks.telling(self.song, self._spec, take)
            windows = self._model.lyric_windows(task)
            self._views = key, _views(windows, task.prompt.lyrics, prompt.lyrics)
        return self._views[1]

    # ── what is sung ──────────────────────────────────────────────────────────────────────────

    def _note_sung(self, store: TakeStore, _take_id: str) -> None:
        if store is self._store:
            self._follow()

    def _note_words(self) -> None:
        if self._course is None or self._course.lyrics != self.song.prompt.lyrics:
            self._follow()

    def _follow(self) -> None:
        """Work out what the current take sings, soon; once for all that is asked meanwhile."""
        self._again = self._followed
        if self._followed:
            return
        self._followed = True
        song, spec, store = self.song, self._spec, self._store
        takes = () if song.current is None else chain(song, song.current)
        told = {take.id: store.singing.of(take.id) for take in takes}
        words = song.prompt.lyrics

        def work() -> tuple[Course, tuple[SungLine, ...]]:
            found = course(takes, told.__getitem__, words, spec)
            return found, found.lines()

        self._listening.run(work, self._take_course, self._fail_to_follow)

    def _take_course(self, found: tuple[Course, tuple[SungLine, ...]]) -> None:
        self._followed = False
        self._course, self._lines = found
        self.words_changed.emit()
        if self._again:
            self._follow()

    def _fail_to_follow(self, error: Exception) -> None:
        raise error


def _views(windows: tuple[LyricWindow, ...], told_words: str, words: str) -> tuple[LyricView, ...]:
    """Windows by places in the words as they are written now; those that are gone are left out."""
    now = placed(told_words, words)
    views: list[LyricView] = []
    for window in windows:
        start, end = window.written
        seen = now[start:end]
        seen = seen[seen != NOWHERE]
        first, last = (int(seen[0]), int(seen[-1]) + 1) if len(seen) else (0, 0)
        views.append(LyricView(first, last, window.fresh, end - start == len(told_words)))
    return tuple(views)


def _write(path: Path, content: bytes) -> None:
    try:
        with replacing(path) as file:
            file.write(content)
    except OSError as error:
        raise SongFileError(refused(error, path)) from error

"""The song under the composer's hands: every edit that makes no sound, with undo.

Knows the song, its history and the selection. Knows nothing of engines, files and sound.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from app.song import edits
from app.song.history import History
from app.song.song import Quality, Song, Take, TakeId
from engine.types import Span


class Desk(QObject):
    """A song, its undo history and the selected stretch. Its intents return at once.

    Signals:
        song_changed: the `Song` as it is now.
        takes_changed: the list of takes, one of them, or which one is chosen.
        selection_changed: the selected `Span`, or None.
        history_changed: what can be undone or redone.
    """

    song_changed = Signal(object)
    takes_changed = Signal()
    selection_changed = Signal(object)
    history_changed = Signal()

    def __init__(self, song: Song, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._history = History(song)
        self._selection: Span | None = None

    @property
    def song(self) -> Song:
        """The song as it is now."""
        return self._history.song

    @property
    def take(self) -> Take | None:
        """The current take."""
        return self.song.chosen

    @property
    def selection(self) -> Span | None:
        """The selected stretch of the current take, never empty."""
        return self._selection

    @property
    def song_length(self) -> int:
        """Samples of the current take; 0 without one."""
        return 0 if self.take is None else self.take.length

    @property
    def can_undo(self) -> bool:
        """Whether there is an edit to take back, and no music in the making that hangs on it."""
        return bool(self.undo_label) and not self._busy()

    @property
    def can_redo(self) -> bool:
        """Whether there is an edit to bring back, and no music in the making."""
        return bool(self.redo_label) and not self._busy()

    @property
    def undo_label(self) -> str:
        """What `undo` takes back, in a word or two; "" for nothing."""
        return self._history.undo_label

    @property
    def redo_label(self) -> str:
        """What `redo` brings back, in a word or two; "" for nothing."""
        return self._history.redo_label

    def set_title(self, title: str) -> None:
        """Name the song."""
        self._apply(edits.set_title(self.song, title), "Title", "title")

    def set_artist(self, artist: str) -> None:
        """Ask for an artist; "" for any."""
        self._apply(edits.ask(self.song, artist=artist), "Artist")

    def set_genres(self, genres: tuple[str, ...]) -> None:
        """Ask for genres; none for any."""
        self._apply(edits.ask(self.song, genres=genres), "Genres")

    def set_lyrics(self, lyrics: str) -> None:
        """Ask for words. Changes in quick succession are one undo step."""
        self._apply(edits.ask(self.song, lyrics=lyrics), "Lyrics", "lyrics")

    def set_seconds(self, seconds: float) -> None:
        """How much to make next."""
        self._set("Seconds", seconds=seconds)

    def set_takes(self, takes: int) -> None:
        """How many takes to make next."""
        self._set("Takes", takes=takes)

    def set_quality(self, quality: Quality) -> None:
        """How well to make what comes next."""
        self._set("Quality", quality=quality)

    def set_seed(self, seed: int | None) -> None:
        """Which dice to use next; None for new ones each time."""
        self._set("Seed", seed=seed)

    def set_temperature(self, temperature: float) -> None:
        """How daring to be next."""
        self._set("Temperature", temperature=temperature)

    def select(self, span: Span | None) -> None:
        """Select a stretch; None, or an empty one, for nothing."""
        kept = span.intersection(Span(0, self.song_length)) if span is not None else None
        kept = kept if kept is not None and kept.length else None
        if kept != self._selection:
            self._selection = kept
            self.selection_changed.emit(kept)

    def choose_take(self, take_id: TakeId) -> None:
        """Make a take the current one. Not an undo step: it changes nothing of the song."""
        if self.song.has(take_id) and take_id != self.song.current:
            self._rewrite(lambda song: edits.choose(song, take_id) if song.has(take_id) else song)

    def rename_take(self, take_id: TakeId, name: str) -> None:
        """Give a take another name; an empty one changes nothing."""
        if name.strip() and self.song.has(take_id):
            self._apply(edits.rename_take(self.song, take_id, name.strip()), "Rename Take")

    def remove_take(self, take_id: TakeId) -> None:
        """Take a take out of the song, and all that depart from it. Undo brings them back."""
        if self.song.has(take_id) and not self._busy():
            self._apply(edits.remove_takes(self.song, {take_id}), "Remove Take")

    def undo(self) -> None:
        """Take the last edit back."""
        if self.can_undo:
            before = self.song
            self._history.undo()
            self._tell(before)

    def redo(self) -> None:
        """Bring the last undone edit back."""
        if self.can_redo:
            before = self.song
            self._history.redo()
            self._tell(before)

    def _busy(self) -> bool:
        """Whether music is in the making that hangs on the takes as they are."""
        return False

    def _set(self, label: str, **changes: object) -> None:
        self._apply(edits.adjust(self.song, **changes), label, label)

    def _apply(self, song: Song, label: str, merge: str = "") -> None:
        before = self.song
        self._history.push(song, label, merge)
        self._tell(before)

    def _rewrite(self, edit: edits.Edit) -> None:
        """Edit the song as if it had always been so: no undo step."""
        before = self.song
        self._history.rewrite(edit)
        self._tell(before)

    def _replace(self, song: Song) -> None:
        """Begin with another song, nothing to undo."""
        before = self.song
        self._history = History(song)
        self._selection = None
        self.selection_changed.emit(None)
        self._tell(before)

    def _tell(self, before: Song) -> None:
        if self.song == before:
            return
        self._keep_selection_inside()
        self.song_changed.emit(self.song)
        if (self.song.takes, self.song.current) != (before.takes, before.current):
            self.takes_changed.emit()
        self.history_changed.emit()

    def _keep_selection_inside(self) -> None:
        if self._selection is not None:
            self.select(self._selection)

"""The song under the composer's hands: every edit that makes no sound, with undo.

Knows the song, its history and the selection. Knows nothing of engines, files and sound.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from app.language import mark
from app.song import edits
from app.song.history import History
from app.song.song import Quality, Song, Take, TakeId, Verdict
from engine.types import Share, Span


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
        self._before: TakeId | None = None
        self._compared: frozenset[TakeId] = frozenset()

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
        """Whether there is an edit to take back."""
        return bool(self.undo_label)

    @property
    def can_redo(self) -> bool:
        """Whether there is an edit to bring back."""
        return bool(self.redo_label)

    @property
    def undo_label(self) -> str:
        """What `undo` takes back, in a word or two; "" for nothing."""
        return self._history.undo_label

    @property
    def redo_label(self) -> str:
        """What `redo` brings back, in a word or two; "" for nothing."""
        return self._history.redo_label

    @property
    def history(self) -> tuple[tuple[str, ...], int]:
        """The words for each step, undone ones included, and which of them is the present one."""
        return self._history.labels, self._history.place

    def go_to_step(self, place: int) -> None:
        """Bring the song of another step back."""
        if 0 <= place < len(self._history.labels):
            before = self.song
            self._history.go(place)
            self._tell(before)

    def set_title(self, title: str) -> None:
        """Name the song."""
        self._apply(edits.set_title(self.song, title), mark("Title"), "title")

    def set_artist(self, artist: str) -> None:
        """Ask for an artist, who leads the blend if there is one; "" for any."""
        self._apply(edits.ask_artist(self.song, artist), mark("Artist"))

    def blend_artists(self, artists: tuple[Share, ...]) -> None:
        """Ask for a blend, the first leading. Weights changed in quick succession are one step."""
        song = edits.ask_artists(self.song, artists)
        self._apply(song, mark("Artist Blend"), f"artists {_names(artists)}")

    def set_genres(self, genres: tuple[str, ...]) -> None:
        """Ask for genres; none for any."""
        self._apply(edits.ask_genre_names(self.song, genres), mark("Genres"))

    def blend_genres(self, genres: tuple[Share, ...]) -> None:
        """Ask for a blend of genres. Weights changed in quick succession are one undo step."""
        song = edits.ask_genres(self.song, genres)
        self._apply(song, mark("Genre Blend"), f"genres {_names(genres)}")

    def add_genres_up(self) -> None:
        """Ask for all genres at full strength, as the models learned them."""
        self._apply(edits.ask(self.song, genre_shares=()), mark("Genre Blend"))

    def set_lyrics(self, lyrics: str) -> None:
        """Ask for words. Changes in quick succession are one undo step."""
        self._apply(edits.write_lyrics(self.song, lyrics), mark("Lyrics"), "lyrics")

    def time_line(self, place: int, at: int | None) -> None:
        """Ask for the line with that place to be sung at a moment; at none for None."""
        self._apply(edits.time_line(self.song, place, at), mark("Line's Time"))

    def forget_times(self) -> None:
        """Let the words spread evenly over the song again."""
        self._apply(edits.ask(self.song, cues=()), mark("Line's Time"))

    def set_seconds(self, seconds: float) -> None:
        """How much to make next."""
        self._set(mark("Seconds"), seconds=seconds)

    def set_takes(self, takes: int) -> None:
        """How many takes to make next."""
        self._set(mark("Takes"), takes=takes)

    def set_quality(self, quality: Quality) -> None:
        """How well to make what comes next."""
        self._set(mark("Quality"), quality=quality)

    def set_seed(self, seed: int | None) -> None:
        """Which dice to use next; None for new ones each time."""
        self._set(mark("Seed"), seed=seed)

    def set_temperature(self, temperature: float) -> None:
        """How daring to be next."""
        self._set(mark("Temperature"), temperature=temperature)

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
            if take_id not in self._compared:
                self._compared = frozenset()
            self._before = self.song.current
            self._rewrite(lambda song: edits.choose(song, take_id) if song.has(take_id) else song)

    def choose_sibling(self, number: int) -> None:
        """Make the take of that number current, counted from 1 among those made alike."""
        siblings = () if self.song.current is None else self.song.siblings(self.song.current)
        if 1 <= number <= len(siblings):
            self.choose_take(siblings[number - 1].id)

    @property
    def other_take(self) -> TakeId | None:
        """The take that was current before this one, if it is still there."""
        before = self._before
        there = before is not None and self.song.has(before) and before != self.song.current
        return before if there else None

    def choose_other(self) -> None:
        """Go back and forth between the current take and the one before, which are compared."""
        current, other = self.song.current, self.other_take
        if current is not None and other is not None:
            self._compared = frozenset((current, other))
            self.choose_take(other)

    @property
    def compared(self) -> frozenset[TakeId]:
        """The two takes that are being compared, until another one is chosen; else none."""
        there = all(self.song.has(take_id) for take_id in self._compared)
        return self._compared if there and self.song.current in self._compared else frozenset()

    def judge_take(self, take_id: TakeId, verdict: Verdict) -> None:
        """Keep or reject a take; the same again takes that back."""
        if self.song.has(take_id):
            label = mark("Keep") if verdict is Verdict.KEPT else mark("Reject")
            self._apply(edits.judge_take(self.song, take_id, verdict), label)

    def star_take(self, take_id: TakeId) -> None:
        """Give a take a star, or take it away."""
        if self.song.has(take_id):
            self._apply(edits.star_take(self.song, take_id), mark("Star"))

    def rename_take(self, take_id: TakeId, name: str) -> None:
        """Give a take another name; an empty one changes nothing."""
        if name.strip() and self.song.has(take_id):
            self._apply(edits.rename_take(self.song, take_id, name.strip()), mark("Rename Take"))

    def remove_take(self, take_id: TakeId) -> None:
        """Take a take out of the song, and all that depart from it. Undo brings them back."""
        if self.song.has(take_id):
            self._apply(edits.remove_takes(self.song, {take_id}), mark("Remove Take"))

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

    def _replace(self, history: History) -> None:
        """Go on with another song, and what was done to it."""
        before = self.song
        self._history = history
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


def _names(shares: tuple[Share, ...]) -> list[str]:
    return [share.name for share in shares]

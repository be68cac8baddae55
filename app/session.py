"""The one mutable object: the open song, the work going on for it, and every intent of the user.

Intents return at once; what comes of them is told by signals. Knows nothing of widgets.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path

from app.services import preferences as kept_preferences
from app.services.jobs import Errand, Kind
from app.services.keeper import Journal, OpenedSong
from app.services.studio import Studio
from app.services.takes import TakeStore
from app.services.transfer import Export, Recording, read_recording
from app.song import edits, tasks
from app.song.codes import chain
from app.song.errors import OrderError, SongError
from app.song.export import ExportOptions
from app.song.preferences import Preferences
from app.song.song import Quality, TakeId, blank_song
from app.song.status import Severity
from engine.errors import EngineError
from engine.types import Codes, ModelId, Span


class Session(Studio):
    """Everything that the window shows and can ask for; see `Desk` and `Studio` for the rest."""

    @property
    def can_generate(self) -> bool:
        """Whether new takes can be made from the prompt."""
        return self.model is not None and not self._jobs.composing

    @property
    def can_continue(self) -> bool:
        """Whether the current take can be continued, from the selection's end or its own."""
        return self.can_generate and self._known_until > 0

    @property
    def can_redo_selection(self) -> bool:
        """Whether the inside of the selection can be made anew."""
        selection = self.selection
        return self.can_generate and selection is not None and self._known_until > selection.start

    def can_render(self, quality: Quality) -> bool:
        """Whether the selection, or the whole take, can be made better."""
        if not self.can_continue:
            return False
        try:
            self._rendering(quality)
        except OrderError:
            return False
        return True

    def new_song(self) -> None:
        """Begin another song. What was not saved of this one is given up."""
        song = blank_song(self._spec)
        self._keeper.begin(song)
        self._replace_song(song, TakeStore(self._spec), None)

    def open_song(self, path: Path) -> None:
        """Open a song file. What was not saved of this song is given up when that succeeds."""
        self._keeper.open(path, self._opened, self._fail)

    def recover(self) -> None:
        """Bring back the song that was open when the program ended before its time, if any."""
        self._keeper.recover(self._recovered, self._fail)

    def save_song(self) -> None:
        """Save the song where it was saved before; without such a place, say so."""
        if self._path is None:
            self._complain(Severity.WARNING, "The song has no file yet.", "Save it under a name.")
        else:
            self.save_song_as(self._path)

    def save_song_as(self, path: Path) -> None:
        """Save the song with all of its takes, whole or not at all."""
        song = self.song

        def succeed(_: None) -> None:
            self._path, self._saved = path, song
            self.prefer(self.preferences.with_recent(str(path)))
            self._tell_file()

        self._keeper.save(path, song, succeed, self._fail)

    def discard(self) -> None:
        """Forget that anything is unsaved: the next `close` gives it up."""
        self._saved = self.song
        self._tell_file()

    def close(self) -> None:
        """End in order: silence, no job, no engine, all written. Unsaved work waits on disk."""
        self._transport.close()
        self._jobs.close()
        for background in (self._mixing, self._files):
            background.finish()
        if self.modified:
            self._keeper.leave()
        else:
            self._keeper.discard()

    def prefer(self, preferences: Preferences) -> None:
        """Change preferences, and keep them."""
        self._preferences = preferences
        folder = self._machines.folder
        self._files.run(lambda: kept_preferences.save(folder, preferences), _rest, self._fail)

    def set_song_length(self, seconds: float) -> None:
        """Tell the model how long the whole song is; kept within what it can be told."""
        spec = self._spec
        length = min(max(round(seconds * spec.sample_rate), spec.min_song_length),
                     spec.max_song_length - 1)  # fmt: skip
        self._apply(edits.ask(self.song, song_length=length), "Song Length", "song length")

    def set_model(self, model_id: ModelId) -> None:
        """Compose with another model. Takes belong to the model that made them."""
        if model_id == self.song.model or model_id not in self._models:
            return
        if self.song.takes:
            self._complain(
                Severity.WARNING,
                f"The takes of this song were made with {self._spec.title}.",
                "Begin a new song to compose with another model.",
            )
            return
        spec = self._models[model_id].spec
        song = edits.use_model(self.song, blank_song(spec))
        self._replace_song(song, TakeStore(spec), self._path)

    def choose_take(self, take_id: TakeId) -> None:
        """Make a take the current one, and try again what could not be made for it."""
        self._given_up.clear()
        super().choose_take(take_id)

    def remove_take(self, take_id: TakeId) -> None:
        """Take a take out of the song, and all that depart from it. Undo brings them back."""
        if self._jobs.composing:
            self._complain(
                Severity.WARNING, "Takes stay while music is being made.", "Stop it first, or wait."
            )
        else:
            super().remove_take(take_id)

    def generate(self) -> None:
        """Make new takes from the prompt alone."""
        self._compose(lambda _, seed: tasks.generation(self.song, self._spec, seed))

    def continue_selection(self) -> None:
        """Keep the current take up to the selection's end, or its own, and go on from there."""
        at = self.song_length if self.selection is None else self.selection.end
        self._compose(
            lambda codes, seed: tasks.continuation(self.song, self._spec, codes, at, seed)
        )

    def redo_selection(self) -> None:
        """Make the inside of the selection anew, and keep all around it."""
        span = self.selection or Span(0, 0)
        self._compose(lambda codes, seed: tasks.redoing(self.song, self._spec, codes, span, seed))

    def render_selection(self, quality: Quality) -> None:
        """Make the selection, or the whole take, better without changing the music."""
        self._compose(lambda _codes, _seed: self._rendering(quality))

    def stop(self) -> None:
        """Stop what is being made. What is there stays."""
        self._jobs.stop()

    def import_audio(self, path: Path) -> None:
        """Bring a recording in as a take of its own. It sounds at once, and codes follow."""
        if self.model is None:
            self._complain(Severity.ERROR, "No model is installed, so no recording can be used.")
            return
        spec, store = self._spec, self._store
        self._files.run(
            lambda: read_recording(path, spec), lambda sound: self._place(sound, store), self._fail
        )

    def export(self, path: Path, options: ExportOptions) -> None:
        """Write the current take, or a part of it, to a sound file."""
        if self.song.current is None:
            self._complain(Severity.WARNING, "There is nothing to export yet.")
            return
        takes = chain(self.song, self.song.current)
        sounds = [self._store.sound(take) for take in takes]
        export = Export(path, options, self.song.title, takes, sounds, self._spec.sample_rate)
        self._files.run(
            export.write,
            lambda _: self._complain(Severity.INFO, f"Exported to “{path}”."),
            self._fail,
        )

    def play(self) -> None:
        """Let sound run; where more is being made, it waits."""
        self._transport.play()

    def toggle_play(self) -> None:
        """Play, or pause."""
        if self.transport.playing:
            self.pause()
        else:
            self.play()

    def seek(self, position: int) -> None:
        """Move the playhead."""
        self._transport.seek(min(max(0, position), self.song_length))

    def set_loop(self, loops: bool) -> None:
        """Whether the selection, or else the whole take, repeats."""
        self._loops = loops
        self._publish()

    def _rendering(self, quality: Quality) -> tasks.Order:
        return tasks.rendering(self.song, self._spec, self._codes, self.selection, quality)

    def _compose(self, order_for: Callable[[Codes, int], tasks.Order]) -> None:
        if not self.can_generate:
            return
        seed = self.song.settings.seed
        try:
            order = order_for(self._codes, secrets.randbelow(2**31) if seed is None else seed)
        except OrderError as error:
            self._complain(Severity.WARNING, str(error))
            return
        for take in order.takes:
            self._store.begin(take)
        errand = Errand(Kind.COMPOSE, order.label, order.task, order.takes, self._store)
        song = edits.add_takes(self.song, order.takes)
        self._apply(edits.raise_song_length(song, order.task.prompt.song_length), order.label)
        self._jobs.submit(errand, Journal(self._keeper, order.takes))
        self._play_as_it_comes(order.task.span)

    def _play_as_it_comes(self, span: Span) -> None:
        self._publish()
        if self.preferences.play_as_it_comes and not self.transport.playing:
            self.seek(span.start)
            self.play()

    def _place(self, recording: Recording, store: TakeStore) -> None:
        """Show a recording; that it lacks codes sees to it that it is encoded."""
        if store is not self._store:
            return
        take = tasks.imported(self.song, recording.name, len(recording.samples))
        store.add_recording(take, recording.samples)
        song = edits.raise_song_length(edits.add_takes(self.song, (take,)), take.length)
        self._apply(song, "Import")
        self._keeper.note_recording(take, recording.samples)

    def _opened(self, opened: OpenedSong) -> None:
        self._move_in(opened)
        if opened.path is not None:
            self.prefer(self.preferences.with_recent(str(opened.path)))

    def _recovered(self, opened: OpenedSong | None) -> None:
        if opened is not None:
            self._move_in(opened)
            self._saved = blank_song(self._spec)
            self._tell_file()
            self._complain(Severity.INFO, "The song that was open last time is back.",
                           "Save it to keep it.")  # fmt: skip

    def _fail(self, error: Exception) -> None:
        if not isinstance(error, EngineError | SongError):
            raise error
        self._complain(Severity.ERROR, str(error))


def _rest(_: None) -> None:
    """Nothing more is to be done."""

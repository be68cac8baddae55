"""The one mutable object: the open song, the work going on for it, and every intent of the user.

Intents return at once; what comes of them is told by signals. Knows nothing of widgets.
"""

from __future__ import annotations

import secrets
import shutil
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.language import mark, tr, trn
from app.services import paces
from app.services.machines import Machines
from app.services.recorder import Recorder
from app.services.returning import Returning
from app.services.takes import TakeStore
from app.services.transfer import Export, Recording, Voice, read_recording, write_all, write_given
from app.song import edits, tasks
from app.song.codes import chain
from app.song.export import ExportOptions, file_name, file_names, whole
from app.song.history import History
from app.song.song import Origin, TakeId, blank_song
from app.song.status import Severity
from app.song.stereo import sides_of
from engine.types import ModelId


class Session(Returning):
    """Everything that the window shows and can ask for; see `Desk` and `Studio` for the rest.

    Signals:
        written_for_dragging: the `Path` of a sound file of what is shown.
    """

    written_for_dragging = Signal(object)

    def __init__(self, machines: Machines, parent: QObject | None = None) -> None:
        super().__init__(machines, parent)
        self._recorder = Recorder(machines.ear, machines.folder / "recordings", self)
        self._recorder.recorded.connect(self.import_audio)

    @property
    def recorder(self) -> Recorder:
        """What records from a microphone; a recording is imported when it is complete."""
        return self._recorder

    @property
    def longest_s(self) -> float:
        """Seconds of the longest recording that the model can work with."""
        return (self._spec.max_song_length - 1) / self._spec.sample_rate

    def save_song(self) -> None:
        """Save the song where it was saved before; without such a place, say so."""
        if self._path is None:
            self._complain(
                Severity.WARNING, tr("The song has no file yet."), tr("Save it under a name.")
            )
        else:
            self.save_song_as(self._path)

    def save_song_as(self, path: Path) -> None:
        """Save the song with all of its takes, whole or not at all."""
        song, document = self.song, self._document

        def succeed(_: None) -> None:
            self.prefer(self.preferences.with_recent(str(path)))
            if self._document is document:
                self._path, self._saved = path, song
                self._tell_file()

        self._keeper.save(path, self._history.past, succeed, self._fail)

    def save_copy(self, path: Path) -> None:
        """Write a copy of the song that is as small as can be, and go on with this one."""
        words = tr("A copy of the song is in “{path}”.", path=path)
        self._keeper.save_copy(path, self.song, lambda _: self._report(words), self._fail)

    def duplicate_song(self) -> None:
        """Go on with a copy that has no file yet. The song file stays as it was last saved."""
        self._keeper.detach()
        self._path, self._saved, self._document = None, blank_song(self._spec), object()
        title = tr("{title} copy", title=self.song.title or tr("Untitled song"))
        self._apply(edits.set_title(self.song, title), mark("Duplicate"))
        self._tell_file()

    def discard(self) -> None:
        """Forget that anything is unsaved: the next `close` gives it up."""
        self._saved = self.song
        self._jobs.abandon()
        self._tell_file()

    def close(self) -> None:
        """End in order: silence, no job, no engine, all written. Unsaved work waits on disk."""
        self._transport.close()
        self._recorder.close()
        self._shelf.close()
        self._jobs.close()
        pace, folder = self._jobs.pace, self._machines.folder
        self._files.run(lambda: paces.save(folder, pace), _rest, self._fail)
        backgrounds = (self._mixing, self._files, self._listening)
        for each in (*backgrounds, self._beat_finder, self._spectrograms, self._loudnesses):
            each.finish()
        for name in ("dragged", "recordings"):
            shutil.rmtree(folder / name, ignore_errors=True)
        if self.modified or self._jobs.planned:
            self._keeper.leave()
        else:
            self._keeper.discard()

    def set_song_length(self, seconds: float) -> None:
        """Tell the model how long the whole song is; kept within what it can be told."""
        spec = self._spec
        length = min(max(round(seconds * spec.sample_rate), spec.min_song_length),
                     spec.max_song_length - 1)  # fmt: skip
        label = mark("Song Length")
        self._apply(edits.ask(self.song, song_length=length), label, label)

    def set_model(self, model_id: ModelId) -> None:
        """Compose with another model. Takes belong to the model that made them."""
        if model_id == self.song.model or model_id not in self._models:
            return
        if self.song.takes:
            self._complain(
                Severity.WARNING,
                tr("The takes of this song were made with {title}.", title=self._spec.title),
                tr("Begin a new song to compose with another model."),
            )
            return
        spec = self._models[model_id].spec
        song = edits.use_model(self.song, blank_song(spec))
        self._replace_song(History(song), TakeStore(spec), self._path)

    def choose_take(self, take_id: TakeId) -> None:
        """Make a take the current one, and try again what could not be made for it."""
        self._given_up.clear()
        super().choose_take(take_id)

    def import_audio(self, path: Path) -> None:
        """Bring a recording in as a take of its own. It sounds at once, and codes follow."""
        if self.model is None:
            self._complain(
                Severity.ERROR, tr("No model is installed, so no recording can be used.")
            )
            return
        spec, store = self._spec, self._store
        self._files.run(
            lambda: read_recording(path, spec), lambda sound: self._place(sound, store), self._fail
        )

    def export(self, path: Path, options: ExportOptions) -> None:
        """Write the current take, or a part of it, to a sound file."""
        if self.song.current is None:
            self._complain(Severity.WARNING, tr("There is nothing to export yet."))
            return
        if options.width is not None and self.sides is None:
            self._complain(
                Severity.WARNING,
                tr("The take has no left and right yet."),
                tr("Render it in stereo first, or export it in mono."),
            )
            return
        export = self._exported(self.song.current, path, options)
        self._files.run(export.write, self._report, self._fail)

    def export_takes(self, path: Path, options: ExportOptions) -> None:
        """Write every take whole to a file of its own, named after `path` and the take."""
        exports = [
            self._exported(take.id, path.with_stem(f"{path.stem} – {name}"), whole(options))
            for take, name in zip(self.song.takes, file_names(self.song.takes), strict=True)
        ]
        if not exports:
            self._complain(Severity.WARNING, tr("There is nothing to export yet."))
            return
        self._files.run(lambda: write_all(exports), self._report, self._fail)

    @property
    def recordings(self) -> tuple[TakeId, ...]:
        """The takes that were imported."""
        return tuple(take.id for take in self.song.takes if take.origin is Origin.IMPORTED)

    def export_recordings(self, folder: Path) -> None:
        """Write the files that were imported into a folder, each as it was given."""

        def tell(count: int) -> None:
            if not count:
                words = tr("This song is from a time when recordings were not kept as given.")
                self._complain(Severity.WARNING, words)
                return
            words = trn(
                "Wrote {count} recording as it was given to “{folder}”.",
                "Wrote {count} recordings as they were given to “{folder}”.",
                count,
                folder=folder,
            )
            self._report(words)

        write = partial(write_given, folder=folder)
        self._keeper.give_recordings(self.recordings, write, tell, self._fail)

    def write_for_dragging(self) -> None:
        """Write the selection, or the whole take, to a sound file for another program to take.

        Such files stay until the song is left, since the other program may read them late.
        """
        if self.song.current is None:
            return
        folder = self._machines.folder / "dragged" / secrets.token_hex(4)
        path = folder / f"{file_name(self.song.title)}.wav"
        export = self._exported(self.song.current, path, ExportOptions(span=self.selection))

        def write() -> Path:
            folder.mkdir(parents=True)
            export.write()
            return path

        self._files.run(write, self.written_for_dragging.emit, self._fail)

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

    def _exported(self, take_id: TakeId, path: Path, options: ExportOptions) -> Export:
        sides = sides_of(self.song, take_id) if options.width is not None else None
        middle, *beside = (self._voice(each) for each in sides or (take_id,))
        return Export(path, options, self.song.title, middle, self._spec, tuple(beside))

    def _voice(self, take_id: TakeId) -> Voice:
        takes = chain(self.song, take_id)
        return Voice(takes, [self._store.sound(take) for take in takes])

    def _report(self, words: str) -> None:
        self._complain(Severity.INFO, words)

    def _place(self, recording: Recording, store: TakeStore) -> None:
        """Show a recording; that it lacks codes sees to it that it is encoded."""
        if store is not self._store:
            return
        take = tasks.imported(self.song, recording.name, len(recording.samples))
        take = replace(take, maker=self._model.maker)
        store.add_recording(take, recording.samples)
        song = edits.raise_song_length(edits.add_takes(self.song, (take,)), take.length)
        self._apply(song, mark("Import"))
        self._keeper.note_recording(take, recording.given, recording.samples)


def _rest(_: None) -> None:
    """Nothing more is to be done."""

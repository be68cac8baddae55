"""Keeps the song on disk while it is worked on, and opens, saves and recovers songs.

Knows when to write and on which thread: edits and files in the background, codes and sound on the
engine's own thread as they come. Knows nothing of the screen.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from app.services.background import Background, Fail, Succeed
from app.services.songs import SongFile, adopt, leftovers, new_path
from app.services.takes import TakeStore, settled
from app.song.errors import SongFileError
from app.song.layers import ORIGINAL
from app.song.song import NO_MODEL, Song, Take
from engine.api import Chunk, Event, Finished, Saved, Started
from engine.catalog.specs import ModelSpec
from engine.types import Level, ModelId

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class OpenedSong:
    """A song that has been read from its working copy.

    Attributes:
        store: what its takes are made of.
        path: its song file; None for a song that was never saved.
    """

    song: Song
    store: TakeStore
    path: Path | None
    file: SongFile


class SongKeeper(QObject):
    """The working copy of one song at a time.

    Signals:
        troubled: why something could not be written, as a sentence.
    """

    troubled = Signal(str)

    def __init__(
        self, folder: Path, specs: Mapping[ModelId, ModelSpec], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._folder, self._specs = folder, specs
        self._background = Background(self)
        self._file: Future[SongFile] = Future()
        self._latest: Song | None = None
        self._written: Song | None = None
        self._writing = threading.Lock()

    def begin(self, song: Song) -> None:
        """Start a working copy of a new song; the one before is given up."""
        self._give_up()
        self._latest = self._written = song
        coming = self._file = Future()
        self._do(lambda: _create(new_path(self._folder), song, coming))

    def note(self, song: Song) -> None:
        """Write the song down, soon."""
        self._latest = song
        self._do(self.write_latest)

    def write_latest(self) -> None:
        """Write down the song as it is, now, on whatever thread."""
        with self._writing:
            song = self._latest
            if song is not None and song is not self._written:
                self.file.write_song(song)
                self._written = song

    @property
    def coming_file(self) -> Future[SongFile]:
        """The working copy, or the promise of one."""
        return self._file

    @property
    def file(self) -> SongFile:
        """The working copy; waits until it is there. Not for the window's thread.

        Raises:
            SongFileError: it could not be made.
        """
        return self._file.result()

    def note_recording(self, take: Take, samples: NDArray[np.float32]) -> None:
        """Write down the sound of an imported take, soon."""
        self._do(lambda: self.file.append_sound(take.id, ORIGINAL, take.span.start, samples))

    def save(self, target: Path, song: Song, succeed: Succeed[None], fail: Fail) -> None:
        """Put the song at `target` in the background."""
        takes = [take.id for take in song.takes]
        self.note(song)
        self._background.run(lambda: self.file.save_to(target, takes), succeed, fail)

    def open(self, path: Path, succeed: Succeed[OpenedSong], fail: Fail) -> None:
        """Read a song file in the background. The present song stays until `take_over`."""
        self._background.run(
            lambda: self._read(SongFile.copy_of(path, new_path(self._folder))), succeed, fail
        )

    def recover(self, succeed: Succeed[OpenedSong | None], fail: Fail) -> None:
        """Read, in the background, the newest song that a program which is no more left behind."""
        self._background.run(self._recovered, succeed, fail)

    def take_over(self, opened: OpenedSong) -> None:
        """Go on with a song that was read; the working copy before it is given up."""
        self._give_up()
        self._file = Future()
        self._file.set_result(opened.file)
        self._latest = self._written = opened.song

    def leave(self) -> None:
        """Finish writing and close. The working copy stays and is recovered at the next start."""
        self._do(lambda: self.file.close())
        self._background.finish()

    def discard(self) -> None:
        """Finish writing, and give the working copy up."""
        self._give_up()
        self._background.finish()

    def _give_up(self) -> None:
        former = self._file
        if self._latest is not None:
            self._do(lambda: former.result().delete())

    def _do(self, work: Callable[[], None]) -> None:
        self._background.run(work, _be_content, self._tell)

    def _tell(self, error: Exception) -> None:
        if not isinstance(error, SongFileError):
            raise error
        self.troubled.emit(str(error))

    def _recovered(self) -> OpenedSong | None:
        for path in leftovers(self._folder):
            try:
                return self._read(adopt(path))
            except SongFileError as error:
                log.warning("a song left behind cannot be recovered: %s", error)
                if path.exists():
                    path.rename(path.with_suffix(".damaged"))
        return None

    def _read(self, file: SongFile) -> OpenedSong:
        try:
            song = file.song()
            if song.model not in self._specs and song.takes:
                raise SongFileError(
                    f"The song was made with the model “{song.model[:64]}”, which is not "
                    "installed. Install it, and open the song again."
                )
            store = _filled(song, self._specs.get(song.model, NO_MODEL), file)
        except SongFileError:
            file.close()
            raise
        return OpenedSong(settled(song, store, song.takes), store, file.original_path(), file)


class Journal:
    """Writes down what a job makes, as it comes. Used on the engine's thread.

    A disk that refuses does not stop the music: it is told once, and all stays in memory.
    """

    def __init__(self, keeper: SongKeeper, takes: tuple[Take, ...]) -> None:
        self._keeper, self._takes = keeper, takes
        self._file = keeper.coming_file
        self._troubled = False

    def note(self, event: Event) -> None:
        """Bring what is in an event to safety, unless its song was given up since."""
        if self._troubled or self._keeper.coming_file is not self._file:
            return
        try:
            self._note(event, self._file.result())
        except SongFileError as error:
            self._troubled = self._keeper.coming_file is self._file
            if self._troubled:
                self._keeper.troubled.emit(str(error))

    def _note(self, event: Event, file: SongFile) -> None:
        match event:
            case Started():
                self._keeper.write_latest()
            case Saved(variation, level, start, codes):
                file.append_codes(self._takes[variation].id, level, start, codes)
            case Chunk(variation, level, start, audio):
                file.append_sound(self._takes[variation].id, level, start, audio.samples)
            case _:
                pass


class EncodingJournal(Journal):
    """Writes down the codes of a recording, which come all at once."""

    def _note(self, event: Event, file: SongFile) -> None:
        if isinstance(event, Finished):
            (take,) = self._takes
            for level in Level:
                codes = event.results[0].at(level)
                file.append_codes(take.id, level, take.span.start, codes)


def _create(path: Path, song: Song, coming: Future[SongFile]) -> None:
    try:
        coming.set_result(SongFile.create(path, song))
    except SongFileError as error:
        coming.set_exception(error)
        raise


def _filled(song: Song, spec: ModelSpec, file: SongFile) -> TakeStore:
    """A store with all that the file holds of the song's takes."""
    store = TakeStore(spec)
    for take in song.takes:
        if max(take.span.end, take.length) > spec.max_song_length:
            raise SongFileError(f"“{file.path.name}” is damaged: a take longer than any song.")
        store.begin(take)
    for piece in file.codes():
        if song.has(piece.take) and piece.level != ORIGINAL:
            store.add_codes(piece.take, Level(piece.level), piece.start, piece.data)
    for piece in file.sounds():
        if song.has(piece.take) and np.isfinite(piece.data).all():
            store.add_sound(piece.take, piece.level, piece.start, piece.data)
    return store


def _be_content(_: None) -> None:
    """Nothing more is to be done."""

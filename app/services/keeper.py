"""Keeps the song on disk while it is worked on, and opens, saves and recovers songs.

Knows when to write and on which thread: edits and files in the background; `journals` write codes
and sound as they come. Knows nothing of the screen.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Signal

from app.language import tr
from app.services.background import Background, Fail, Succeed
from app.services.claims import Claim
from app.services.leftovers import Leftover, adopted, adopted_for, newest
from app.services.opening import OpenedSong, read_song
from app.services.songs import GivenFile, SongFile, new_path
from app.song.clips import Clip
from app.song.errors import DamagedSongError, SongFileError
from app.song.layers import ORIGINAL
from app.song.past import Past
from app.song.queue import PlannedJob, queue_text
from app.song.song import NO_MODEL, Song, Take, TakeId
from engine.catalog.specs import ModelSpec
from engine.types import ModelId

AGAIN_MS = 10_000
"""How long after the disk refused something that is tried again."""


class SongKeeper(QObject):
    """The working copy of one song at a time.

    What the disk refuses is told once, and tried again until it is written.

    Signals:
        troubled: why something could not be written, as a sentence.
        relieved: all that could not be written before is written now.
        refused: the disk refused something, with the same words; from any thread.
    """

    troubled = Signal(str)
    relieved = Signal()
    refused = Signal(str)

    def __init__(
        self, folder: Path, specs: Mapping[ModelId, ModelSpec], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._folder, self._specs = folder, specs
        self._background = Background(self)
        self._file: Future[SongFile] = Future()
        self._latest: Past | None = None
        self._written: Past | None = None
        self._jobs: tuple[PlannedJob, ...] = ()
        self._written_jobs: tuple[PlannedJob, ...] = ()
        self._trouble = ""
        """What was told last and is still so."""
        self._again = QTimer(self, singleShot=True, interval=AGAIN_MS)
        self._again.timeout.connect(self._try_again)
        self.refused.connect(self._note_trouble)
        self._writing = threading.Lock()
        self._claim: Claim | None = None
        self._in_doubt: SongFile | None = None
        """The working copy that was to be saved and could not be."""

    def know(self, specs: Mapping[ModelId, ModelSpec]) -> None:
        """From now on these models are installed."""
        self._specs = specs

    def begin(self, song: Song) -> None:
        """Start a working copy of a new song; the one before is given up."""
        self._give_up()
        self._latest = self._written = Past.of(song)
        self._jobs = self._written_jobs = ()
        self._do(lambda: self._hold(None))
        coming = self._file = Future()
        create = partial(_create, self._folder, song, coming)
        self._background.run(create, _be_content, self._tell)

    def note(self, past: Past) -> None:
        """Write the song and what was done to it down, soon."""
        self._latest = past
        self._do(self.write_latest)

    def write_latest(self) -> None:
        """Write down the song and its jobs as they are, now, on whatever thread."""
        with self._writing:
            past, jobs = self._latest, self._jobs
            if past is not None and past is not self._written:
                self.file.write(past)
                self._written = past
            if jobs is not self._written_jobs:
                self.file.write_queue(queue_text(jobs))
                self._written_jobs = jobs

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

    def note_queue(self, jobs: tuple[PlannedJob, ...]) -> None:
        """Write the jobs down, soon."""
        self._jobs = jobs
        self._do(self.write_latest)

    def note_recording(self, take: Take, given: GivenFile, samples: NDArray[np.float32]) -> None:
        """Write down an imported take, soon: the file it came from, and its sound."""

        def write(file: SongFile) -> None:
            file.keep_recording(take.id, given)
            file.append_sound(take.id, ORIGINAL, take.span.start, samples)

        self._do_to_file(write)

    def give_recordings(
        self,
        takes: tuple[TakeId, ...],
        write: Callable[[GivenFile], None],
        succeed: Succeed[int],
        fail: Fail,
    ) -> None:
        """Hand the files that takes were imported from to `write`; how many there were succeeds."""
        coming = self._file

        def work() -> int:
            count = 0
            for take in takes:
                given = coming.result().recording(take)
                if given is not None:
                    write(given)
                    count += 1
            return count

        self._background.run(work, succeed, fail)

    def note_matter(self, take: Take, matter: Clip) -> None:
        """Write down what an edited take is made of, soon."""

        def write(file: SongFile) -> None:
            for level in matter.levels:
                file.append_codes(take.id, level, take.span.start, matter.codes.at(level))
            for piece in matter.recorded:
                at = take.span.start + piece.start
                file.append_sound(take.id, ORIGINAL, at, piece.samples)

        self._do_to_file(write)

    def save(self, target: Path, past: Past, succeed: Succeed[None], fail: Fail) -> None:
        """Put the song at `target` in the background, and go on with it as that file."""
        self.note(past)
        coming = self._file

        def save() -> None:
            file = self._in_doubt = coming.result()
            claim = self._claim_on(target)
            try:
                file.save_to(target, past, self._hops(past.song))
            except SongFileError:
                if claim is not self._claim:
                    claim.let_go()
                raise
            self._in_doubt = None
            self._hold(claim)
            with contextlib.suppress(SongFileError):  # The song is safe, whatever the disk says.
                file.remember_path(target)

        self._background.run(save, succeed, fail)

    def detach(self) -> None:
        """Go on with a song that has no file: another window may have the one it had."""

        self._do(lambda: self._hold(None))
        self._do_to_file(lambda file: file.remember_path(None))

    def save_copy(self, target: Path, song: Song, succeed: Succeed[None], fail: Fail) -> None:
        """Put the song alone at `target` in the background: no past, no sound that codes give."""
        coming, past, hops = self._file, Past.of(song), self._hops(song)
        self._background.run(lambda: coming.result().save_to(target, past, hops, 0), succeed, fail)

    def open(self, path: Path, succeed: Succeed[OpenedSong], fail: Fail) -> None:
        """Read a song file in the background. The present song stays until `take_over`."""
        self._background.run(lambda: self._opened(path), succeed, fail)

    def open_copy(self, path: Path, succeed: Succeed[OpenedSong], fail: Fail) -> None:
        """Read a song file, in the background, as a song that has no file yet."""

        def opened() -> OpenedSong:
            return self._read_copy(path, None)

        self._background.run(opened, succeed, fail)

    def look(self, succeed: Succeed[Leftover | None], fail: Fail) -> None:
        """Look, in the background, for the newest song that a program which is no more left."""
        self._background.run(lambda: newest(self._folder), succeed, fail)

    def recover(self, left: Leftover, succeed: Succeed[OpenedSong | None], fail: Fail) -> None:
        """Read, in the background, a song that was left behind; None where somebody was faster."""
        self._background.run(lambda: self._recovered(left), succeed, fail)

    def take_over(self, opened: OpenedSong) -> None:
        """Go on with a song that was read; the working copy before it is given up."""
        self._give_up()
        self._file = Future()
        self._file.set_result(opened.file)
        self._latest = self._written = opened.history.past
        self._jobs = self._written_jobs = opened.jobs
        self._do(lambda: self._hold(opened.claim))

    def leave(self) -> None:
        """Finish writing and close. The working copy stays and is recovered at the next start."""
        self._again.stop()
        self._do(self.write_latest)
        self._do_to_file(SongFile.leave)
        self._do(lambda: self._hold(None))
        self._background.finish()

    def discard(self) -> None:
        """Finish writing, and give the working copy up."""
        self._give_up()
        self._do(lambda: self._hold(None))
        self._background.finish()

    def _hops(self, song: Song) -> Sequence[int]:
        return self._specs.get(song.model, NO_MODEL).hops

    def _give_up(self) -> None:
        self._trouble = ""
        self._again.stop()
        if self._latest is not None:
            self._do_to_file(self._drop)

    def _drop(self, file: SongFile) -> None:
        """Remove a working copy; one that could not be saved stays, and is recovered some day."""
        if file is self._in_doubt:
            file.close()
        else:
            file.delete()

    def _claim_on(self, path: Path) -> Claim:
        """A claim on a song file, the one that is held if it is that.

        Raises:
            SongFileError: another window has it.
        """
        held = self._claim
        return held if held is not None and held.is_for(path) else Claim(self._claims, path)

    def _hold(self, claim: Claim | None) -> None:
        """Hold a claim in place of the one that is held. In the background, like all of them."""
        if self._claim is not None and self._claim is not claim:
            self._claim.let_go()
        self._claim = claim

    def _do_to_file(self, work: Callable[[SongFile], None]) -> None:
        """Do something to the working copy that there is now, though another may come before."""
        coming = self._file
        self._do(lambda: work(coming.result()))

    def _do(self, work: Callable[[], None]) -> None:
        self._background.run(work, _be_content, self._note_refusal)

    def _note_refusal(self, error: Exception) -> None:
        if not isinstance(error, SongFileError):
            raise error
        self._note_trouble(str(error))

    def _note_trouble(self, words: str) -> None:
        """Tell it, if it is news, and try again in a while."""
        if words != self._trouble:
            self._trouble = words
            self.troubled.emit(words)
        self._again.start()

    def _try_again(self) -> None:
        def catch_up() -> None:
            self.file.catch_up()
            self.write_latest()

        def tell(_: None) -> None:
            self._trouble = ""
            self.relieved.emit()

        self._background.run(catch_up, tell, self._note_refusal)

    def _tell(self, error: Exception) -> None:
        if not isinstance(error, SongFileError):
            raise error
        self.troubled.emit(str(error))

    @property
    def _claims(self) -> Path:
        return self._folder.with_name("open")

    def _opened(self, path: Path) -> OpenedSong:
        left = adopted_for(self._folder, path) if os.access(self._folder, os.W_OK) else None
        if left is not None:
            with contextlib.suppress(DamagedSongError):
                return self._taken_up(left)
        return self._claimed(self._read_copy(path, path))

    def _read_copy(self, source: Path, path: Path | None) -> OpenedSong:
        """The song of a file, in a working copy of its own; `path` is the file it is saved to."""
        file = SongFile.copy_of(source, _place_for_copy(self._folder))
        try:
            file.remember_path(path)
            return read_song(file, self._specs)
        except SongFileError:
            file.delete()
            raise

    def _taken_up(self, file: SongFile) -> OpenedSong:
        """A song with what a program that is no more had made of it, and not saved."""
        file.take_up()
        opened = self._claimed(read_song(file, self._specs))
        words = tr("What was not saved last time is in it. Save it to keep that.")
        return replace(opened, notice=f"{opened.notice} {words}".strip())

    def _claimed(self, opened: OpenedSong) -> OpenedSong:
        """The song with a claim on its file, or else without a file."""
        if opened.path is None:
            return opened
        try:
            return replace(opened, claim=self._claim_on(opened.path))
        except SongFileError as error:
            opened.file.remember_path(None)
            words = f"{error} {tr('This is a copy of it.')}"
            return replace(opened, path=None, notice=words)

    def _recovered(self, left: Leftover) -> OpenedSong | None:
        """What was left; beyond repair, it is set aside and kept."""
        try:
            file = adopted(left.path)
            if file is None:
                return None
            in_order = file.take_up()
            opened = self._claimed(read_song(file, self._specs))
        except DamagedSongError as error:
            kept = left.path.rename(left.path.with_suffix(".damaged"))
            words = tr(
                "What was left of a song is beyond repair; it is kept as “{path}”.", path=kept
            )
            raise DamagedSongError(f"{error} {words}") from error
        return replace(opened, in_order=in_order)


def _create(folder: Path, song: Song, coming: Future[SongFile]) -> None:
    """Keep the promise of a working copy, in a folder for passing things if it must be."""
    try:
        coming.set_result(SongFile.create(new_path(folder), song))
    except SongFileError:
        try:
            coming.set_result(SongFile.create(_passing_place(), song))
        except SongFileError as error:
            coming.set_exception(error)
        raise


def _place_for_copy(folder: Path) -> Path:
    """A path for a working copy, in a folder for passing things where this one is protected."""
    return new_path(folder) if os.access(folder, os.W_OK) else _passing_place()


def _passing_place() -> Path:
    return new_path(Path(tempfile.mkdtemp(prefix="jukebox-studio-")))


def _be_content(_: None) -> None:
    """Nothing more is to be done."""

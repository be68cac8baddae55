"""A song file under the hands of a command: claimed, worked on in a copy, saved at the end.

Everything is on the disk as it comes, as in the window, so that a killed command loses nothing.
Knows nothing of options.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable, Generator
from pathlib import Path

from app.cli.running import Running
from app.folders import data_folder
from app.services.claims import Claim
from app.services.errands import Errand, Kind, errand_of
from app.services.leftovers import adopted_for
from app.services.machines import desk_model
from app.services.opening import OpenedSong, read_song
from app.services.songs import SongFile, new_path
from app.services.takes import settled
from app.song.edits import choose
from app.song.errors import SongFileError
from app.song.queue import PlannedJob, queue_text
from app.song.song import Maker, Song, Take, TakeId, blank_song
from app.song.tasks import Order
from engine.api import Cancelled, Chunk, DecodeTask, Event, Failed, Finished, Saved
from engine.catalog.specs import ModelSpec
from engine.catalog.store import InstalledModel, ModelStore
from engine.cli.console import say


class SongWork:
    """An open song, and what is done to it.

    Attributes:
        history: what it was and has become; the window can undo what commands did.
        store: what its takes are made of.
        jobs: what waits to be made.
    """

    def __init__(self, path: Path, opened: OpenedSong, model: InstalledModel) -> None:
        self.history, self.store, self.jobs = opened.history, opened.store, opened.jobs
        self._path, self._file, self._model = path, opened.file, model
        self._troubled = False

    @property
    def song(self) -> Song:
        """The song as it is now."""
        return self.history.song

    @property
    def spec(self) -> ModelSpec:
        """Of its model."""
        return self._model.spec

    @property
    def maker(self) -> Maker:
        """What new takes are made by."""
        return desk_model(self._model).maker

    def choose(self, take: TakeId) -> None:
        """Make a take the current one."""
        self.history.rewrite(lambda song: choose(song, take) if song.has(take) else song)

    def begin(self, song: Song, order: Order) -> PlannedJob:
        """Take the takes of an order up. A kill from now on leaves a job that can be finished."""
        for take in order.takes:
            self.store.begin(take)
        job = PlannedJob(order.label, order.task, order.takes)
        self.history.push(song, order.label)
        self.jobs = (*self.jobs, job)
        self._note()
        return job

    def finish(self, job: PlannedJob, running: Running) -> Finished | Cancelled | Failed:
        """Make what is missing of a job, and say how it ended. What was made is in the song."""
        errand = errand_of(job, self.store)
        end: Finished | Cancelled | Failed = Finished()
        while isinstance(end, Finished) and sum(errand.missing().values()):
            end = running.run(errand.next_task(), lambda event: self._take_in(errand, event))
        self.jobs = tuple(other for other in self.jobs if other is not job)
        self.history.rewrite(lambda song: settled(song, self.store, job.takes))
        self._note()
        return end

    def have_sound(self, take: Take, running: Running) -> None:
        """Have the sound made of codes that have none yet."""
        codes = self.store.codes(self.song, take.id)
        for span, level in self.store.unheard(take):
            task = DecodeTask(self.spec.id, codes, span, level)
            errand = Errand(Kind.DECODE, "", task, (take,), self.store)
            running.run(task, lambda event, errand=errand: self._take_in(errand, event))

    def save(self) -> None:
        """Put the song where it belongs.

        Raises:
            SongFileError: the disk refuses; the message says where the song is instead.
        """
        try:
            self._file.save_to(self._path, self.history.past, self.spec.hops)
        except SongFileError as error:
            rescue = Path(tempfile.mkdtemp(prefix="jukebox-"), self._path.name)
            self._file.save_to(rescue, self.history.past, self.spec.hops)
            raise SongFileError(f"{error} The song is kept in “{rescue}”.") from error

    def _note(self) -> None:
        self._keep(lambda: self._file.write(self.history.past))
        self._keep(lambda: self._file.write_queue(queue_text(self.jobs)))

    def _take_in(self, errand: Errand, event: Event) -> None:
        match event:
            case Saved(variation, level, start, codes):
                take = errand.takes[variation].id
                self.store.add_codes(take, level, start, codes)
                self._keep(lambda: self._file.append_codes(take, level, start, codes))
            case Chunk(variation, level, start, audio):
                take = errand.takes[variation].id
                self.store.add_sound(take, level, start, audio.samples)
                self._keep(lambda: self._file.append_sound(take, level, start, audio.samples))
            case _:
                pass

    def _keep(self, write: Callable[[], None]) -> None:
        """Write something down; a disk that refuses is told once and does not stop the music."""
        try:
            write()
        except SongFileError as error:
            if not self._troubled:
                self._troubled = True
                say(str(error))


@contextlib.contextmanager
def working_on(path: Path, store: ModelStore, new: InstalledModel | None) -> Generator[SongWork]:
    """A song to change. The working copy goes when the block ends well, and else stays.

    Args:
        new: the model of a song that is to be begun where there is none; None to insist on one.

    Raises:
        SongFileError: it cannot be opened, or a window or another command works on it.
        ModelMissingError: its model is not installed.
    """
    folder = data_folder()
    claim = Claim(folder / "open", path)
    try:
        file = _working_copy(folder / "working", path, new)
        opened = read_song(file, {each.spec.id: each.spec for each in store.models()})
        yield SongWork(path, opened, store.get(opened.song.model))
        file.delete()
    finally:
        claim.let_go()


@contextlib.contextmanager
def reading(path: Path, store: ModelStore) -> Generator[SongWork]:
    """A song to look at, as it was last saved. Nothing comes of changes.

    Raises:
        SongFileError: it cannot be opened.
        ModelMissingError: its model is not installed.
    """
    with tempfile.TemporaryDirectory(prefix="jukebox-") as folder:  # Nobody shall take this up.
        file = SongFile.copy_of(path, new_path(Path(folder)))
        try:
            opened = read_song(file, {each.spec.id: each.spec for each in store.models()})
            yield SongWork(path, opened, store.get(opened.song.model))
        finally:
            file.delete()


def _working_copy(folder: Path, path: Path, new: InstalledModel | None) -> SongFile:
    left = adopted_for(folder, path)
    if left is not None:
        say("What was not saved last time is taken up again.")
        return left
    if new is None or path.exists():
        return SongFile.copy_of(path, new_path(folder))
    file = SongFile.create(new_path(folder), blank_song(new.spec))
    file.remember_path(path)
    return file

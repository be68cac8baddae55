"""Reads a song from its working copy: what it says, and what its takes are made of.

Checks that the codes and the sound fit the song and its model. Knows files and takes; knows nothing
of threads and of where files come from.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from app.language import tr
from app.services.claims import Claim
from app.services.songs import MOST_SOUND_BYTES, Piece, SongFile
from app.services.takes import TakeStore, settled
from app.services.transfer import read_given
from app.song.errors import DamagedSongError, OrderError, SongFileError
from app.song.history import History
from app.song.layers import ORIGINAL
from app.song.past import Past, by_use
from app.song.queue import PlannedJob, queue_from
from app.song.song import NO_MODEL, Origin, Song, Take
from engine.catalog.specs import ModelSpec
from engine.errors import AudioFileError
from engine.types import NO_CODE, Level, ModelId

log = logging.getLogger(__name__)

_MOST_ROOM = 2**29
"""Codes that takes may have room for without having them: 64 of the longest at once."""


@dataclass(frozen=True, slots=True, eq=False)
class OpenedSong:
    """A song that has been read from its working copy.

    Attributes:
        history: the song, and what can be undone and redone.
        store: what its takes are made of.
        path: its song file; None for a song that was never saved, and for a copy of a song that
            is open in another window.
        jobs: what waited for the engine, first things first.
        claim: what keeps other windows from writing that file.
        notice: what the user should know of it, as a sentence; "" for nothing.
        in_order: whether the program that left it behind meant to end.
    """

    history: History
    store: TakeStore
    path: Path | None
    file: SongFile
    jobs: tuple[PlannedJob, ...] = ()
    claim: Claim | None = None
    notice: str = ""
    in_order: bool = False

    @property
    def song(self) -> Song:
        """The song as it is now."""
        return self.history.song


def read_song(file: SongFile, specs: Mapping[ModelId, ModelSpec]) -> OpenedSong:
    """The song of a working copy; unfinished takes are cut to what was made of them.

    Raises:
        SongFileError: it is damaged, or its model is not installed. The file is closed then.
    """
    try:
        past = file.past()
        song = past.song
        if song.model not in specs and song.takes:
            raise SongFileError(
                tr(
                    "The song was made with the model “{model}”, which is not installed. "
                    "Install it, and open the song again.",
                    model=song.model[:64],
                )
            )
        spec = specs.get(song.model, NO_MODEL)
        store = _filled(past, spec, file)
        jobs = queue_from(file.queue(), past.takes, spec)
    except SongFileError:
        file.close()
        raise
    planned = {take.id for job in jobs for take in job.takes}
    history = _settled(past, store, [take for take in past.takes if take.id not in planned])
    return OpenedSong(history, store, file.original_path(), file, jobs)


def _settled(past: Past, store: TakeStore, ended: Sequence[Take]) -> History:
    """The history with every take cut to what was made of it."""
    history = History.resumed(past)
    unfinished = tuple(take for take in ended if store.made_until(take) < take.span.end)
    if unfinished:
        history.rewrite(lambda song: settled(song, store, unfinished))
    return history


def _filled(past: Past, spec: ModelSpec, file: SongFile) -> TakeStore:
    """A store with all that the file holds of the takes, those that were undone included."""
    store, takes = TakeStore(spec), past.takes
    for take in takes:
        if max(take.span.end, take.length) > spec.max_song_length:
            raise DamagedSongError(
                tr("“{name}” is damaged: a take longer than any song.", name=file.path.name)
            )
    pieces = list(file.codes())
    _refuse_empty_room(takes, spec, pieces)
    for take in takes:
        store.begin(take)
    known = {take.id for take in takes}
    for piece in pieces:
        if piece.take in known and piece.level != ORIGINAL:
            _refuse_unknown_codes(piece, spec)
            store.add_codes(piece.take, Level(piece.level), piece.start, piece.data)
    for take in takes:
        for sung in file.sung(take, spec.grid):
            store.singing.add(take.id, sung)
    _fill_sound(past, spec, file, store)
    return store


def _refuse_unknown_codes(piece: Piece[np.uint16], spec: ModelSpec) -> None:
    if ((piece.data >= spec.codebook_size) & (piece.data != NO_CODE)).any():
        raise DamagedSongError(tr("The song is damaged: it has codes that its model has not."))


def _fill_sound(past: Past, spec: ModelSpec, file: SongFile, store: TakeStore) -> None:
    """Take over what sound there is: of a long song with many takes not all of it."""
    read = 0
    for take in by_use(past):
        for sound in file.sounds(take.id) if read < MOST_SOUND_BYTES else ():
            read += sound.data.nbytes
            if np.isfinite(sound.data).all():
                store.add_sound(take.id, sound.level, sound.start, sound.data)
        if take.origin is Origin.IMPORTED and not store.is_recorded(take):
            _hear_again(take, spec, file, store)


def _hear_again(take: Take, spec: ModelSpec, file: SongFile, store: TakeStore) -> None:
    """Take the sound of a recording from the file that was given."""
    given = file.recording(take.id)
    try:
        samples = None if given is None else read_given(given, spec)
    except (AudioFileError, OrderError) as error:
        log.warning("a recording cannot be heard as it was given: %s", error)
        return
    if samples is not None and len(samples) == take.span.length:
        store.add_recording(take, samples)


def _refuse_empty_room(
    takes: Sequence[Take], spec: ModelSpec, pieces: Sequence[Piece[np.uint16]]
) -> None:
    """A few bytes that ask for gigabytes are no song."""
    there = sum(len(piece.data) for piece in pieces)
    room = sum(take.span.length // spec.hop(level) for take in takes for level in take.levels)
    if room > _MOST_ROOM + 16 * there:
        raise DamagedSongError(tr("The song is damaged: it has takes of which nothing is there."))

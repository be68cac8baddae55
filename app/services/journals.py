"""Writes down what a job makes, on the engine's own thread, before the window hears of it.

Knows events of the engine and the working copy. Knows nothing of what else is written there.
"""

from __future__ import annotations

from app.services.keeper import SongKeeper
from app.services.songs import SongFile
from app.song.errors import SongFileError
from app.song.singing import Sung
from app.song.song import Take
from engine.api import Aligned, Chunk, Event, Finished, Saved, Started
from engine.types import Level


class Journal:
    """Writes down what a job makes, as it comes. Used on the engine's thread.

    A disk that refuses does not stop the music: all stays in memory until it can be written.
    """

    def __init__(self, keeper: SongKeeper, takes: tuple[Take, ...]) -> None:
        self._keeper, self._takes = keeper, takes
        self._file = keeper.coming_file

    def note(self, event: Event) -> None:
        """Bring what is in an event to safety, unless its song was given up since."""
        if self._keeper.coming_file is not self._file:
            return
        try:
            self._note(event, self._file.result())
        except SongFileError as error:
            if self._keeper.coming_file is self._file:
                self._keeper.refused.emit(str(error))

    def _note(self, event: Event, file: SongFile) -> None:
        match event:
            case Started():
                self._keeper.write_latest()
            case Saved(variation, level, start, codes):
                file.append_codes(self._takes[variation].id, level, start, codes)
            case Chunk(variation, level, start, audio):
                file.append_sound(self._takes[variation].id, level, start, audio.samples)
            case Aligned(variation, start, places, weights):
                take = self._takes[variation]
                words = self._words(take)
                file.append_sung(take, Sung.told(start, words, places, weights))
            case _:
                pass

    def _words(self, take: Take) -> str:
        """What the model was told of the words of a take."""
        return take.prompt.lyrics


class AligningJournal(Journal):
    """Writes down what a take sings, by words that it was perhaps not made with."""

    def __init__(self, keeper: SongKeeper, take: Take, words: str) -> None:
        super().__init__(keeper, (take,))
        self._told = words

    def _words(self, take: Take) -> str:
        return self._told


class EncodingJournal(Journal):
    """Writes down the codes of a recording, which come all at once."""

    def _note(self, event: Event, file: SongFile) -> None:
        if isinstance(event, Finished):
            (take,) = self._takes
            for level in Level:
                codes = event.results[0].at(level)
                file.append_codes(take.id, level, take.span.start, codes)

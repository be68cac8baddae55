"""Finds the beats of the take that is shown, in the background, when somebody asks for them.

Knows takes by id and their sound. Knows nothing of selections.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from app.services.background import Background
from app.song.beats import beats
from app.song.layers import Sound
from app.song.song import Take, TakeId
from engine.types import Span

_Shape = tuple[tuple[TakeId, Span, int], ...]


class BeatFinder(QObject):
    """The beats of one take at a time.

    Signals:
        found: there are other beats.
    """

    found = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background = Background(self)
        self._asked: _Shape = ()
        self._beats: tuple[int, ...] = ()
        self._known: _Shape = ()

    def beats(self, takes: tuple[Take, ...], sound: Sound | None, rate: int) -> tuple[int, ...]:
        """The beats of the last take of a chain; none for now, until `found` tells of them.

        Args:
            sound: of the whole take; looked at once it is all there.
        """
        shape = tuple((take.id, take.span, take.length) for take in takes)
        if shape == self._known:
            return self._beats
        whole = sound is not None and sound.audible_until(0) == len(sound.samples)
        if shape != self._asked and sound is not None and whole:
            self._asked, samples = shape, sound.samples.copy()
            self._background.run(
                lambda: tuple(beats(samples, rate).tolist()),
                lambda found: self._arrive(shape, found),
                _raise,
            )
        return ()

    def finish(self) -> None:
        """Wait for what is under way."""
        self._background.finish()

    def _arrive(self, shape: _Shape, found: tuple[int, ...]) -> None:
        self._known, self._beats = shape, found
        self.found.emit()


def _raise(error: Exception) -> None:
    raise error

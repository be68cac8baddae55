"""Selections whose edges come to lie where the composer wants them: on beats, in quiet, on a grid.

What is drawn to what is told in `app.song.snapping`. Knows takes, their sound and preferences.
"""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject, Signal

from app.services.beat_finder import BeatFinder
from app.services.editing import Editing
from app.services.machines import Machines
from app.song.codes import chain
from app.song.snapping import Snap, Snapper
from engine.types import Span


class Selecting(Editing):
    """A studio in which selections are drawn to something.

    Signals:
        snapping_changed: to what they are drawn, or where that lies.
    """

    snapping_changed = Signal()

    def __init__(self, machines: Machines, parent: QObject | None = None) -> None:
        super().__init__(machines, parent)
        self._beat_finder = BeatFinder(self)
        self._beat_finder.found.connect(self.snapping_changed)
        self._snapped_to = self.snap
        self.preferences_changed.connect(self._note_preferences)

    @property
    def snap(self) -> Snap:
        """What edges of a selection are drawn to."""
        return self.preferences.snap

    @property
    def beats(self) -> tuple[int, ...]:
        """The beats of the current take, if edges are drawn to them; `snapping_changed` follows."""
        current = self.song.current
        if self.snap is not Snap.BEAT or current is None:
            return ()
        sound = self._mixes.sound(self.song, current)
        return self._beat_finder.beats(chain(self.song, current), sound, self._spec.sample_rate)

    def select_near(self, span: Span | None) -> None:
        """Select a stretch that was dragged: edges that moved are drawn to something."""
        self.select(None if span is None else self._snapper().snapped(span, self.selection))

    def select_next(self, span: Span | None) -> None:
        """Select a stretch that a key changed: an edge that moved goes to the next such place."""
        self.select(None if span is None else self._snapper().stepped(span, self.selection))

    def _note_preferences(self) -> None:
        if self.snap is not self._snapped_to:
            self._snapped_to = self.snap
            self.snapping_changed.emit()

    def _snapper(self) -> Snapper:
        current = self.song.current
        sound = None if current is None else self._mixes.sound(self.song, current)
        return Snapper(
            snap=self.snap,
            length=self.song_length,
            grid=self._spec.grid,
            rate=self._spec.sample_rate,
            samples=np.zeros(0, np.float32) if sound is None else sound.samples,
            beats=self.beats,
        )

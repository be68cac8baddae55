"""Undo and redo of whole songs, each step with a label.

Knows songs as values and never looks inside them.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from app.song.past import MOST_STEPS, Past, Step
from app.song.song import Song, TakeId

MERGE_WITHIN_S = 2.0


class History:
    """The songs there were, and which of them is the present one."""

    def __init__(self, song: Song, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._steps = [Step(song, "", at_s=clock())]
        self._at = 0

    @classmethod
    def resumed(cls, past: Past) -> History:
        """Go on from what was done before."""
        history = cls(past.song)
        history._steps, history._at = list(past.steps), past.at
        return history

    @property
    def past(self) -> Past:
        """All of it as it is now."""
        return Past(tuple(self._steps), self._at)

    @property
    def song(self) -> Song:
        """The present one."""
        return self._steps[self._at].song

    @property
    def takes(self) -> frozenset[TakeId]:
        """Every take of every song there is, undone ones included."""
        return frozenset(take.id for step in self._steps for take in step.song.takes)

    @property
    def undo_label(self) -> str:
        """What `undo` takes back, "" for nothing."""
        return self._steps[self._at].label if self._at else ""

    @property
    def redo_label(self) -> str:
        """What `redo` brings back, "" for nothing."""
        return self._steps[self._at + 1].label if self._at + 1 < len(self._steps) else ""

    @property
    def labels(self) -> tuple[str, ...]:
        """The words for each step there is, undone ones included; the first has none."""
        return tuple(step.label for step in self._steps)

    @property
    def place(self) -> int:
        """Which of them the present one is."""
        return self._at

    def go(self, place: int) -> None:
        """Make another of the steps the present one.

        Raises:
            IndexError: there is no such step.
        """
        if not 0 <= place < len(self._steps):
            raise IndexError(f"Step {place} of {len(self._steps)}.")
        self._at = place

    def push(self, song: Song, label: str, merge: str = "") -> None:
        """Make `song` the present one. What was undone before is gone then."""
        if song == self.song:
            return
        del self._steps[self._at + 1 :]
        step = Step(song, label, merge, self._clock())
        if self._merges(step):
            self._steps[-1] = step
        else:
            self._steps.append(step)
        del self._steps[: max(0, len(self._steps) - MOST_STEPS)]
        self._at = len(self._steps) - 1

    def undo(self) -> None:
        """Go one step back, if there is one."""
        self.go(max(0, self._at - 1))

    def redo(self) -> None:
        """Go one step forward, if there is one."""
        self.go(min(len(self._steps) - 1, self._at + 1))

    def rewrite(self, edit: Callable[[Song], Song]) -> None:
        """Edit every song there was, as if it had always been so.

        Steps that no longer change anything vanish.
        """
        steps: list[Step] = []
        at = 0
        for place, step in enumerate(self._steps):
            edited = replace(step, song=edit(step.song))
            if not steps or edited.song != steps[-1].song:
                steps.append(edited)
            if place == self._at:
                at = len(steps) - 1
        self._steps, self._at = steps, at

    def _merges(self, step: Step) -> bool:
        last = self._steps[-1]
        soon = step.at_s - last.at_s <= MERGE_WITHIN_S
        return bool(step.merge) and step.merge == last.merge and soon and len(self._steps) > 1

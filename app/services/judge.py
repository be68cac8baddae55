"""Asks the engine how well takes of a hole lead into what follows, and hands its answers on.

Knows errands and answers. What is asked and what follows from it is told in `app.song.ranking`.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from app.language import mark
from app.services.errands import Errand, Kind
from app.services.jobs import Jobs
from app.services.takes import TakeStore
from app.song.ranking import fits
from app.song.song import Take, TakeId
from engine.api import Event, Finished, Scored, ScoreTask


@dataclass(slots=True, eq=False)
class _Asked:
    """Takes that are being judged, and what was heard of each so far."""

    takes: tuple[Take, ...]
    bits: dict[int, list[NDArray[np.float32]]] = field(
        default_factory=dict[int, list[NDArray[np.float32]]]
    )


class Judge(QObject):
    """Judgements that are waited for.

    Signals:
        judged(store, fits): takes by id with how they fit; none of them where the engine failed.
    """

    judged = Signal(object, object)

    def __init__(self, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._asked: dict[Errand, _Asked] = {}
        self._refused: set[TakeId] = set()
        jobs.scored.connect(self._note_score)
        jobs.ended.connect(self._note_end)

    def may_ask(self, takes: Collection[Take]) -> bool:
        """Whether nobody asks about any of these takes, and none was asked about in vain."""
        ids = {take.id for take in takes}
        waiting = {take.id for asked in self._asked.values() for take in asked.takes}
        return not ids & (waiting | self._refused)

    def ask(self, takes: tuple[Take, ...], task: ScoreTask, store: TakeStore) -> None:
        """Have takes judged, soon."""
        # The errand brings nothing that the takes are made of, so it has none of its own.
        errand = Errand(Kind.SCORE, mark("Compare"), task, (), store)
        self._asked[errand] = _Asked(takes)
        self._jobs.submit(errand)

    def _note_score(self, errand: Errand, scored: Scored) -> None:
        if errand in self._asked:
            self._asked[errand].bits.setdefault(scored.variation, []).append(scored.bits)

    def _note_end(self, errand: Errand, event: Event) -> None:
        asked = self._asked.pop(errand, None)
        if asked is None:
            return
        if not isinstance(event, Finished):
            self._refused |= {take.id for take in asked.takes}
            return
        means = [float(np.concatenate(bits).mean()) for _, bits in sorted(asked.bits.items())]
        self.judged.emit(errand.store, fits(asked.takes, means))

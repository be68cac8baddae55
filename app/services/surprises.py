"""Asks the engine how surprised it is by codes, whenever it has nothing else to do.

Knows errands and answers, which it keeps for as long as the program runs. What is asked is told
in `app.song.surprise`.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from app.language import mark
from app.services.errands import Errand, Kind
from app.services.jobs import Jobs
from app.services.takes import TakeStore
from app.song.problems import in_words
from app.song.surprise import Piece
from engine.api import Event, Failed, Finished, Scored, ScoreTask

_MOST_KEPT = 4096
"""Answers of half a window each: hours of music, in some 10 MB."""


class Surprises(QObject):
    """Answers by the keys of questions, and the one question that is being asked.

    Signals:
        changed: there is one more answer, or a reason why there is none.
    """

    changed = Signal()

    def __init__(self, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._known: OrderedDict[bytes, NDArray[np.float32]] = OrderedDict()
        self._refused: dict[bytes, str] = {}
        self._asked: tuple[Errand, bytes] | None = None
        self._heard: list[NDArray[np.float32]] = []
        jobs.scored.connect(self._note_score)
        jobs.ended.connect(self._note_end)

    @property
    def known(self) -> Mapping[bytes, NDArray[np.float32]]:
        """Bits per code, by question."""
        return self._known

    def refusal(self, pieces: Sequence[Piece]) -> str:
        """Why some of these questions cannot be answered, as a sentence; "" where they can."""
        return next((self._refused[each.key] for each in pieces if each.key in self._refused), "")

    def ask(self, pieces: Sequence[Piece], store: TakeStore) -> None:
        """Have the first question answered that has no answer yet, once nothing else is to do."""
        missing = [each for each in pieces if each.key not in self._known]
        if self._asked is not None or not missing or self.refusal(pieces):
            return
        errand = Errand(Kind.SURPRISE, mark("Listen Again"), missing[0].task, (), store)
        self._asked = errand, missing[0].key
        self._jobs.submit(errand)

    def _note_score(self, errand: Errand, scored: Scored) -> None:
        if self._asked is not None and errand is self._asked[0]:
            if isinstance(errand.task, ScoreTask) and scored.start == errand.task.span.start:
                self._heard.clear()  # It gave way, and begins anew.
            self._heard.append(scored.bits)

    def _note_end(self, errand: Errand, event: Event) -> None:
        if self._asked is None or errand is not self._asked[0]:
            return
        (_, key), self._asked = self._asked, None
        heard, self._heard = self._heard, []
        match event:
            case Finished() if heard:
                self._known[key] = np.concatenate(heard)
                while len(self._known) > _MOST_KEPT:
                    self._known.popitem(last=False)
            case Failed(problem):
                self._refused[key] = in_words(problem)[0]
            case _:
                return
        self.changed.emit()

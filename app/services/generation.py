"""Runs tasks on the engine, one after the other, on a thread of its own.

The thread blocks while the engine works, so it takes no signals: a task is stopped through its
token. Codes are handed to the journal on that thread, before the window hears of them.
"""

from __future__ import annotations

import logging
import queue
import time
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QObject, Qt, QThread, QTimer, Signal

from app.language import mark
from app.services.mailbox import Letter, Mailbox
from engine.api import CancelToken, Engine, Event, Failed, Problem, ProblemKind, Task
from engine.errors import EngineError
from engine.phrases import Phrase

log = logging.getLogger(__name__)

TURN_S = 0.004
JOIN_MS = 5000


class Journal(Protocol):
    """Writes down what a job makes. Called on the engine's thread."""

    def note(self, event: Event) -> None:
        """Bring what is in an event to safety."""
        ...


@dataclass(frozen=True, slots=True)
class _Order:
    job: int
    task: Task
    journal: Journal | None
    token: CancelToken


class GenerationService(QObject):
    """A queue of tasks and the thread that works it off.

    Signals:
        happened(job, event): on this object's thread, in order, a few milliseconds at a time.
    """

    happened = Signal(int, object)
    _woken = Signal()

    def __init__(self, engine: Engine, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._mailbox = Mailbox(self._woken.emit)
        self._woken.connect(self._drain, Qt.ConnectionType.QueuedConnection)
        self._orders: queue.Queue[_Order | None] = queue.Queue()
        self._tokens: dict[int, CancelToken] = {}
        self._jobs = 0
        self._engine = engine
        self._thread = QThread(self)
        self._worker = _Worker(engine, self._orders, self._mailbox)
        self._worker.moveToThread(self._thread)
        self._thread.started.connect(self._worker.work)
        self._thread.start()

    def submit(self, task: Task, journal: Journal | None = None) -> int:
        """Queue a task; gives the number under which its events come."""
        self._jobs += 1
        self._tokens[self._jobs] = CancelToken()
        self._orders.put(_Order(self._jobs, task, journal, self._tokens[self._jobs]))
        return self._jobs

    def cancel(self, job: int) -> None:
        """Stop a task, or keep it from starting. What it made is kept."""
        if job in self._tokens:
            self._tokens[job].cancel()

    def close(self) -> None:
        """Stop everything, join the thread, and close the engine."""
        for token in self._tokens.values():
            token.cancel()
        self._orders.put(None)
        self._mailbox.close()
        self._thread.quit()
        ended = self._thread.wait(JOIN_MS)
        self._engine.close()
        if not ended and not self._thread.wait(JOIN_MS):
            log.error("the engine's thread did not end within %d ms", 2 * JOIN_MS)

    def _drain(self) -> None:
        """Hand events over for a few milliseconds; the rest in the next turn of the event loop."""
        until = time.monotonic() + TURN_S
        while (letter := self._mailbox.take()) is not None:
            self.happened.emit(letter.job, letter.event)
            if time.monotonic() > until:
                QTimer.singleShot(0, self, self._drain)
                return


class _Worker(QObject):
    """Works orders off until it finds None. Lives on the service's thread."""

    def __init__(
        self, engine: Engine, orders: queue.Queue[_Order | None], mailbox: Mailbox
    ) -> None:
        super().__init__()
        self._engine, self._orders, self._mailbox = engine, orders, mailbox

    def work(self) -> None:
        """Every task that comes, one after the other."""
        while (order := self._orders.get()) is not None:
            try:
                self._run(order)
            except EngineError as error:
                self._fail(order, _refused(error))
            except Exception as error:
                log.exception("a task broke")
                self._fail(order, _unforeseen(error))

    def _run(self, order: _Order) -> None:
        for event in self._engine.run(order.task, order.token):
            if order.journal is not None:
                order.journal.note(event)
            self._mailbox.put(Letter(order.job, event))

    def _fail(self, order: _Order, problem: Problem) -> None:
        self._mailbox.put(Letter(order.job, Failed(problem)))


def _refused(error: EngineError) -> Problem:
    return Problem(ProblemKind.INTERNAL, str(error), "", said=(error.phrase,))


def _unforeseen(error: Exception) -> Problem:
    return Problem.told(
        ProblemKind.INTERNAL,
        Phrase(mark("Something went wrong that nobody foresaw: {error}."), error=error),
        Phrase(mark("What was made so far is kept. Try again; if it stays, please report it.")),
        type(error).__name__,
    )

"""An engine in a child process, so that no crash, freeze or lack of memory there is one here.

The child is started when first needed or by `warm`, and again after it died. This side imports
neither torch nor the engine it names: the factory is a string that the child imports.

Nothing is read ahead: events wait in the pipe, and a full pipe makes the child wait.
"""

from __future__ import annotations

import logging
import multiprocessing
import signal
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import cast

from engine.api import (
    LAST_EVENTS,
    Cancelled,
    CancelToken,
    Event,
    Failed,
    Problem,
    ProblemKind,
    Progress,
    Task,
)
from engine.errors import TaskError
from engine.phrases import Phrase
from engine.runtime import child as child_side
from engine.runtime.child import Broke, Cancel, Leave, Message, Refused, Run
from engine.runtime.harvest import Harvest
from engine.runtime.memory import free_ram

log = logging.getLogger(__name__)

_KILLED = 9
"""The number of SIGKILL, which not every system has a name for."""
_LOOK_UP_S = 0.05
_CANCEL_PATIENCE_S = 3.0
_LEAVE_PATIENCE_S = 2.0


class ProcessEngine:
    """Runs another engine in a child process. Implements `engine.api.Engine`.

    Args:
        factory: what makes the engine there, as "package.module:name".
        arguments: for the factory, by name; plain values that can be pickled.
    """

    def __init__(self, factory: str, arguments: Mapping[str, object] | None = None) -> None:
        self._factory = factory
        self._arguments = dict(arguments or {})
        self._busy = threading.Lock()
        self._choosing = threading.Lock()
        self._child: _Child | None = None

    def warm(self) -> None:
        """Start the child, which loads what it needs while this process goes on."""
        try:
            self._living_child()
        except OSError as error:
            log.warning("engine process did not start: %s", error)

    def run(self, task: Task, cancel: CancelToken) -> Iterator[Event]:
        """See `Engine.run`. A second task waits until the first has ended.

        A cancelled task that does not end within 3 seconds is ended by force.
        """
        with self._busy:
            try:
                errand = _Errand(self._living_child(), task, cancel)
            except OSError as error:
                yield Failed(_cannot_start(error), Harvest(task).results())
            else:
                yield from errand.events()

    def close(self) -> None:
        """End the child, and with it the task that it runs. A later task starts a new one."""
        with self._choosing:
            child, self._child = self._child, None
        if child is not None:
            child.dismiss()

    def _living_child(self) -> _Child:
        with self._choosing:
            if self._child is not None and not self._child.alive:
                self._child.end()
                self._child = None
            if self._child is None:
                self._child = _Child(self._factory, self._arguments)
            return self._child


class _Errand:
    """One task given to a child, from asking to the last event."""

    def __init__(self, child: _Child, task: Task, cancel: CancelToken) -> None:
        self._child = child
        self._task = task
        self._cancel = cancel
        self._harvest = Harvest(task)
        self._plan = ""
        self._deadline: float | None = None
        self._over = False

    def events(self) -> Iterator[Event]:
        """All events. Closing early cancels the task and waits until the child is free.

        Raises:
            TaskError: the engine refused the task.
        """
        self._child.begin(self._task, self._cancel)
        try:
            while not self._over:
                yield self._next()
        finally:
            self._let_end()

    def _let_end(self) -> None:
        self._cancel = CancelToken()
        self._cancel.cancel()
        with suppress(TaskError):
            while not self._over:
                self._next()

    def _next(self) -> Event:
        event = self._answer()
        if not self._plan and isinstance(event, Progress):
            self._plan = event.note
        self._over = isinstance(event, LAST_EVENTS)
        self._harvest.add(event)
        return event

    def _answer(self) -> Event:
        """The next event, waited for."""
        while True:
            self._heed_cancel()
            try:
                message = self._child.receive(_LOOK_UP_S)
            except (EOFError, OSError):
                return self._end_of_child()
            match message:
                case None:
                    continue
                case logging.LogRecord():
                    _log_here(message)
                case Refused(error):
                    self._over = True
                    raise error
                case Broke(problem):
                    return Failed(problem, self._harvest.results())
                case _:
                    return message

    def _heed_cancel(self) -> None:
        """Pass a cancel on, once; when the child ignores it for too long, end the child.

        What the ended child had sent is still read, up to the end of the pipe.
        """
        if self._deadline is None and self._cancel.cancelled:
            self._child.cancel()
            self._deadline = time.monotonic() + _CANCEL_PATIENCE_S
        elif self._deadline is not None and time.monotonic() > self._deadline:
            self._child.end()

    def _end_of_child(self) -> Event:
        exit_code = self._child.end(_LEAVE_PATIENCE_S)
        if self._cancel.cancelled or self._child.dismissed:
            return Cancelled(self._harvest.results())
        return Failed(_death(exit_code, self._plan), self._harvest.results())


class _Child:
    """A child process and this end of its pipe. One thread reads; any may do the rest.

    The pipe closes with the last reference, because a reader may still be at it when another
    thread dismisses the child.
    """

    def __init__(self, factory: str, arguments: Mapping[str, object]) -> None:
        began = time.monotonic()
        spawning = multiprocessing.get_context("spawn")
        self._connection, other_end = spawning.Pipe()
        with other_end:
            level = logging.getLogger().getEffectiveLevel()
            self._process = spawning.Process(
                target=child_side.main,
                args=(other_end, factory, arguments, level),
                name="jukebox-engine",
                daemon=True,
            )
            self._process.start()
        self._sending, self._ending = threading.Lock(), threading.Lock()
        self._exit_code: int | None = None
        self._tasks = 0
        self.dismissed = False
        log.debug("started process %s in %.3f s", self._process.pid, time.monotonic() - began)

    @property
    def alive(self) -> bool:
        """Whether it can still work."""
        with self._ending:
            return self._exit_code is None and self._process.is_alive()

    def begin(self, task: Task, cancel: CancelToken) -> None:
        """Give it a task, which may be cancelled already."""
        self._tasks += 1
        self._send(Run(self._tasks, task, cancel.cancelled))

    def cancel(self) -> None:
        """Tell it to stop the task it was given last."""
        self._send(Cancel(self._tasks))

    def receive(self, timeout_s: float) -> Message | None:
        """What it says next; None when it says nothing in time.

        Raises:
            EOFError, OSError: it is dead, and all that it said has been read.
        """
        if not self._connection.poll(timeout_s):
            return None
        return cast(Message, self._connection.recv())

    def dismiss(self) -> None:
        """Let it leave by itself, or else end it."""
        self.dismissed = True
        self._send(Leave())
        self.end(_LEAVE_PATIENCE_S)

    def end(self, patience_s: float = 0.0) -> int:
        """Make sure that it is gone and leaves nothing behind; gives its exit code."""
        with self._ending:
            if self._exit_code is None:
                self._process.join(patience_s)
                self._process.kill()
                self._process.join()
                self._exit_code = self._process.exitcode or 0
                self._process.close()
            return self._exit_code

    def _send(self, command: Run | Cancel | Leave) -> None:
        with self._sending, suppress(OSError):  # A dead child shows when it is read from.
            self._connection.send(command)


def _log_here(record: logging.LogRecord) -> None:
    logger = logging.getLogger(record.name)
    if logger.isEnabledFor(record.levelno):
        logger.handle(record)


def _cannot_start(error: OSError) -> Problem:
    return Problem.told(
        ProblemKind.ENGINE_DIED,
        Phrase("The engine's process could not be started: {error}.", error=error),
        Phrase("Close other programs, then try again."),
    )


def _death(exit_code: int, plan: str) -> Problem:
    """Problem of a child that ended by itself: negative codes are signals.

    Args:
        plan: what the child said at first of what it would need; may be empty.
    """
    numbers = Phrase("Free now: {free:.1f} GB.", free=free_ram() / 1e9)
    if plan:
        numbers = Phrase("{numbers} The engine had said: “{plan}”.", numbers=numbers, plan=plan)
    return Problem.told(
        ProblemKind.ENGINE_DIED,
        Phrase(
            "The engine's process was ended unexpectedly, {cause}. {numbers}",
            cause=_cause(exit_code),
            numbers=numbers,
        ),
        Phrase(
            "What was made so far is kept, and the next try starts the engine anew. If it happens "
            "again, close other programs or ask for fewer takes at once."
        ),
    )


def _cause(exit_code: int) -> Phrase:
    if exit_code == -_KILLED:
        return Phrase("by signal SIGKILL, as systems do when memory runs out")
    with suppress(ValueError):
        return Phrase("by signal {name}", name=signal.Signals(-exit_code).name)
    return Phrase("with status {status}", status=exit_code)

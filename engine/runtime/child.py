"""What runs in the child process: an engine, and a thread that listens to the parent.

Knows the messages that cross the pipe. Knows no engine by name: the parent says which to import.
"""

from __future__ import annotations

import importlib
import logging
import os
import queue
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from logging.handlers import QueueHandler
from multiprocessing.connection import Connection
from typing import cast

from engine.api import CancelToken, Engine, Event, Problem, Task
from engine.errors import TaskError

_NICENESS = 5


@dataclass(frozen=True, slots=True)
class Run:
    """To the child: do a task, cancelled from the start or not. Numbers tell tasks apart."""

    number: int
    task: Task
    cancelled: bool


@dataclass(frozen=True, slots=True)
class Cancel:
    """To the child: stop a task, if it still runs."""

    number: int


@dataclass(frozen=True, slots=True)
class Leave:
    """To the child: end at once."""


@dataclass(frozen=True, slots=True)
class Refused:
    """To the parent: the task can never succeed. Instead of any event."""

    error: TaskError


@dataclass(frozen=True, slots=True)
class Broke:
    """To the parent: the engine let an error through. Instead of a last event."""

    problem: Problem


Command = Run | Cancel | Leave
Message = Event | Refused | Broke | logging.LogRecord


def main(
    connection: Connection, factory: str, arguments: Mapping[str, object], log_level: int
) -> None:
    """Serve the parent until it says to leave, or is gone.

    Args:
        connection: this end of the pipe.
        factory: what makes the engine, as "package.module:name".
        arguments: for the factory, by name.
        log_level: of the root logger.
    """
    _behave()
    wire = _Wire(connection)
    logging.getLogger().setLevel(log_level)
    logging.getLogger().addHandler(_LogForwarder(wire))
    orders = _Orders(connection)
    engine = _made(factory, arguments)
    for task, cancel in orders:
        _serve(engine, task, cancel, wire.send)


def _behave() -> None:
    """Leave Ctrl-C to the parent, and the processor to whoever draws the screen."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform != "win32":
        os.nice(_NICENESS)


def _made(factory: str, arguments: Mapping[str, object]) -> Engine:
    module, _, name = factory.partition(":")
    try:
        make = cast(Callable[..., Engine], getattr(importlib.import_module(module), name))
        return make(**arguments)
    except Exception as error:  # noqa: BLE001 — told to whoever asks for the first task
        return _Stillborn(error)


def _serve(
    engine: Engine, task: Task, cancel: CancelToken, send: Callable[[Message], None]
) -> None:
    try:
        for event in engine.run(task, cancel):
            send(event)
    except TaskError as error:
        send(Refused(error))
    except Exception as error:  # noqa: BLE001 — at the seam every failure becomes an event
        send(Broke(Problem.unforeseen(error)))


class _Stillborn:
    """Stands for an engine that could not be made: each task meets the error that prevented it."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def run(self, task: Task, cancel: CancelToken) -> Iterator[Event]:
        raise self._error

    def close(self) -> None:
        pass


class _Wire:
    """The way to the parent, for any thread. A full pipe makes the sender wait."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._lock = threading.Lock()

    def send(self, message: Message) -> None:
        with self._lock:
            try:
                self._connection.send(message)
            except OSError:
                os._exit(1)  # Nobody is there to hear of it.


class _LogForwarder(QueueHandler):
    """Sends log records to the parent, in words, whatever objects they held."""

    def __init__(self, wire: _Wire) -> None:
        super().__init__(cast("queue.Queue[object]", wire))
        self._wire = wire

    def enqueue(self, record: logging.LogRecord) -> None:
        self._wire.send(record)


class _Orders:
    """The parent's commands: tasks for the main thread, all others obeyed as they come."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._tasks: queue.SimpleQueue[tuple[Task, CancelToken]] = queue.SimpleQueue()
        self._latest, self._token = 0, CancelToken()
        threading.Thread(target=self._listen, name="control", daemon=True).start()

    def __iter__(self) -> Iterator[tuple[Task, CancelToken]]:
        while True:
            yield self._tasks.get()

    def _listen(self) -> None:
        """Until the parent says to leave, or is gone: then the pipe ends, and so does all else."""
        try:
            while not isinstance(command := cast(Command, self._connection.recv()), Leave):
                self._obey(command)
        finally:
            os._exit(0)

    def _obey(self, command: Run | Cancel) -> None:
        match command:
            case Run(number, task, cancelled):
                self._latest, self._token = number, CancelToken()
                if cancelled:
                    self._token.cancel()
                self._tasks.put((task, self._token))
            case Cancel(number):
                if number == self._latest:
                    self._token.cancel()

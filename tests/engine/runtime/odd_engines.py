"""Engines that misbehave in ways no script of the stand-in covers, for a child process to run."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Iterator

from engine.api import CancelToken, Event, Finished, Progress, Task
from engine.errors import UnknownNameError

log = logging.getLogger("engine.odd")


class _Odd:
    def close(self) -> None:
        pass


class Talkative(_Odd):
    """Logs an object that only the child knows, and says how nice it is."""

    def run(self, task: Task, cancel: CancelToken) -> Iterator[Event]:
        log.debug("not asked for")
        log.warning("met %s", type("Stranger", (), {"__str__": lambda self: "a stranger"})())
        yield Progress(None, os.nice(0), 0)
        yield Finished()


class Leaky(_Odd):
    """Lets an error through."""

    def run(self, task: Task, cancel: CancelToken) -> Iterator[Event]:
        yield Progress(None, 0, 1)
        raise KeyError("lost")


class Choosy(_Odd):
    """Refuses every task with an error that holds more than a message."""

    def run(self, task: Task, cancel: CancelToken) -> Iterator[Event]:
        raise UnknownNameError("artist", "Beatels", ("Beatles",))


class Unloadable(_Odd):
    """Cannot be made."""

    def __init__(self) -> None:
        raise OSError("no such device")


class SlowToMake(_Odd):
    """Takes longer to make than anybody should wait for."""

    SECONDS = 5.0

    def __init__(self) -> None:
        time.sleep(self.SECONDS)

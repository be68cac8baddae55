"""Installs and checks models in a child process: a window never waits, and a stop is at once.

Whatever is done there survives a kill, so a kill is how it is stopped. Importing this loads no
torch; the child loads it when it has to.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import cast

from engine.catalog.known import KnownModel
from engine.catalog.web import Web
from engine.errors import EngineError
from engine.installing.checking import broken_files
from engine.installing.install import Installed, import_model, install
from engine.installing.places import Places
from engine.installing.progress import Progress, Report
from engine.phrases import Phrase

_NICENESS = 5


@dataclass(frozen=True, slots=True)
class Fetch:
    """Fetch a model and install it. Gives `Installed`."""

    known: KnownModel
    web: Web


@dataclass(frozen=True, slots=True)
class Import:
    """Install what lies in a folder, if it is one of these models. Gives `Installed`."""

    path: Path
    known: tuple[KnownModel, ...]


@dataclass(frozen=True, slots=True)
class Verify:
    """Compare every file of a model with its checksum. Gives the names of those that differ."""

    name: str


Order = Fetch | Import | Verify
Result = Installed | tuple[str, ...]


class StoppedError(EngineError):
    """The work was stopped. What was done is kept."""


@dataclass(frozen=True, slots=True)
class _Done:
    result: Result


@dataclass(frozen=True, slots=True)
class _Refused:
    phrase: Phrase


class Worker:
    """One order, carried out in a process of its own. One thread waits for it; any may stop it."""

    def __init__(self, order: Order, places: Places) -> None:
        spawning = multiprocessing.get_context("spawn")
        self._ours, self._theirs = spawning.Pipe(duplex=False)
        self._stopped = False
        self._process = spawning.Process(
            target=_main, args=(self._theirs, order, places), name="jukebox-models", daemon=True
        )

    def run(self, report: Report) -> Result:
        """Carry the order out, and wait for the result.

        Raises:
            StoppedError: `stop` was called.
            EngineError: it cannot be done; the message says why.
        """
        with self._theirs:
            self._process.start()
        if self._stopped:
            self._process.kill()
        try:
            return self._listened(report)
        finally:
            self._ours.close()
            self._process.kill()
            self._process.join()

    def stop(self) -> None:
        """End it now. What is done is kept for the next time."""
        self._stopped = True
        if self._process.pid is not None:
            self._process.kill()

    def _listened(self, report: Report) -> Result:
        while True:
            try:
                message = cast("Progress | _Done | _Refused", self._ours.recv())
            except (EOFError, OSError) as error:
                if self._stopped:
                    raise StoppedError("Stopped.") from error
                raise EngineError(
                    "The process that installs models ended unexpectedly. What is done is kept; "
                    "try again, with other programs closed if memory is short."
                ) from error
            match message:
                case _Done(result):
                    return result
                case _Refused(phrase):
                    raise EngineError(phrase)
                case _:
                    report(message)


def _main(connection: Connection, order: Order, places: Places) -> None:
    """The child: do it, tell of it, and leave when nobody listens."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform != "win32":
        os.nice(_NICENESS)

    def tell(message: object) -> None:
        try:
            connection.send(message)
        except OSError:
            os._exit(1)

    try:
        tell(_Done(_carried_out(order, places, tell)))
    except EngineError as error:
        tell(_Refused(error.phrase))
    except Exception as error:  # noqa: BLE001 — told to the parent, which tells the user
        what = str(error) or type(error).__name__
        tell(_Refused(Phrase("Something unforeseen went wrong: {error}.", error=what)))


def _carried_out(order: Order, places: Places, tell: Callable[[object], None]) -> Result:
    match order:
        case Fetch(known, web):
            return install(known, places, web, tell)
        case Import(path, known):
            return import_model(path, known, places, tell, None)
        case Verify(name):
            return broken_files(places.store.get(name), tell)

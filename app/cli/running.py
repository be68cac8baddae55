"""An engine at work for a command that may need it several times. Knows nothing of songs."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Generator

from engine.api import Cancelled, CancelToken, Engine, Event, Failed, Finished, Progress, Task
from engine.cli.console import ProgressDisplay
from engine.cli.interrupts import StopRequest, leaving_at_once, stopping
from engine.cli.tools import Tools, run


class Running:
    """Does tasks and shows how far they are. Ctrl+C ends the one at work, and all after it."""

    def __init__(
        self, engine: Engine, cancel: CancelToken, request: StopRequest, display: ProgressDisplay
    ) -> None:
        self._engine, self._cancel, self._request = engine, cancel, request
        self._display = display

    @property
    def status(self) -> int:
        """The exit status: 0 while nobody stopped it."""
        return self._request.status or (130 if self._cancel.cancelled else 0)

    def run(self, task: Task, gather: Callable[[Event], None]) -> Finished | Cancelled | Failed:
        """Do a task, handing over its events, and say how it ended."""

        def watch(event: Event) -> None:
            gather(event)
            if isinstance(event, Progress):
                self._display.show(event)

        return run(self._engine, task, self._cancel, watch)


@contextlib.contextmanager
def running(tools: Tools) -> Generator[Running]:
    """An engine for as long as the block lasts."""
    with leaving_at_once():
        engine = tools.engine()
    cancel = CancelToken()
    with stopping(cancel) as request, ProgressDisplay() as display:
        try:
            yield Running(engine, cancel, request, display)
        finally:
            engine.close()

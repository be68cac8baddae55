"""What Ctrl+C does: before the work out at once, later a clean stop that keeps what was made."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Callable, Generator
from types import FrameType

from engine.api import CancelToken
from engine.cli.console import say

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Stopped(KeyboardInterrupt):
    """Somebody asked to stop before there was anything to keep.

    Attributes:
        status: the exit status that says so.
    """

    def __init__(self, status: int) -> None:
        super().__init__("Stopped.")
        self.status = status


class StopRequest:
    """Whether and how somebody asked to stop.

    Attributes:
        status: the exit status that says so; 0 while nobody asked.
    """

    def __init__(self, cancel: CancelToken) -> None:
        self._cancel = cancel
        self.status = 0

    def heed(self, number: int, frame: FrameType | None) -> None:
        """Cancel at the first signal, give up at the second."""
        if self.status:
            raise Stopped(128 + number)
        self.status = 128 + number
        self._cancel.cancel()


@contextlib.contextmanager
def leaving_at_once() -> Generator[None]:
    """Within the block a signal raises `Stopped`."""

    def leave(number: int, frame: FrameType | None) -> None:
        raise Stopped(128 + number)

    with _handling(leave):
        yield


@contextlib.contextmanager
def ending_at_once() -> Generator[None]:
    """Within the block a signal ends this process: for loading libraries that abort if it raises.

    Nothing is flushed and nothing cleaned up, so nothing may be half done within the block.
    """

    def end(number: int, frame: FrameType | None) -> None:
        say("Stopped; nothing was written.")
        os._exit(128 + number)

    with _handling(end):
        yield


@contextlib.contextmanager
def stopping(cancel: CancelToken) -> Generator[StopRequest]:
    """Within the block a first signal cancels, and a second one raises `Stopped`."""
    request = StopRequest(cancel)
    with _handling(request.heed):
        yield request


@contextlib.contextmanager
def _handling(handler: Callable[[int, FrameType | None], None]) -> Generator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, handler) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, previous in before.items():
            signal.signal(number, previous)

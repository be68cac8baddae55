"""Work off the window's thread: files are read and written there, sound is mixed there.

Knows threads. Knows nothing of what the work is.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QObject, QThreadPool, Signal

log = logging.getLogger(__name__)

T = TypeVar("T")
Succeed = Callable[[T], None]
Fail = Callable[[Exception], None]


class Background(QObject):
    """Runs work one piece after the other, on one thread of a pool of its own."""

    _ended = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._closed = False
        self._ended.connect(self._hand_over)

    def run(self, work: Callable[[], T], succeed: Succeed[T], fail: Fail) -> None:
        """Do `work` elsewhere; then call one of the other two on this object's thread."""

        def job() -> None:
            try:
                result = work()
            except Exception as error:  # noqa: BLE001 — handed to whoever asked
                failure = error
                self._ended.emit(lambda: fail(failure))
            else:
                self._ended.emit(lambda: succeed(result))

        self._pool.start(job)

    def finish(self, timeout_ms: int = 10_000) -> None:
        """Wait until the work that was asked for is done; results are no longer handed over."""
        self._closed = True
        if not self._pool.waitForDone(timeout_ms):
            log.error("work in the background did not end within %d ms", timeout_ms)

    def _hand_over(self, result: Callable[[], None]) -> None:
        if not self._closed:
            result()

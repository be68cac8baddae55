"""Events on their way from the engine's thread to the window's.

Any thread may put, one thread takes. A newer `Progress` replaces an unread one, everything else
keeps its order and is never dropped. When much is unread, `put` waits, so the engine waits too.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from engine.api import Chunk, Event, Progress

MOST_UNREAD_CHUNKS = 16


@dataclass(frozen=True, slots=True)
class Letter:
    """An event, and the number of the job that it belongs to."""

    job: int
    event: Event


class Mailbox:
    """A bounded queue of events.

    Args:
        wake: called, on the putting thread, when there is something to take and nobody was told.
    """

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake
        self._changed = threading.Condition()
        self._letters: deque[Letter] = deque()
        self._chunks = 0
        self._told = False
        self._closed = False

    def put(self, letter: Letter) -> None:
        """Leave an event; waits while too many chunks are unread."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._chunks < MOST_UNREAD_CHUNKS)
            if self._closed:
                return
            self._append(letter)
            tell, self._told = not self._told, True
        if tell:
            self._wake()

    def take(self) -> Letter | None:
        """The oldest unread event; None when there is none, after which `wake` is called again."""
        with self._changed:
            if not self._letters:
                self._told = False
                return None
            letter = self._letters.popleft()
            if isinstance(letter.event, Chunk):
                self._chunks -= 1
                self._changed.notify_all()
            return letter

    def close(self) -> None:
        """Let everything that is put from now on fall away, and nobody wait."""
        with self._changed:
            self._closed = True
            self._letters.clear()
            self._chunks = 0
            self._changed.notify_all()

    def _append(self, letter: Letter) -> None:
        if self._letters and _outdates(letter, self._letters[-1]):
            self._letters.pop()
        self._letters.append(letter)
        self._chunks += isinstance(letter.event, Chunk)


def _outdates(newer: Letter, older: Letter) -> bool:
    both = isinstance(newer.event, Progress) and isinstance(older.event, Progress)
    return both and newer.job == older.job

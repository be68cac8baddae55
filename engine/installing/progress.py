"""How far an installation is, how fast it goes, and how long it still takes, as measured."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

_EVERY_S = 0.1
_WINDOW_S = 10.0
_ENOUGH_S = 2.0


class Phase(StrEnum):
    """What is being done to the bytes."""

    DOWNLOADING = "downloading"
    CHECKING = "checking"
    CONVERTING = "converting"
    COPYING = "copying"


@dataclass(frozen=True, slots=True)
class Progress:
    """A moment of an installation.

    Attributes:
        done, total: bytes of this phase.
        per_second: bytes, over the last seconds; None before there is anything to go by.
        remaining_s: of this phase, at that speed; None while nobody can know.
        note: what keeps it waiting; "" for nothing.
    """

    phase: Phase
    done: int
    total: int
    per_second: float | None = None
    remaining_s: float | None = None
    note: str = ""


Report = Callable[[Progress], None]


class Meter:
    """Measures one phase and reports it, ten times a second at most.

    Speed is that of the last ten seconds, so that a change shows and a hiccup does not.
    """

    def __init__(
        self, report: Report, phase: Phase, total: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._report, self._phase, self._total, self._clock = report, phase, total, clock
        self._seen: deque[tuple[float, int]] = deque()
        self._told_s = 0.0
        self._done = 0

    def restart(self, done: int) -> None:
        """So many bytes are done, however that came; speed is measured from here."""
        self._seen.clear()
        self._tell(self._clock(), done)

    def reach(self, done: int) -> None:
        """So many bytes are done. Fewer than before means that some were given up."""
        if done < self._done:
            self._seen.clear()
        now = self._clock()
        if not self._seen or now - self._told_s >= _EVERY_S or done >= self._total:
            self._tell(now, done)
        self._done = done

    def wait(self, note: str) -> None:
        """Nothing comes for a while; speed is measured anew afterwards."""
        self._seen.clear()
        self._report(Progress(self._phase, self._done, self._total, note=note))

    def _tell(self, now: float, done: int) -> None:
        self._told_s, self._done = now, done
        self._seen.append((now, done))
        while now - self._seen[0][0] > _WINDOW_S and len(self._seen) > 2:
            self._seen.popleft()
        speed = self._speed()
        remaining = max(0, self._total - done) / speed if speed else None
        self._report(Progress(self._phase, done, self._total, speed, remaining))

    def _speed(self) -> float | None:
        (began, first), (now, last) = self._seen[0], self._seen[-1]
        return (last - first) / (now - began) if now - began >= _ENOUGH_S else None

"""How honest the time left is: what the queue promises while Pocket composes, and what came of it.

    python -m tests.benchmarks.eta --seconds 60 --jobs 2

The first job is promised from nothing, the others by what was measured before, as in a window that
has composed already. With `NUMBA_CACHE_DIR` at an empty folder the first job is the first of all on
a machine: nothing is promised while the step is compiled. Prints, some seconds apart, what was
promised for the job and for the queue, how long it took from then on, and the error. Other programs
count: a machine that is as busy all the time is what promises are made for.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QCoreApplication

from app.build import LOCAL_ENGINE
from app.services.machines import Machines, desk_model
from app.session import Session
from app.song.song import Quality
from app.song.status import JobPhase
from engine.catalog.store import default_store
from engine.runtime.process import ProcessEngine
from tests.app.drill import work_until
from tests.app.kit import HandSpeaker

ASKED_S = (5.0, 10.0, 15.0, 20.0, 30.0, 45.0, 60.0, 90.0, 120.0)
HONEST_AFTER_S, HONEST_SHARE, SHOWN_S = 10.0, 0.2, 1.0
"""Time left is shown in whole seconds."""


@dataclass(frozen=True)
class Promise:
    """What was said at one moment: seconds left of the job at work, and of the queue."""

    job: int
    at_s: float
    since_s: float
    job_s: float | None
    queue_s: float | None


class Clerk:
    """Writes down what a queue promises, and when its jobs end."""

    def __init__(self, session: Session) -> None:
        self._jobs = session.jobs
        self.promises: list[Promise] = []
        self.ended_s: dict[int, float] = {}
        self._began_s: dict[int, float] = {}
        self._jobs.queue_changed.connect(self._look)

    def _look(self, _: object) -> None:
        now, queue = time.monotonic(), self._jobs.queue
        running = [job for job in queue.jobs if job.phase is JobPhase.RUNNING and job.done]
        for number in self._began_s.keys() - {job.number for job in queue.jobs}:
            self.ended_s.setdefault(number, now)
        for job in running:
            since = now - self._began_s.setdefault(job.number, now)
            asked = [each for each in self.promises if each.job == job.number]
            if len(asked) < len(ASKED_S) and since >= ASKED_S[len(asked)]:
                told = Promise(job.number, now, since, job.remaining_s, queue.remaining_s)
                self.promises.append(told)


def composed(seconds: float, jobs: int) -> Clerk:
    """So many jobs of so many seconds of song in full quality, one after the other."""
    _app = QCoreApplication([])
    with tempfile.TemporaryDirectory() as folder:
        model = desk_model(default_store().get("pocket"))
        engine = ProcessEngine(LOCAL_ENGINE)
        session = Session(Machines(engine, (model,), Path(folder), HandSpeaker(), lambda: ""))
        clerk = Clerk(session)
        session.set_seconds(seconds)
        session.set_seed(7)
        session.set_quality(Quality.FULL)
        for _ in range(jobs):
            session.generate()
        work_until(lambda: not session.jobs.queue.jobs)
        session.discard()
        session.close()
    return clerk


def main() -> None:
    """Compose, and tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--jobs", type=int, default=2)
    wish = parser.parse_args()
    clerk = composed(wish.seconds, wish.jobs)
    last, first, wrong, silent = max(clerk.ended_s.values()), min(clerk.ended_s), 0, 0
    for told in clerk.promises:
        job_s, queue_s = clerk.ended_s[told.job] - told.at_s, last - told.at_s
        errors = [_error(told.job_s, job_s), _error(told.queue_s, queue_s)]
        late = told.since_s >= HONEST_AFTER_S
        silent += late and told.job_s is None
        wrong += late and not (_honest(told.job_s, job_s) and _honest(told.queue_s, queue_s))
        print(f"job {told.job - first + 1} after {told.since_s:5.1f} s: "
              f"job {_told(told.job_s)} of {job_s:5.1f} s ({errors[0]}), "
              f"queue {_told(told.queue_s)} of {queue_s:5.1f} s ({errors[1]})")  # fmt: skip
    print(f"{wrong} promises after {HONEST_AFTER_S:.0f} s are off by more than {HONEST_SHARE:.0%} "
          f"and {SHOWN_S:.0f} s; {silent} times nothing was promised")  # fmt: skip


def _error(promised: float | None, took: float) -> str:
    return "   –" if promised is None else f"{promised / took - 1:+4.0%}"


def _honest(promised: float | None, took: float) -> bool:
    return promised is None or abs(promised - took) <= max(SHOWN_S, HONEST_SHARE * took)


def _told(seconds: float | None) -> str:
    return "    –" if seconds is None else f"{seconds:5.1f}"


if __name__ == "__main__":
    main()

"""Jobs in the words of the queue's list."""

from __future__ import annotations

from app.language import tr
from app.session import Session
from app.song.status import QueuedJob
from app.ui import clock
from app.ui.queue_panel import PHASE_NAMES, JobRow


def rows(session: Session) -> tuple[JobRow, ...]:
    """One row per job, in the order in which they run."""
    return tuple(_row(session, job) for job in session.jobs.queue.jobs)


def _row(session: Session, job: QueuedJob) -> JobRow:
    names = {take.id: take.name for take in session.song.takes}
    share = job.done / job.total if job.total else 0.0
    left = "" if job.remaining_s is None else clock.duration(round(job.remaining_s))
    cells = (
        tr(job.title),
        ", ".join(names[take] for take in job.takes if take in names),
        tr("{percent} %", percent=int(100 * share)),
        left,
        tr(PHASE_NAMES[job.phase]),
    )
    return JobRow(job.number, job.phase, share, cells)

"""The commands of the queue as a whole.

Decides nothing itself: each command is an intent of the session's queue.
"""

from __future__ import annotations

from collections.abc import Callable

from app.language import tr
from app.session import Session
from app.song.status import JobPhase
from app.ui.actions import Command


def queue_commands(session: Session, show_queue: Callable[[], object]) -> tuple[Command, ...]:
    """What is done with all jobs at once."""
    jobs = session.jobs
    return (
        Command(
            "showQueue",
            tr("Show the &Queue"),
            show_queue,
            ("Ctrl+Shift+J",),
            tip=tr("Go to the list of what is being made and what waits"),
        ),
        Command(
            "pauseQueue",
            tr("&Pause All"),
            lambda: _pause_or_resume(session),
            ("Ctrl+Shift+P",),
            "pause",
            tr("Let all jobs rest, or go on where they stopped"),
            enabled=lambda: bool(jobs.queue.jobs),
            wording=lambda: tr("Resume A&ll") if _all_rest(session) else tr("&Pause All"),
        ),
        Command(
            "cancelWaiting",
            tr("Cancel Those That &Wait"),
            jobs.cancel_waiting,
            tip=tr("Take every job out of the queue but the one at work"),
            enabled=lambda: len(jobs.queue.jobs) > 1,
        ),
        Command(
            "cancelAll",
            tr("Cancel &All"),
            jobs.cancel_all,
            ("Ctrl+Shift+.",),
            tip=tr("Stop everything; what is made stays"),
            enabled=lambda: bool(jobs.queue.jobs),
        ),
    )


def _all_rest(session: Session) -> bool:
    phases = [job.phase for job in session.jobs.queue.jobs]
    return bool(phases) and all(phase is JobPhase.PAUSED for phase in phases)


def _pause_or_resume(session: Session) -> None:
    if _all_rest(session):
        session.jobs.resume_all()
    else:
        session.jobs.pause_all()

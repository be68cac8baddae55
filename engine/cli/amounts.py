"""Bytes for people: sizes in words, and a line that shows how far an installation is."""

from __future__ import annotations

import time

from engine.cli.console import ProgressLine, answer_json, minutes
from engine.installing.progress import Phase, Progress

_TOLD_EVERY_S = 1.0


def size_words(count: int) -> str:
    """Bytes as megabytes or gigabytes."""
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.1f} MB"


def progress_words(progress: Progress) -> str:
    """How much is done, how fast it goes, how long it takes; or what is waited for."""
    if progress.note:
        return progress.note
    parts = [f"{progress.done / 1e9:.2f} of {progress.total / 1e9:.2f} GB"]
    if progress.per_second is not None:
        parts.append(f"{progress.per_second / 1e6:.1f} MB/s")
    if progress.remaining_s is not None:
        parts.append(f"{minutes(progress.remaining_s)} left")
    return ", ".join(parts)


class InstallationDisplay(ProgressLine):
    """Shows how far an installation is, with its speed and the time left."""

    def show(self, progress: Progress) -> None:
        """Show how far it is."""
        self.write(progress.phase, progress.done, progress.total, progress_words(progress))


class InstallationLines:
    """A line of JSON a second, and one at the start of each phase."""

    def __init__(self) -> None:
        self._phase: Phase | None = None
        self._told_s = 0.0

    def show(self, progress: Progress) -> None:
        """Say how far it is, if that has not been said just now."""
        now = time.monotonic()
        if progress.phase is not self._phase or now - self._told_s >= _TOLD_EVERY_S:
            self._phase, self._told_s = progress.phase, now
            answer_json(
                {
                    "phase": progress.phase,
                    "done_bytes": progress.done,
                    "total_bytes": progress.total,
                    "bytes_per_second": progress.per_second,
                    "seconds_left": progress.remaining_s,
                    "note": progress.note,
                }
            )

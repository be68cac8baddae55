"""What the command line says: results to standard output, everything else to standard error."""

from __future__ import annotations

import io
import json
import re
import sys
import time
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, TextColumn
from rich.progress import Progress as Bar

from engine.api import Progress

_EVERY_S = 10.0


def forgive_odd_characters() -> None:
    """Let no name or word stop the program where a terminal cannot show it."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def say(sentence: str) -> None:
    """Tell a person something, in one line."""
    print(" ".join(sentence.split()), file=sys.stderr, flush=True)


def answer(line: str) -> None:
    """A line of the result."""
    print(line, flush=True)


def answer_json(result: Mapping[str, object]) -> None:
    """The result as one line for machines."""
    print(json.dumps(result), flush=True)


def minutes(seconds: float) -> str:
    """A length of time as m:ss, or h:mm:ss."""
    whole = max(0, round(seconds))
    hours, rest = divmod(whole, 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60}:{rest % 60:02}"


class ProgressLine:
    """A line with a bar and words on a terminal; nothing where nobody looks."""

    def __init__(self) -> None:
        console = Console(stderr=True)
        columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[rest]}"))
        self._bar = Bar(*columns, console=console, transient=True, disable=not console.is_terminal)
        self._task = self._bar.add_task("starting", total=None, rest="")

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._bar.stop()

    @property
    def seen(self) -> bool:
        """Whether it goes to a terminal."""
        return not self._bar.disable

    def write(self, doing: str, done: int, total: int | None, rest: str) -> None:
        """What is being done, how much of it is, and other words."""
        self._bar.update(self._task, description=doing, completed=done, total=total, rest=rest)


class ProgressDisplay(ProgressLine):
    """Shows how far a task is, with its speed and the time left."""

    def show(self, progress: Progress) -> None:
        """Show how far a task is."""
        level = progress.level.name.lower() if progress.level is not None else "working"
        self.write(progress.note or level, progress.done, progress.total or None, _rest(progress))


class Spoken:
    """Says what is being done in lines, where no bar is seen: what is new at once, and what differs
    in numbers alone every now and then.

    Args:
        clock: seconds that go on.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kind, self._said_at = "", 0.0

    def tell(self, words: str) -> None:
        """Say it, or not."""
        kind, now = re.sub(r"\d+", "", words), self._clock()
        if kind != self._kind or now - self._said_at >= _EVERY_S:
            self._kind, self._said_at = kind, now
            say(words)


def _rest(progress: Progress) -> str:
    parts = [f"{progress.per_second:.0f} codes/s"] if progress.per_second else []
    if progress.remaining_s is not None:
        parts.append(f"{minutes(progress.remaining_s)} left")
    return ", ".join(parts)

"""The benchmark's side of a child process: asked one question at a time, and watched.

Knows how to start, ask and end a child, and what else used the processor meanwhile. Does not know
what is measured.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Self, cast

import psutil

from engine.bench.protocol import Json
from engine.errors import EngineError

_LAST_WORDS = 300


class BenchmarkError(EngineError):
    """Something cannot be measured here."""


class Clock(StrEnum):
    """Which time counts: of the processor, which others disturb less, for work of one thread; by
    the clock where several threads or a GPU work."""

    PROCESSOR = "processor time"
    WALL = "time by the clock"


@dataclass(frozen=True, slots=True)
class Slice:
    """A stretch of measured work.

    Attributes:
        amount: how much was done: tokens, bytes.
        wall_s: by the clock.
        cpu_s: processor time that the work took, all threads together.
        others: processors kept busy by anything else meanwhile, on average.
    """

    amount: float
    wall_s: float
    cpu_s: float
    others: float

    def seconds(self, clock: Clock) -> float:
        """Time per unit."""
        return (self.cpu_s if clock is Clock.PROCESSOR else self.wall_s) / self.amount


class Child:
    """A process that answers as `engine.bench.protocol.serve` does.

    Args:
        python: that runs it.
        module: to run, of this project.
        threads: it may compute with.
        path: folders that it finds modules in; this project is always one.
    """

    def __init__(self, python: Path, module: str, threads: int, path: Sequence[str] = ()) -> None:
        self._name = module
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 — lives as long as the child
        self._process = subprocess.Popen(
            [str(python), "-m", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._said,
            text=True,
            encoding="utf-8",
            env=_environment(threads, path),
            start_new_session=True,  # Ctrl+C is for the one who asks, who then ends this.
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def ask(self, do: str, **question: object) -> Json:
        """Put a question and wait for its answer.

        Raises:
            BenchmarkError: the child could not do it, or died.
        """
        assert self._process.stdin is not None and self._process.stdout is not None
        try:
            self._process.stdin.write(json.dumps({"do": do, **question}) + "\n")
            self._process.stdin.flush()
        except OSError as error:
            raise BenchmarkError(self._obituary()) from error
        line = self._process.stdout.readline()
        if not line:
            raise BenchmarkError(self._obituary())
        answer = cast(Json, json.loads(line))
        if "error" in answer:
            raise BenchmarkError(f"{self._name} failed at “{do}”: {answer['error']}")
        return answer

    def measure(self, do: str, **question: object) -> Slice:
        """Ask for a slice of work, and note what else went on.

        Raises:
            BenchmarkError: as for `ask`.
        """
        child = psutil.Process(self._process.pid)
        wall, busy, own = time.perf_counter(), _busy(), _used(child)
        answer = self.ask(do, **question)
        wall, busy = time.perf_counter() - wall, _busy() - busy
        others = max(0.0, busy - (_used(child) - own)) / wall
        return Slice(answer["amount"], answer["wall_s"], answer["cpu_s"], others)

    def close(self) -> None:
        """Let it end."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.kill()
        self._process.wait()
        self._process.stdin.close()
        self._process.stdout.close()
        self._said.close()

    def _obituary(self) -> str:
        status = self._process.wait()
        self._said.seek(0)
        words = self._said.read().decode(errors="replace").strip()[-_LAST_WORDS:]
        return f"{self._name} ended by itself (status {status}): {words or 'without a word'}"


def own_python() -> Path:
    """The interpreter that runs this."""
    return Path(sys.executable)


def _environment(threads: int, path: Sequence[str]) -> Mapping[str, str]:
    """Variables for a child: threads are bound before its libraries are loaded."""
    project = str(Path(__file__).resolve().parents[2])
    counts = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS"), str(threads))
    return {
        **os.environ,
        **counts,
        "PYTHONPATH": os.pathsep.join([project, *path]),
        "HF_HUB_OFFLINE": "1",
    }


def _busy() -> float:
    """Processor seconds used by everything since the machine started, other machines included."""
    times = psutil.cpu_times()
    others = (getattr(times, name, 0.0) for name in ("nice", "steal", "softirq"))
    return times.user + times.system + sum(others)


def _used(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system

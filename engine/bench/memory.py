"""How much memory a process has held at most."""

from __future__ import annotations

import sys
from pathlib import Path

import psutil


def peak_bytes(process: int | None = None) -> int:
    """The most memory that a process has held, shared pages included.

    Where the system does not tell, what it holds now.

    Args:
        process: its number; None for this one.
    """
    asked = psutil.Process(process)
    if sys.platform == "linux":
        status = Path(f"/proc/{asked.pid}/status").read_text()
        lines = dict(line.split(":", 1) for line in status.splitlines())
        return int(lines["VmHWM"].split()[0]) * 1024
    facts = asked.memory_info()
    return int(getattr(facts, "peak_wset", facts.rss))


def children_bytes() -> int:
    """What the largest process that this one started holds now; 0 without one."""
    return max((int(child.memory_info().rss) for child in _children()), default=0)


def children_cpu_s() -> float:
    """Processor time that the processes started by this one have used."""
    return sum(sum(child.cpu_times()[:2]) for child in _children())


def _children() -> list[psutil.Process]:
    return [child for child in psutil.Process().children(recursive=True) if child.is_running()]

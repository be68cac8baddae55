"""An engine in a process that may take little memory, for a child process to run."""

from __future__ import annotations

import resource

import psutil

from engine.runtime.local import LocalEngine


def cramped(root: str, more_bytes: int) -> LocalEngine:
    """The real engine, in a process that may take `more_bytes` beyond what it has now."""
    limit = psutil.Process().memory_info().vms + more_bytes
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    return LocalEngine([root])

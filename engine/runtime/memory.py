"""How much memory this process may still take, whoever sets the limit.

The machine, the groups that the process was put into (containers, services), and its own limits
each have a say; the smallest number counts. Loads no torch: what GPUs have is known to `devices`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path, PurePosixPath

import psutil

_GROUPS = Path("/sys/fs/cgroup")
_MEMBERSHIP = Path("/proc/self/cgroup")


def free_ram() -> int:
    """Bytes that this process can still take without being refused or killed."""
    limits = [psutil.virtual_memory().available, *_left_of_own_limits(), *left_in_groups()]
    return max(0, min(limits))


def left_in_groups(groups: Path = _GROUPS, membership: Path = _MEMBERSHIP) -> Iterator[int]:
    """Bytes left under each limit of Linux's control groups, of either version.

    What the group holds of files without need counts as left: the system lets go of it first.

    Args:
        groups: where the groups are mounted.
        membership: the file that says to which of them this process belongs.
    """
    lines = membership.read_text().splitlines() if membership.is_file() else []
    for line in lines:
        _, controllers, path = line.split(":", 2)
        if not controllers:
            for folder in _lineage(groups, path):
                yield from _left(folder, "memory.max", "memory.current", "inactive_file")
        elif "memory" in controllers.split(","):
            names = "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"
            for folder in _lineage(groups / "memory", path):
                yield from _left(folder, *names)


def _lineage(root: Path, path: str) -> Iterator[Path]:
    """The folders of a group and of those around it, up to the root.

    Inside a container the path may be that of the world outside; then the root alone is there.
    """
    inner = PurePosixPath(path.lstrip("/"))
    yield from (root / part for part in (inner, *inner.parents))


def _left(folder: Path, limit: str, usage: str, reclaimable: str) -> Iterator[int]:
    with suppress(OSError, ValueError, KeyError):  # No such group, or one without a limit.
        rows = (line.split() for line in (folder / "memory.stat").read_text().splitlines())
        held = int(dict(rows)[reclaimable])
        used = int((folder / usage).read_text()) - held
        yield int((folder / limit).read_text()) - used


def _left_of_own_limits() -> Iterator[int]:
    """Bytes left under the limits that were set for this process alone."""
    if sys.platform == "win32":
        return
    import resource

    memory = psutil.Process().memory_info()
    used = {resource.RLIMIT_AS: memory.vms, resource.RLIMIT_DATA: getattr(memory, "data", 0)}
    for kind, taken in used.items():
        limit = resource.getrlimit(kind)[0]
        if limit != resource.RLIM_INFINITY:
            yield limit - taken

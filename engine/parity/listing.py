"""Cases of a golden folder's own list of files: nothing that it names is missing or cut short."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from engine.parity.case import Case, Check, facts

LIST = "manifest.json"


def cases(folder: Path) -> Iterator[Case]:
    """The case of a folder that holds such a list, which names files by their sizes."""
    if (folder / LIST).is_file():
        yield Case("files", lambda: [_files(folder)])


def _files(folder: Path) -> Check:
    """Files in folders that were left out as a whole are not missed, nor are texts for people."""
    listed = {name: entry for name, entry in facts(folder / LIST).items()
              if (folder / name).parent.is_dir() and not name.endswith(".md")}  # fmt: skip
    faults = [fault for name, entry in listed.items() if (fault := _fault(folder / name, entry))]
    return Check("as listed", len(faults), 0, "; ".join(faults[:3]) or f"{len(listed)} files")


def _fault(path: Path, entry: dict[str, int]) -> str:
    if not path.is_file():
        return f"{path.parent.name}/{path.name} is missing"
    size = path.stat().st_size
    wanted = entry.get("bytes", size)
    return "" if size == wanted else f"{path.name} has {size} bytes and not {wanted}"

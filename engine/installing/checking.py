"""Checksums of a model's files: taken when it is made, compared when somebody asks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from engine.catalog.download import sha256_of
from engine.catalog.store import InstalledModel
from engine.errors import ModelError
from engine.installing.progress import Meter, Phase, Report


def broken_files(model: InstalledModel, report: Report) -> tuple[str, ...]:
    """The files of a model that are not what was installed, by name.

    Raises:
        ModelError: a file cannot be read at all.
    """
    found = checksums(model.folder, model.files, report)
    return tuple(sorted(n for n, facts in model.files.items() if found[n] != facts.sha256))


def checksums(folder: Path, names: Iterable[str], report: Report) -> Mapping[str, str]:
    """The checksum of each of these files of a folder.

    Raises:
        ModelError: one cannot be read.
    """
    sizes = {name: (folder / name).stat().st_size for name in names}
    meter = Meter(report, Phase.CHECKING, sum(sizes.values()))
    meter.restart(0)
    found: dict[str, str] = {}
    before = 0
    for name, size in sizes.items():
        start = before
        try:
            found[name] = sha256_of(folder / name, lambda n, start=start: meter.reach(start + n))
        except OSError as error:
            raise ModelError(
                "“{path}” cannot be read: {reason}.",
                path=folder / name,
                reason=error.strerror,
            ) from error
        before += size
    return found

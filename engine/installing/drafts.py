"""The last things that make a folder of weights a model: who it is, and what its files must be."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from engine.catalog.configs import to_json
from engine.catalog.known import NAMES
from engine.catalog.specs import ModelConfig
from engine.catalog.store import FORMAT, InstalledModel, open_model
from engine.errors import ModelError
from engine.installing.checking import broken_files, checksums
from engine.installing.places import Places
from engine.installing.progress import Meter, Phase, Report
from engine.phrases import Phrase

_STUDIO = "studio.json"


@dataclass(frozen=True, slots=True)
class Identity:
    """What a model says of itself; the name is that of its folder."""

    name: str
    title: str
    licence: str


def describe(draft: Path, who: Identity, config: ModelConfig, report: Report) -> None:
    """Make a folder of weights and names a model: write what it is, and have all of it on the disk.

    Raises:
        ModelError: it would not be one that can be used.
    """
    names = _files_of(draft)
    for stranger in {path.name for path in draft.iterdir()} - {*names, _STUDIO}:
        (draft / stranger).unlink()
    digests = checksums(draft, names, report)
    sizes = {name: (draft / name).stat().st_size for name in names}
    studio = {
        "format": FORMAT,
        "id": who.name,
        "title": who.title,
        "licence": who.licence,
        "architecture": to_json(config),
        "files": {name: {"size": sizes[name], "sha256": digests[name]} for name in names},
    }
    _finish(draft, studio)


def copy_draft(source: Path, name: str, places: Places, report: Report) -> None:
    """Copy a model of this program's to where it can be moved in, under a name.

    Raises:
        ModelError: it is damaged, or the disk has too little room.
    """
    model = open_model(source)
    draft = places.draft(name)
    draft.mkdir(parents=True, exist_ok=True)
    missing = {
        n: facts.size for n, facts in model.files.items() if not _is_there(draft / n, facts.size)
    }
    places.require_room(sum(missing.values()), model.spec.title)
    meter = Meter(report, Phase.COPYING, model.spec.size_bytes)
    done = model.spec.size_bytes - sum(missing.values())
    meter.restart(done)
    for file, size in missing.items():
        _copy(model.folder / file, draft / file)
        done += size
        meter.reach(done)
    studio = json.loads((source / _STUDIO).read_text("utf-8"))
    _finish(draft, {**studio, "id": name})
    _refuse_broken(open_model(draft), source, report)


def _files_of(draft: Path) -> list[str]:
    """Weights, their index, and what else belongs to a model."""
    (index,) = draft.glob("*.safetensors.index.json")
    shards = json.loads(index.read_text("utf-8"))["weight_map"].values()
    there = [name for name in NAMES if (draft / name).is_file()]
    return sorted({*shards, index.name, "config.json", *there})


def _finish(draft: Path, studio: Mapping[str, object]) -> None:
    """Write who it is, bring everything to the disk, and see that the model opens."""
    text = json.dumps(studio, indent=1, ensure_ascii=False) + "\n"
    (draft / _STUDIO).write_text(text, "utf-8")
    for path in draft.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())
    open_model(draft)


def _is_there(path: Path, size: int) -> bool:
    return path.is_file() and path.stat().st_size == size


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f"{target.name}.part")
    shutil.copyfile(source, part)
    part.replace(target)


def _refuse_broken(copy: InstalledModel, source: Path, report: Report) -> None:
    """Refuse a model whose files are not what it says; wrong copies go, so that none is kept."""
    broken = broken_files(copy, report)
    for name in broken:
        (copy.folder / name).unlink()
    if broken:
        one = Phrase("{names} is not what was installed there (checksum)", names=broken[0])
        names = ", ".join(broken[:3])
        many = Phrase("{names} are not what was installed there (checksum)", names=names)
        raise ModelError(
            "The model in “{source}” is damaged: {fault}.",
            source=source,
            fault=one if len(broken) == 1 else many,
        )

"""Which models there are: installed, damaged, begun, or to be had; and what each needs.

Reads descriptions and sizes, no weights; takes milliseconds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from engine.catalog.known import KnownModel
from engine.catalog.store import InstalledModel, open_model
from engine.errors import ModelError
from engine.installing.places import Places, size_of


class State(StrEnum):
    """How far a model is."""

    INSTALLED = "installed"
    DAMAGED = "damaged"
    BEGUN = "begun"
    AVAILABLE = "available"


@dataclass(frozen=True, slots=True)
class Standing:
    """One model, as it stands on this computer.

    Attributes:
        size_bytes: on the disk; once it is installed, for one that is not.
        licence: in one line.
        ours: whether it lies in the user's own folder, and can be removed.
        known: how it can be fetched; None for a model that cannot.
        fetched_bytes: of `known.download_bytes`.
        missing_bytes: what the disk must still take until it is installed.
        problem: what is wrong with a damaged one, a sentence.
    """

    name: str
    title: str
    state: State
    size_bytes: int
    licence: str = ""
    ours: bool = True
    known: KnownModel | None = None
    fetched_bytes: int = 0
    missing_bytes: int = 0
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Survey:
    """Every model, those that can be used first, and the room on their disk."""

    models: tuple[Standing, ...]
    root: Path
    free_bytes: int


def survey(places: Places, known: Sequence[KnownModel]) -> Survey:
    """Look at all models. A damaged one that came along is not told here but by the store."""
    installed = [_installed(model, places) for model in places.store.models()]
    there = {standing.name for standing in installed}
    damaged = [each for each in _damaged(places) if each.name not in there]
    there |= {standing.name for standing in damaged}
    fetchable = [_fetchable(each, places) for each in known if each.id not in there]
    there |= {each.id for each in known}
    begun = [each for each in _begun(places) if each.name not in there]
    return Survey((*installed, *damaged, *fetchable, *begun), places.root, places.free_bytes)


def _installed(model: InstalledModel, places: Places) -> Standing:
    spec = model.spec
    ours = model.folder == places.model(spec.id)
    return Standing(spec.id, spec.title, State.INSTALLED, spec.size_bytes, spec.licence, ours)


def _damaged(places: Places) -> Iterator[Standing]:
    for description in sorted(places.root.glob("*/studio.json")):
        folder = description.parent
        try:
            open_model(folder)
        except ModelError as error:
            size = size_of(folder)
            yield Standing(folder.name, folder.name, State.DAMAGED, size, problem=error.phrase)


def _fetchable(known: KnownModel, places: Places) -> Standing:
    state = State.BEGUN if places.begun(known.id) else State.AVAILABLE
    return Standing(
        known.id,
        known.title,
        state,
        known.installed_bytes,
        known.licence.name,
        known=known,
        fetched_bytes=places.fetched(known),
        missing_bytes=places.missing_bytes(known),
    )


def _begun(places: Places) -> Iterator[Standing]:
    """Imports that were not ended."""
    for workshop in sorted((places.root / ".incoming").glob("*/")):
        size = size_of(workshop)
        yield Standing(workshop.name, workshop.name, State.BEGUN, size)

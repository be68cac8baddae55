"""Installs models: fetched, or found in a folder; whole at the end, or not there at all.

Every step can be stopped at any moment, also by a kill, and goes on from there when it is called
again: files that were fetched, shards that were written. Only the last step, a move, makes a model
one that can be used. Torch is loaded when weights are turned into ours, and not before.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from engine.atomic import told
from engine.catalog.download import RemoteFile, Vouching, fetch, fetched_bytes
from engine.catalog.known import KnownModel
from engine.catalog.web import Web
from engine.errors import ModelError
from engine.installing.drafts import Identity, copy_draft, describe
from engine.installing.findings import Checkpoints, HubFolder, OwnFolder, find
from engine.installing.names import bring_names
from engine.installing.places import Places, size_of
from engine.installing.progress import Meter, Phase, Report
from engine.phrases import Phrase


@dataclass(frozen=True, slots=True)
class Installed:
    """What an installation came to.

    Attributes:
        name: of the model, to be asked for by.
        size_bytes: on the disk.
        stated: fetched files whose checksum is the one that the server says.
        unvouched: fetched files whose checksum nobody says; their lengths and shapes are right.
        new: False where it was installed before, and nothing was done.
    """

    name: str
    title: str
    folder: Path
    size_bytes: int
    stated: tuple[str, ...] = ()
    unvouched: tuple[str, ...] = ()
    new: bool = True


def install(known: KnownModel, places: Places, web: Web, report: Report) -> Installed:
    """Fetch a model and install it. Its licence has been accepted by whoever calls this.

    Raises:
        DownloadError: a file cannot be fetched. What came is kept for the next try.
        ModelError: what came is another model, or the disk has too little room.
    """
    with places.alone(known.id), _writing(places.root):
        if places.holds(known.id):
            places.tidy(known.id)
            return _installed(known.id, places, new=False)
        places.require_room(places.missing_bytes(known), known.title)
        vouching = _download(known, places, web, report)
        finding = find(places.downloads(known.id))
        assert not isinstance(finding, OwnFolder)
        _recognised(finding, (known,))
        _convert(finding, known, places, report, known.id)
        places.move_in(known.id)
        return _installed(known.id, places, vouching)


def import_model(
    path: Path, known: Sequence[KnownModel], places: Places, report: Report, name: str | None
) -> Installed:
    """Install a model from a folder, or from the folder of a file. The source stays as it is.

    Args:
        known: models that it may be.
        name: to install it under; None for its own.

    Raises:
        ModelError: it is none of them, is broken or incomplete, has no lists of names, the name is
            taken, or the disk has too little room.
    """
    finding = find(path.absolute())
    if isinstance(finding, OwnFolder):
        chosen = finding.folder.name if name is None else name
        fill = partial(copy_draft, finding.folder, chosen, places, report)
    else:
        model = _recognised(finding, known)
        chosen = model.id if name is None else name
        fill = partial(_convert, finding, model, places, report, chosen)
    places.require_free_name(chosen)
    with places.alone(chosen), _writing(places.root):
        fill()
        places.move_in(chosen)
    return _installed(chosen, places)


def _recognised(finding: Checkpoints | HubFolder, known: Sequence[KnownModel]) -> KnownModel:
    """The model that was found, as its weights tell."""
    from engine.installing.converting import open_finding, recognised

    return recognised(open_finding(finding), known, finding.folder)


def _convert(
    finding: Checkpoints | HubFolder, model: KnownModel, places: Places, report: Report, name: str
) -> None:
    """Make a model of what was found, all but the last move."""
    from engine.installing.converting import convert, open_finding

    draft = places.draft(name)
    draft.mkdir(parents=True, exist_ok=True)
    bring_names(finding.folder, draft, model.config, model.home)
    places.require_room(model.installed_bytes - size_of(draft), model.title)
    convert(open_finding(finding), model.config, draft, report)
    title = model.title if name == model.id else f"{model.title}, {name}"
    describe(draft, Identity(name, title, model.licence.name), model.config, report)


def _download(
    known: KnownModel, places: Places, web: Web, report: Report
) -> Mapping[str, Vouching]:
    """Fetch all files, and say who vouches for each."""
    folder = places.downloads(known.id)
    folder.mkdir(parents=True, exist_ok=True)
    meter = Meter(report, Phase.DOWNLOADING, known.download_bytes)
    vouching: dict[str, Vouching] = {}
    before = 0
    for file in known.files:
        meter.restart(before + fetched_bytes(file, folder))
        vouching[file.name] = fetch(file, folder, web, _Watch(file, before, meter, report))
        before += fetched_bytes(file, folder)
    return vouching


class _Watch:
    """Turns what is heard of one file into progress of the whole."""

    def __init__(self, file: RemoteFile, before: int, meter: Meter, report: Report) -> None:
        self._before, self._meter = before, meter
        self._checking = Meter(report, Phase.CHECKING, file.size_bytes)

    def has(self, size_bytes: int) -> None:
        """More of the file came."""
        self._meter.reach(self._before + size_bytes)

    def checks(self, size_bytes: int) -> None:
        """More of the file was compared."""
        self._checking.reach(size_bytes)

    def waits(self, why: str, seconds: float) -> None:
        """The connection is tried again after a pause."""
        note = Phrase("{why} Next try in {seconds:.0f} s.", why=why, seconds=seconds)
        self._meter.wait(note)


def _installed(
    name: str, places: Places, vouching: Mapping[str, Vouching] | None = None, new: bool = True
) -> Installed:
    model = places.store.get(name)
    by = (vouching or {}).items()
    return Installed(
        name,
        model.spec.title,
        model.folder,
        model.spec.size_bytes,
        tuple(file for file, who in by if who is Vouching.STATED),
        tuple(file for file, who in by if who is Vouching.NOBODY),
        new,
    )


@contextmanager
def _writing(root: Path) -> Generator[None]:
    """Tell in words why something cannot be written."""
    try:
        yield
    except OSError as error:
        raise ModelError(told(error, root)) from error

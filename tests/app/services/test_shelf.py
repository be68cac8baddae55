"""Models come and go while the window goes on."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.services.shelf import Shelf, Shop
from app.song.shelf import ShelfTask, ShelfWork
from app.song.status import Notice, Severity
from engine.catalog.known import KnownModel
from engine.catalog.store import ModelStore
from engine.catalog.web import Web
from engine.errors import DownloadError
from engine.installing.places import Places
from engine.installing.survey import State, Survey
from tests.engine.catalog import hub_server as hub
from tests.engine.catalog.hub_server import HubServer
from tests.engine.catalog.model_folder import write_model
from tests.engine.installing.small_model import REPOSITORY, known_model, write_hub_folder

LONG_MS = 120_000


class Watched:
    """A shelf, and all that it tells."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        self.surveys: list[Survey] = []
        self.works: list[ShelfWork | None] = []
        self.notices: list[Notice] = []
        self.changes = 0
        shelf.changed.connect(self.surveys.append)
        shelf.worked.connect(self.works.append)
        shelf.told.connect(self.notices.append)
        shelf.models_changed.connect(self._count)

    def _count(self) -> None:
        self.changes += 1

    def state(self, name: str) -> State | None:
        models = self.surveys[-1].models if self.surveys else ()
        return next((model.state for model in models if model.name == name), None)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[HubServer]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with HubServer() as server:
        yield server


@pytest.fixture
def known(server: HubServer, tmp_path: Path) -> KnownModel:
    folder = write_hub_folder(tmp_path / "hub")
    for path in folder.iterdir():
        server.files[f"/{REPOSITORY}/resolve/main/{path.name}"] = path.read_bytes()
    return known_model(folder)


@pytest.fixture
def shop(server: HubServer, known: KnownModel, tmp_path: Path) -> Shop:
    root = tmp_path / "models"
    places = Places(root, ModelStore([root]))
    return Shop(places, (known,), lambda: Web(server.address, tries=2, first_wait_s=0.01))


@pytest.fixture
def watched(shop: Shop, qtbot: QtBot) -> Iterator[Watched]:
    watched = Watched(Shelf(shop))
    yield watched
    watched.shelf.close()


def test_a_model_is_fetched_installed_verified_and_removed(
    watched: Watched, known: KnownModel, shop: Shop, qtbot: QtBot
) -> None:
    shelf = watched.shelf
    shelf.install(known)
    qtbot.waitUntil(lambda: watched.state("small") is State.INSTALLED, timeout=LONG_MS)
    assert watched.notices[-1].message == "Small Jukebox is installed."
    assert watched.changes == 1 and shelf.work is None
    assert any(work and work.progress and work.progress.done for work in watched.works)

    (standing,) = watched.surveys[-1].models
    shelf.verify(standing)
    qtbot.waitUntil(lambda: "is whole" in watched.notices[-1].message, timeout=LONG_MS)

    shelf.remove(standing)
    qtbot.waitUntil(lambda: watched.state("small") is State.AVAILABLE, timeout=LONG_MS)
    assert watched.changes == 2 and shop.places.store.models() == ()


def test_a_pause_keeps_what_came_also_when_the_program_ends(
    watched: Watched, known: KnownModel, shop: Shop, server: HubServer, qtbot: QtBot
) -> None:
    last = f"/{REPOSITORY}/resolve/main/{known.files[-1].name}"
    server.misdeeds[last] = [hub.stalls_after(1000), hub.stalls_after(2000)]
    shelf = watched.shelf
    _fetch_until(shelf, known, shop, 1000, qtbot)

    shelf.pause()

    qtbot.waitUntil(lambda: watched.state("small") is State.BEGUN, timeout=LONG_MS)
    assert watched.notices == []
    _fetch_until(shelf, known, shop, 3000, qtbot)

    shelf.close()

    again = Watched(Shelf(shop))
    again.shelf.remind()
    qtbot.waitUntil(lambda: bool(again.notices))
    assert "Small Jukebox is fetched in part" in again.notices[0].message
    assert server.starts(last) == [0, 1000]
    again.shelf.close()


def test_giving_up_removes_what_came(
    watched: Watched, known: KnownModel, shop: Shop, server: HubServer, qtbot: QtBot
) -> None:
    last = f"/{REPOSITORY}/resolve/main/{known.files[-1].name}"
    server.misdeeds[last] = [hub.stalls_after(1000)]
    shelf = watched.shelf
    _fetch_until(shelf, known, shop, 1000, qtbot)

    shelf.give_up()

    qtbot.waitUntil(lambda: watched.state("small") is State.AVAILABLE, timeout=LONG_MS)
    assert not shop.places.workshop("small").exists()


def _fetch_until(shelf: Shelf, known: KnownModel, shop: Shop, last: int, qtbot: QtBot) -> None:
    """Fetch until so many bytes of the last file are here."""
    size_bytes = known.download_bytes - known.files[-1].size_bytes + last
    shelf.install(known)
    assert shelf.work is not None and shelf.work.task is ShelfTask.INSTALL
    qtbot.waitUntil(lambda: shop.places.fetched(known) >= size_bytes, timeout=LONG_MS)


def test_a_dropped_folder_is_installed_and_a_wrong_one_is_told(
    watched: Watched, tmp_path: Path, qtbot: QtBot
) -> None:
    folder = write_hub_folder(tmp_path / "mine")
    watched.shelf.import_from(tmp_path / "nowhere")
    qtbot.waitUntil(lambda: bool(watched.notices), timeout=LONG_MS)
    assert watched.notices[0].severity is Severity.ERROR
    assert "There is no" in watched.notices[0].message

    watched.shelf.import_from(folder / "pytorch_model-00001-of-00002.bin")

    qtbot.waitUntil(lambda: watched.state("small") is State.INSTALLED, timeout=LONG_MS)


def test_a_damaged_model_is_named_with_its_file(watched: Watched, shop: Shop, qtbot: QtBot) -> None:
    folder = write_model(shop.places.root, "tiny")
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"x")
    watched.shelf.refresh()
    qtbot.waitUntil(lambda: bool(watched.surveys))

    watched.shelf.verify(watched.surveys[-1].models[0])

    qtbot.waitUntil(lambda: bool(watched.notices), timeout=LONG_MS)
    assert watched.notices[0].message == "Tiny is damaged: model.safetensors."


def test_one_thing_at_a_time(watched: Watched, known: KnownModel, qtbot: QtBot) -> None:
    watched.shelf.install(known)

    watched.shelf.import_from(Path("/nowhere"))

    assert watched.notices[0].message == "One model at a time."
    watched.shelf.pause()
    qtbot.waitUntil(lambda: watched.shelf.work is None, timeout=LONG_MS)


def test_a_mirror_that_is_no_address_is_told(
    known: KnownModel, tmp_path: Path, qtbot: QtBot
) -> None:
    def refuse() -> Web:
        raise DownloadError("HF_ENDPOINT is no address.")

    root = tmp_path / "models"
    watched = Watched(Shelf(Shop(Places(root, ModelStore([root])), (known,), refuse)))

    watched.shelf.install(known)

    assert watched.notices[0].message == "HF_ENDPOINT is no address."
    assert watched.shelf.work is None
    watched.shelf.close()
    shutil.rmtree(root, ignore_errors=True)

"""The same work in a child process, which can be stopped at any moment."""

import threading

import pytest

from engine.catalog.web import Web
from engine.errors import EngineError
from engine.installing.progress import Phase
from engine.installing.worker import Fetch, Import, StoppedError, Verify, Worker
from tests.engine.catalog import hub_server as hub
from tests.engine.catalog.hub_server import HubServer
from tests.engine.installing.small_model import REPOSITORY, known_model, places, write_hub_folder


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with HubServer() as server:
        yield server


@pytest.fixture
def known(server, tmp_path):
    folder = write_hub_folder(tmp_path / "hub")
    for path in folder.iterdir():
        server.files[f"/{REPOSITORY}/resolve/main/{path.name}"] = path.read_bytes()
    return known_model(folder)


@pytest.fixture
def home(tmp_path):
    return places(tmp_path / "models")


def silent(progress):
    """Hears nothing."""


def test_a_model_is_fetched_and_verified_in_another_process(server, known, home):
    heard = []

    result = Worker(Fetch(known, Web(server.address)), home).run(heard.append)

    assert result.name == "small"
    assert {p.phase for p in heard} == {Phase.DOWNLOADING, Phase.CHECKING, Phase.CONVERTING}
    assert Worker(Verify("small"), home).run(silent) == ()


def test_stopped_while_the_server_is_silent_it_ends_at_once_and_goes_on_later(server, known, home):
    last = f"/{REPOSITORY}/resolve/main/{known.files[-1].name}"
    server.misdeeds[last] = [hub.stalls_after(1000)]
    worker = Worker(Fetch(known, Web(server.address)), home)
    nearly = known.download_bytes - known.files[-1].size_bytes + 1000

    def stop_when_it_stalls(progress):
        if progress.done >= nearly and progress.phase is Phase.DOWNLOADING:
            threading.Thread(target=worker.stop).start()

    with pytest.raises(StoppedError):
        worker.run(stop_when_it_stalls)
    assert home.store.models() == ()

    Worker(Fetch(known, Web(server.address)), home).run(silent)

    assert server.starts(last) == [0, 1000]


def test_stopped_before_it_began_it_does_nothing(server, known, home):
    worker = Worker(Fetch(known, Web(server.address)), home)
    worker.stop()

    with pytest.raises(StoppedError):
        worker.run(silent)


def test_what_cannot_be_done_is_told(tmp_path, known, home):
    with pytest.raises(EngineError, match="There is no"):
        Worker(Import(tmp_path / "nowhere", (known,)), home).run(silent)

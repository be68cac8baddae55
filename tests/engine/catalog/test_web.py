"""What the environment says of the way to files: a mirror of the hub, an account, a proxy."""

import hashlib

import pytest

from engine.catalog.download import RemoteFile, fetch
from engine.catalog.web import HUB, Web, web_from
from engine.errors import DownloadError
from tests.engine.catalog import hub_server as hub
from tests.engine.catalog.hub_server import HubServer
from tests.engine.catalog.test_download import Notes

CONTENT = bytes(range(256)) * 2000
FILE = RemoteFile(
    "w.bin", "some/model/resolve/main/w.bin", len(CONTENT), hashlib.sha256(CONTENT).hexdigest()
)
FAR = "http://hub.example"


@pytest.fixture
def server(monkeypatch):
    """A server; nothing in the environment says how to reach it."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    with HubServer() as server:
        yield server


def test_without_a_word_the_hub_itself_is_asked():
    assert web_from({}) == web_from({"HF_ENDPOINT": " ", "HF_TOKEN": ""}) == Web(HUB, "")


@pytest.mark.parametrize("below", ["", "/", "/mirrors/hub", "/mirrors/hub/"])
def test_a_mirror_is_asked_in_place_of_the_hub(server, tmp_path, below):
    path = f"{below.rstrip('/')}/{FILE.address}"
    server.files[path] = CONTENT
    web = web_from({"HF_ENDPOINT": server.address + below, "HF_TOKEN": "mine"})

    fetch(FILE, tmp_path, web, Notes())

    assert (tmp_path / "w.bin").read_bytes() == CONTENT
    assert [(asked.path, asked.token) for asked in server.requests] == [(path, "Bearer mine")]


@pytest.mark.parametrize("address", ["hub.example", "ftp://hub.example", "http://", "file:///etc"])
def test_a_mirror_that_is_no_address_is_refused(address):
    with pytest.raises(DownloadError, match="HF_ENDPOINT is"):
        web_from({"HF_ENDPOINT": address})


def test_a_proxy_is_asked_for_everything_and_a_break_goes_on_through_it(
    server, tmp_path, monkeypatch
):
    """The hub's own host is nowhere; a proxy is asked by whole addresses."""
    monkeypatch.setenv("http_proxy", server.address)
    whole = f"{FAR}/{FILE.address}"
    server.files[whole] = CONTENT
    server.misdeeds[whole] = [hub.drops_after(200_000)]

    fetch(FILE, tmp_path, Web(FAR, first_wait_s=0.01), Notes())

    assert (tmp_path / "w.bin").read_bytes() == CONTENT
    assert server.starts(whole) == [0, 200_000]


def test_what_the_proxy_is_not_for_is_asked_directly(server, tmp_path, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    server.files[f"/{FILE.address}"] = CONTENT

    fetch(FILE, tmp_path, Web(server.address), Notes())

    assert (tmp_path / "w.bin").read_bytes() == CONTENT


def test_safe_addresses_go_through_a_tunnel_of_the_proxy(server, tmp_path, monkeypatch):
    """This proxy refuses to dig one, and is named nowhere else."""
    monkeypatch.setenv("https_proxy", server.address)

    with pytest.raises(DownloadError, match=r"“hub\.example” cannot be reached"):
        fetch(FILE, tmp_path, Web("https://hub.example", tries=1), Notes())

    assert [asked.path for asked in server.requests] == ["hub.example:443"]

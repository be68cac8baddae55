"""Files come whole or not at all, and what has come is not fetched again."""

import hashlib
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from engine.catalog.download import RemoteFile, Vouching, fetch, fetched_bytes
from engine.catalog.web import Web
from engine.errors import DownloadError
from tests.engine.catalog import hub_server as hub
from tests.engine.catalog.hub_server import HubServer

ROOT = Path(__file__).parents[3]
SIZE = 1 << 20
CONTENT = np.random.default_rng(0).bytes(SIZE)
SHA256 = hashlib.sha256(CONTENT).hexdigest()
PATH = "/some/model/resolve/main/weights.bin"


class Notes:
    """Listens, and keeps what it heard."""

    def __init__(self):
        self.sizes, self.checked, self.waited = [], [], []

    def has(self, size_bytes):
        self.sizes.append(size_bytes)

    def checks(self, size_bytes):
        self.checked.append(size_bytes)

    def waits(self, why, seconds):
        self.waited.append((why, seconds))


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with HubServer() as server:
        server.files[PATH] = CONTENT
        yield server


@pytest.fixture
def web(server):
    return Web(server.address, stall_s=5.0, tries=3, first_wait_s=0.01, longest_wait_s=0.05)


def wanted(**changes):
    return replace(RemoteFile("weights.bin", PATH[1:], SIZE), **changes)


def is_whole(folder):
    left = {path.name for path in folder.iterdir()}
    return (
        left == {"weights.bin", "weights.bin.note.json"}
        and (folder / "weights.bin").read_bytes() == CONTENT
    )


def test_a_file_comes_whole_and_once(server, web, tmp_path):
    notes = Notes()

    first = fetch(wanted(), tmp_path, web, notes)
    second = fetch(wanted(), tmp_path, web, notes)

    assert is_whole(tmp_path)
    assert first is second is Vouching.STATED
    assert server.starts(PATH) == [0]
    assert notes.sizes == sorted(notes.sizes) and notes.sizes[-1] == notes.checked[-1] == SIZE


def test_a_dropped_connection_is_gone_on_with(server, web, tmp_path):
    server.misdeeds[PATH] = [hub.drops_after(300_000), hub.drops_after(100_000)]
    notes = Notes()

    fetch(wanted(), tmp_path, web, notes)

    assert is_whole(tmp_path)
    assert server.starts(PATH) == [0, 300_000, 400_000]
    assert server.sent[PATH] == SIZE
    assert [why for why, _ in notes.waited] == [
        f"The connection ended after {count} of {SIZE} bytes." for count in (300_000, 400_000)
    ]


def test_a_silent_server_is_left_and_asked_again(server, web, tmp_path):
    server.misdeeds[PATH] = [hub.stalls_after(65536)]

    fetch(wanted(), tmp_path, replace(web, stall_s=0.2), Notes())

    assert is_whole(tmp_path)
    assert server.starts(PATH) == [0, 65536]


def test_a_server_that_ignores_ranges_gives_the_same_file(server, web, tmp_path):
    server.misdeeds[PATH] = [hub.drops_after(300_000), hub.ignores_range]

    fetch(wanted(), tmp_path, web, Notes())

    assert is_whole(tmp_path)


def test_another_part_than_the_one_asked_for_is_not_taken(server, web, tmp_path):
    server.misdeeds[PATH] = [hub.drops_after(300_000), hub.sends_another_part]

    fetch(wanted(), tmp_path, web, Notes())

    assert is_whole(tmp_path)


def test_a_file_that_changes_on_the_server_is_fetched_anew(server, web, tmp_path):
    server.files[PATH], server.tags[PATH] = bytes(SIZE), "old"
    server.misdeeds[PATH] = [hub.drops_after(300_000), hub.drops_after(0)]
    with pytest.raises(DownloadError):
        fetch(wanted(), tmp_path, replace(web, tries=1), Notes())
    server.misdeeds[PATH].clear()
    server.files[PATH] = CONTENT
    del server.tags[PATH]

    fetch(wanted(), tmp_path, web, Notes())

    assert is_whole(tmp_path)
    assert server.starts(PATH) == [0, 300_000, 0]


def test_a_file_that_has_become_shorter_is_fetched_anew(server, web, tmp_path):
    server.files[PATH], server.tags[PATH] = CONTENT + CONTENT[:9000], "old"
    server.misdeeds[PATH] = [hub.drops_after(SIZE + 5)]
    with pytest.raises(DownloadError):
        fetch(wanted(), tmp_path, replace(web, tries=1), Notes())
    server.files[PATH] = CONTENT
    del server.tags[PATH]

    fetch(wanted(), tmp_path, web, Notes())

    assert is_whole(tmp_path)


@pytest.mark.parametrize("known", [True, False])
def test_a_wrong_byte_is_found_and_nothing_of_it_stays(server, web, tmp_path, known):
    server.misdeeds[PATH] = [hub.corrupts(700_000)]
    file = wanted(sha256=SHA256 if known else "")

    with pytest.raises(DownloadError, match="arrived damaged"):
        fetch(file, tmp_path, web, Notes())
    assert list(tmp_path.iterdir()) == []

    assert fetch(file, tmp_path, web, Notes()) is (Vouching.KNOWN if known else Vouching.STATED)
    assert is_whole(tmp_path)


def test_the_checksum_covers_what_came_before_a_break(server, web, tmp_path):
    """A wrong byte in the first part must not hide behind a right second one."""
    server.misdeeds[PATH] = [hub.corrupts(10)]
    (tmp_path / "a").mkdir()
    server.misdeeds[PATH] = [
        lambda handler, content, start: hub.drops_after(300_000)(handler, bytes(SIZE), start)
    ]

    with pytest.raises(DownloadError, match="arrived damaged"):
        fetch(wanted(sha256=SHA256), tmp_path / "a", web, Notes())


def test_a_file_without_a_checksum_is_told_apart(server, web, tmp_path):
    server.linked, server.tags[PATH] = False, "no-checksum"

    assert fetch(wanted(), tmp_path, web, Notes()) is Vouching.NOBODY


@pytest.mark.parametrize(
    ("misdeed", "told"),
    [
        (hub.refuses(401), "HF_TOKEN"),
        (hub.refuses(403), "HF_TOKEN"),
        (hub.refuses(404), "no “weights.bin” any more"),
        (hub.refuses(400), "status 400"),
        (hub.says_no_length, "how long"),
        (hub.says_length(90 * SIZE), "another file"),
        (hub.sends_to("file:///etc/passwd"), "not safe"),
        (hub.sends_to(""), "circles"),
    ],
)
def test_a_refusal_is_told_at_once(server, web, tmp_path, misdeed, told):
    server.misdeeds[PATH] = [misdeed] * 6
    notes = Notes()

    with pytest.raises(DownloadError, match=told):
        fetch(wanted(), tmp_path, web, notes)

    assert notes.waited == [] and list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_a_busy_server_is_given_time(server, web, tmp_path, status):
    server.misdeeds[PATH] = [hub.refuses(status, Retry_After="0.03"), hub.refuses(status)]
    notes = Notes()

    fetch(wanted(), tmp_path, web, notes)

    assert is_whole(tmp_path)
    assert [seconds for _, seconds in notes.waited] == [0.03, 0.02]


def test_no_wait_is_longer_than_the_longest(web):
    assert [web.wait_s(n, 0) for n in (1, 2, 3, 4)] == [0.01, 0.02, 0.04, 0.05]
    assert web.wait_s(1, 9999) == 0.05


def test_a_server_that_stays_away_is_given_up_and_what_came_is_kept(server, web, tmp_path):
    server.misdeeds[PATH] = [hub.drops_after(300_000), *[hub.refuses(503)] * 2]

    with pytest.raises(DownloadError, match="3 tries in a row brought nothing"):
        fetch(wanted(), tmp_path, web, Notes())

    assert fetched_bytes(wanted(), tmp_path) == 300_000
    fetch(wanted(), tmp_path, web, Notes())
    assert is_whole(tmp_path) and server.sent[PATH] == SIZE


def test_a_lie_about_the_length_ends(server, web, tmp_path):
    server.misdeeds[PATH] = [hub.says_length(SIZE + 1000)] * 5

    with pytest.raises(DownloadError, match="tries in a row"):
        fetch(wanted(), tmp_path, web, Notes())


def test_a_length_that_is_too_short_is_found_by_the_checksum(server, web, tmp_path):
    server.misdeeds[PATH] = [hub.says_length(SIZE - 1000)]

    with pytest.raises(DownloadError, match="arrived damaged"):
        fetch(wanted(sha256=SHA256), tmp_path, web, Notes())


def test_the_token_goes_to_the_hub_and_never_along_with_a_redirect(server, web, tmp_path):
    with HubServer() as elsewhere:
        elsewhere.files["/store/abc"] = CONTENT
        elsewhere.linked = False
        headers = {"X_Linked_Etag": f'"{SHA256}"', "X_Linked_Size": str(SIZE)}
        server.misdeeds[PATH] = [
            hub.sends_to("/moved"),
        ]
        server.misdeeds["/moved"] = [hub.sends_to(f"{elsewhere.address}/store/abc", **headers)]

        fetch(wanted(), tmp_path, replace(web, token="secret"), Notes())

        assert is_whole(tmp_path)
        assert [request.token for request in server.requests] == ["Bearer secret"] * 2
        assert [request.token for request in elsewhere.requests] == [None]


def test_a_file_of_another_host_is_asked_for_without_the_token(server, web, tmp_path):
    file = wanted(address=server.address.replace("127.0.0.1", "localhost") + PATH)

    fetch(file, tmp_path, replace(web, token="secret"), Notes())

    assert [request.token for request in server.requests] == [None]


def test_where_one_address_fails_the_other_gives_the_rest(server, web, tmp_path):
    server.files["/mirror/weights.bin"] = CONTENT
    server.misdeeds[PATH] = [hub.drops_after(300_000), hub.refuses(404)]

    fetch(wanted(mirror="mirror/weights.bin"), tmp_path, web, Notes())

    assert is_whole(tmp_path)
    assert server.starts("/mirror/weights.bin") == [300_000]


def test_where_both_addresses_fail_it_is_told(server, web, tmp_path):
    with pytest.raises(DownloadError, match="no “elsewhere"):
        fetch(wanted(address="nowhere", mirror="elsewhere.bin"), tmp_path, web, Notes())


def test_a_computer_without_network_is_told(web, tmp_path):
    away = replace(web, hub="http://127.0.0.1:9")

    with pytest.raises(DownloadError, match=r"127\.0\.0\.1:9” cannot be reached"):
        fetch(wanted(), tmp_path, away, Notes())


@pytest.mark.parametrize("note", ["", "{", "[]", '{"tag": 1}', "null", '"x"'])
def test_a_note_that_cannot_be_read_means_to_begin_anew(server, web, tmp_path, note):
    (tmp_path / "weights.bin.note.json").write_text(note)
    (tmp_path / "weights.bin.part").write_bytes(b"something")

    fetch(wanted(), tmp_path, web, Notes())

    assert is_whole(tmp_path) and server.starts(PATH) == [0]


FETCHER = """
import json, sys
from pathlib import Path
from engine.catalog.download import RemoteFile, fetch
from engine.catalog.web import Web
class Silent:
    has = checks = lambda self, size: None
    waits = lambda self, why, seconds: None
hub, folder, address, size = sys.argv[1:]
fetch(RemoteFile("weights.bin", address, int(size)), Path(folder), Web(hub), Silent())
"""


def started(server, folder):
    arguments = [server.address, str(folder), PATH[1:], str(SIZE)]
    return subprocess.Popen([sys.executable, "-c", FETCHER, *arguments], cwd=ROOT)


def test_killed_again_and_again_a_download_ends_with_the_right_file(server, tmp_path):
    server.misdeeds[PATH] = [hub.stalls_after(200_000)] * 3
    for least in (130_000, 330_000, 530_000):
        process = started(server, tmp_path)
        _until(partial(_has, tmp_path / "weights.bin.part", least))
        process.send_signal(signal.SIGKILL)
        assert process.wait(10) == -signal.SIGKILL

    last = started(server, tmp_path)

    assert last.wait(60) == 0
    assert is_whole(tmp_path)
    starts = server.starts(PATH)
    assert starts == sorted(starts) and starts[1] > 0
    assert server.sent[PATH] < SIZE + 4 * 256 * 1024


def _has(path, least):
    return path.exists() and path.stat().st_size >= least


def _until(condition, limit_s=60):
    ended = threading.Event()
    deadline = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < deadline
        ended.wait(0.02)

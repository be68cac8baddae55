"""Models come and go by command, and nobody is taken by surprise."""

import json
import os
import pickle
import pty
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from engine.audio.files import read_audio
from engine.catalog.web import Web
from engine.runtime.local import LocalEngine
from tests.engine.catalog import hub_server as hub
from tests.engine.catalog.hub_server import HubServer
from tests.engine.installing.small_model import (
    REPOSITORY,
    known_model,
    write_checkpoints,
    write_hub_folder,
)

ROOT = Path(__file__).parents[3]


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with HubServer() as server:
        yield server


@pytest.fixture
def small(jukebox, server, tmp_path):
    """The command line, and a model that it can fetch."""
    folder = write_hub_folder(tmp_path / "hub")
    for path in folder.iterdir():
        server.files[f"/{REPOSITORY}/resolve/main/{path.name}"] = path.read_bytes()
    jukebox.known = (known_model(folder),)
    jukebox.web = Web(server.address, tries=2, first_wait_s=0.01)
    return jukebox


def lines(text):
    return [json.loads(line) for line in text.splitlines()]


def test_a_model_is_installed_listed_verified_composed_with_and_removed(small, out, tmp_path):
    """All commands of a model's life, with the real engine."""
    small._engine = lambda: LocalEngine([str(small.models)])
    song = out / "a.wav"

    status, result, said = small("models", "install", "small", "--accept-licence")
    assert (status, "Small Jukebox is installed" in result) == (0, True)
    assert "non-commercial" in said and "checksums that the server states" in said
    assert "small " in small("models")[1].replace("tiny", "")
    assert small("models", "verify", "small")[:2] == (0, "small: whole\n")
    options = ("--seconds", "1", "--song-length", "4", "--quality", "draft", "--seed", "3")
    assert small("compose", song, "--model", "small", "--artist", "ada vale", *options)[0] == 0
    assert read_audio(song).seconds == pytest.approx(1.0, abs=0.1)
    assert small("models", "remove", "small", "--yes")[0] == 0
    assert small("models", "verify", "small")[0] == 2


def test_nothing_is_fetched_before_the_licence_is_accepted(small, server):
    status, result, said = small("models", "install", "small")

    assert (status, result, server.requests) == (2, "", [])
    assert "Only non-commercial use is allowed" in said and "add --accept-licence" in said


def test_a_broken_off_installation_is_listed_as_such_and_needs_no_second_consent(small, server):
    path = f"/{REPOSITORY}/resolve/main/{small.known[0].files[-1].name}"
    server.misdeeds[path] = [hub.drops_after(1000), hub.refuses(503), hub.refuses(503)]

    status, _, said = small("models", "install", "small", "--accept-licence")

    assert status == 1 and "2 tries in a row brought nothing" in said
    assert "in part" in small("models")[1]
    assert small("models", "install", "small")[0] == 0


def test_machines_get_lines_of_progress_and_of_the_result(small):
    _, result, _ = small("models", "install", "small", "--accept-licence", "--json")

    *progress, last = lines(result)
    assert {row["phase"] for row in progress} == {"downloading", "checking", "converting"}
    assert all(row["done_bytes"] <= row["total_bytes"] for row in progress)
    assert (last["installed"], last["new"]) == ("small", True)
    again = lines(small("models", "install", "small", "--json")[1])
    assert [row["new"] for row in again] == [False]


def test_a_folder_is_imported_under_another_name(small, tmp_path):
    folder = write_hub_folder(tmp_path / "mine")

    status, result, _ = small("models", "import", folder, "--as", "other")

    assert status == 0 and "Small Jukebox, other is installed" in result
    assert json.loads(small("models", "other", "--json")[1])["artists"] == ["ada vale", "bela"]


def test_an_import_without_names_tells_where_they_are(small, tmp_path):
    status, _, said = small("models", "import", write_checkpoints(tmp_path / "mine"))

    assert status == 2
    assert "artists.json" in said and "huggingface.co" in said and said.count("\n") == 1


def test_verify_names_the_broken_file_and_goes_on(small):
    small("models", "install", "small", "--accept-licence")
    path = next((small.models / "small").glob("*.safetensors"))
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)

    status, result, _ = small("models", "verify")

    assert status == 1
    assert result == f"small: broken: {path.name}\ntiny: whole\n"
    (row,) = json.loads(small("models", "verify", "small", "--json")[1])["models"]
    assert row == {"id": "small", "broken": [path.name]}


def test_a_model_that_came_along_is_not_removed(small, tmp_path):
    small.models = tmp_path / "of-the-user"

    status, _, said = small("models", "remove", "tiny", "--yes")

    assert status == 2 and "came along" in said
    assert (tmp_path / "models" / "tiny").is_dir()


def test_removing_is_asked_first(small):
    status, _, said = small("models", "remove", "tiny")

    assert status == 2 and "add --yes" in said
    assert small("models", "verify", "tiny")[0] == 0


def test_what_was_fetched_of_a_model_can_be_removed(small, server):
    path = f"/{REPOSITORY}/resolve/main/{small.known[0].files[-1].name}"
    server.misdeeds[path] = [hub.refuses(404)]
    small("models", "install", "small", "--accept-licence")

    status, result, _ = small("models", "remove", "small", "--yes", "--json")

    assert status == 0 and json.loads(result)["freed_bytes"] > 0
    assert not any((small.models / ".incoming").glob("*/"))


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("install", "smal"), "Did you mean “small”?"),
        (("import", "/nowhere"), "There is no"),
        (("remove", "nobody", "--yes"), "No model “nobody”"),
        (("remove", "../tiny", "--yes"), "No model"),
        (("verify", "nobody"), "No model “nobody”"),
    ],
)
def test_what_cannot_be_done_is_told_in_a_sentence(small, words, told):
    status, result, said = small("models", *words)

    assert (status, result) == (2, "")
    assert told in said and said.count("\n") == 1


INSTALLER = """
import pickle, sys
from pathlib import Path
from engine.catalog.store import ModelStore
from engine.catalog.web import Web
from engine.cli import main
from engine.cli.tools import Tools, local_engine
hub, known, models = sys.argv[1:4]
models = Path(models)
tools = Tools(ModelStore([models]), local_engine, (pickle.loads(Path(known).read_bytes()),), models,
              lambda: Web(hub))
sys.exit(main(["models", "install", "small", *sys.argv[4:]], tools))
"""


def started(small, server, tmp_path, *options, **streams):
    known = tmp_path / "known"
    known.write_bytes(pickle.dumps(small.known[0]))
    command = [sys.executable, "-c", INSTALLER, server.address, known, small.models, *options]
    return subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True, **streams)


def has_some(small):
    part = small.models / ".incoming" / "small" / "download"
    part /= f"{small.known[0].files[-1].name}.part"
    return part.exists() and part.stat().st_size >= 1000


def test_a_stop_while_the_server_is_silent_is_quick_and_keeps_what_came(small, server, tmp_path):
    path = f"/{REPOSITORY}/resolve/main/{small.known[0].files[-1].name}"
    server.misdeeds[path] = [hub.stalls_after(1000)]
    process = started(small, server, tmp_path, "--accept-licence", stdin=subprocess.DEVNULL)
    _until(lambda: has_some(small))

    process.send_signal(signal.SIGINT)

    _, said = process.communicate(timeout=10)
    assert process.returncode == 130
    assert said.splitlines()[-1].startswith("Stopped. What is done is kept")
    assert small.store.models()[0].spec.id == "tiny"
    assert small("models", "install", "small")[0] == 0
    assert server.sent[path] == small.known[0].files[-1].size_bytes


def test_a_killed_installation_goes_on(small, server, tmp_path):
    path = f"/{REPOSITORY}/resolve/main/{small.known[0].files[-1].name}"
    server.misdeeds[path] = [hub.stalls_after(1000)]
    process = started(small, server, tmp_path, "--accept-licence", stdin=subprocess.DEVNULL)
    _until(lambda: has_some(small))

    process.kill()
    process.communicate(timeout=10)

    assert [model.spec.id for model in small.store.models()] == ["tiny"]
    assert small("models", "install", "small")[0] == 0
    assert small("models", "verify", "small")[0] == 0


@pytest.mark.parametrize(("typed", "status"), [(b"y\n", 0), (b"n\n", 2)])
def test_on_a_terminal_the_licence_is_asked_for(small, server, tmp_path, typed, status):
    ours, theirs = pty.openpty()
    process = started(small, server, tmp_path, stdin=theirs)
    os.write(ours, typed)

    _, said = process.communicate(timeout=60)

    os.close(ours)
    os.close(theirs)
    assert process.returncode == status
    assert "Do you accept this licence? [y/N]" in said
    assert bool(server.requests) is (status == 0)


def _until(condition):
    ticks = threading.Event()
    for _ in range(3000):
        if condition():
            return
        ticks.wait(0.02)
    raise AssertionError("it did not come to pass")

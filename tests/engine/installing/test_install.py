"""A model is installed whole or not at all, from wherever it comes and whatever stops it."""

import json
import shutil
from collections import namedtuple
from dataclasses import replace

import pytest
import torch

from engine.catalog import shards
from engine.catalog.store import ModelStore, verify
from engine.catalog.web import Web
from engine.catalog.weights import read_folder_state
from engine.errors import DownloadError, ModelError
from engine.installing.install import import_model, install
from engine.installing.progress import Phase
from engine.types import Level
from tests.engine.catalog import hub_server as hub
from tests.engine.catalog.hub_server import HubServer
from tests.engine.installing import small_model
from tests.engine.installing.small_model import (
    CONFIG,
    REPOSITORY,
    WIDER,
    known_model,
    modules,
    places,
    write_checkpoints,
    write_hub_folder,
)


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with HubServer() as server:
        yield server


@pytest.fixture
def web(server):
    return Web(server.address, stall_s=5.0, tries=2, first_wait_s=0.01, longest_wait_s=0.02)


@pytest.fixture
def known(server, tmp_path):
    """A model that the server has, as the hub would."""
    folder = write_hub_folder(tmp_path / "hub")
    for path in folder.iterdir():
        server.files[f"/{REPOSITORY}/resolve/main/{path.name}"] = path.read_bytes()
    return known_model(folder)


@pytest.fixture
def home(tmp_path):
    return places(tmp_path / "models")


def silent(progress):
    """Hears nothing."""


def is_whole(home, name="small"):
    model = ModelStore([home.root]).get(name)
    verify(model)
    assert model.config == CONFIG
    for part, module in modules().items():
        state = read_folder_state(model.folder, part)
        for key, weight in module.state_dict().items():
            assert torch.equal(state[key].float(), weight.to(state[key].dtype).float())
    assert not home.workshop(name).exists()
    return model


def test_a_model_of_the_hub_is_fetched_and_installed(server, web, known, home):
    heard = []

    result = install(known, home, web, heard.append)

    model = is_whole(home)
    assert (result.name, result.folder, result.new) == ("small", model.folder, True)
    assert result.size_bytes == model.spec.size_bytes
    assert set(result.stated) == {file.name for file in known.files} and result.unvouched == ()
    assert model.spec.licence == known.licence.name
    assert model.names.artist_names == ("ada vale", "bela")
    assert model.vocabularies[Level.BOTTOM].artist_names == ("ada vale",)
    phases = list(dict.fromkeys(progress.phase for progress in heard))
    assert phases == [Phase.DOWNLOADING, Phase.CHECKING, Phase.CONVERTING]
    for phase in phases:
        last = [progress for progress in heard if progress.phase is phase][-1]
        assert last.done == last.total


def test_what_the_hub_says_of_the_architecture_is_not_even_fetched(server, web, known, home):
    install(known, home, web, silent)

    asked = {request.path.rpartition("/")[2] for request in server.requests}
    assert asked == {file.name for file in known.files}
    written = json.loads((home.model("small") / "config.json").read_text())
    assert written["architectures"] == ["JukeboxModel"]


def test_the_matrices_that_the_original_halves_are_halved_and_nothing_else(web, known, home):
    install(known, home, web, silent)

    top = read_folder_state(home.model("small"), Level.TOP)
    vqvae = read_folder_state(home.model("small"), "vqvae")
    halved = {name for name, weight in top.items() if weight.dtype == torch.float16}
    assert halved == {
        f"stack.layers.{layer}.{matrix}.weight"
        for layer in (0, 1)
        for matrix in ("attention.inp", "attention.out", "inner", "outer")
    }
    assert {weight.dtype for weight in vqvae.values()} == {torch.float32}


def test_a_second_installation_does_nothing(server, web, known, home):
    install(known, home, web, silent)
    asked = len(server.requests)

    result = install(known, home, web, silent)

    assert not result.new and len(server.requests) == asked


def test_an_installation_that_breaks_off_is_not_listed_and_goes_on(server, web, known, home):
    last = f"/{REPOSITORY}/resolve/main/{known.files[-1].name}"
    server.misdeeds[last] = [hub.drops_after(1000), hub.refuses(503), hub.refuses(503)]
    with pytest.raises(DownloadError):
        install(known, home, web, silent)
    assert home.store.models() == () and home.store.problems() == ()
    assert home.begun("small")
    assert home.fetched(known) == known.download_bytes - known.files[-1].size_bytes + 1000

    install(known, home, web, silent)

    is_whole(home)
    assert sum(server.sent.values()) == known.download_bytes


def test_a_conversion_that_is_stopped_goes_on(server, web, known, home, monkeypatch):
    monkeypatch.setattr(shards, "SHARD_BYTES", 4000)
    made = []

    def stop_at_half(progress):
        if progress.phase is Phase.CONVERTING:
            made.append(progress.done)
            if progress.done > progress.total / 2:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        install(known, home, web, stop_at_half)
    assert home.store.models() == ()
    standing = {p.name: p.stat().st_mtime_ns for p in home.draft("small").glob("*.safetensors")}
    assert standing
    asked = len(server.requests)

    install(known, home, web, silent)

    is_whole(home)
    assert len(server.requests) == asked
    for name, written in standing.items():
        assert (home.model("small") / name).stat().st_mtime_ns == written


def test_a_damaged_model_is_replaced(web, known, home):
    install(known, home, web, silent)
    next(home.model("small").glob("*.safetensors")).write_bytes(b"")

    assert install(known, home, web, silent).new

    is_whole(home)


def test_another_model_behind_the_address_is_refused(web, known, home):
    with pytest.raises(ModelError, match=r"no model that this program knows.*has the shape"):
        install(replace(known, config=WIDER), home, web, silent)

    assert home.store.models() == ()


def test_room_is_looked_for_first_and_told_in_numbers(server, web, known, home, monkeypatch):
    usage = namedtuple("usage", "free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(300_000_000))
    large = replace(known, installed_bytes=2_000_000_000)

    with pytest.raises(ModelError, match=r"2\.\d GB more.*0\.3 GB are free. Free 1\.8 GB"):
        install(large, home, web, silent)

    assert server.requests == []


def test_two_programs_do_not_install_the_same_model_at_once(web, known, home):
    with home.alone("small"), pytest.raises(ModelError, match="another program"):
        install(known, home, web, silent)


@pytest.mark.parametrize("write", [write_hub_folder, write_checkpoints])
def test_a_folder_is_imported_by_what_its_weights_are(known, home, tmp_path, write):
    folder = write(tmp_path / "mine")
    small_model.write_names(folder)
    before = {path: path.read_bytes() for path in folder.iterdir()}
    other = replace(known, id="other", config=WIDER)

    result = import_model(folder, (other, known), home, silent, None)

    is_whole(home)
    assert result.name == "small"
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


def test_one_of_the_files_stands_for_its_folder_and_parts_may_lie_where_openai_has_them(
    known, home, tmp_path
):
    shared = write_checkpoints(tmp_path / "5b")
    folder = tmp_path / "1b_lyrics"
    folder.mkdir()
    (shared / "prior_level_2.pth.tar").rename(folder / "prior_level_2.pth.tar")
    small_model.write_names(folder)

    import_model(folder / "prior_level_2.pth.tar", (known,), home, silent, "mine")

    assert is_whole(home, "mine").spec.title == "Small Jukebox, mine"


def test_names_may_come_as_openai_lists_them(known, home, tmp_path):
    folder = write_checkpoints(tmp_path / "mine")
    lists = {
        "v2_artist_ids.txt": "unknown;0\nada_vale;1\n",
        "v2_genre_ids.txt": "unknown;0\nfolk;1\n",
        "v3_artist_ids.txt": "unknown;0\nAda Vale;1\nbela;2\n",
        "v3_genre_ids.txt": "unknown;0\nfolk;1\n",
    }
    for name, lines in lists.items():
        (folder / name).write_text(lines, "utf-8")

    import_model(folder, (known,), home, silent, None)

    model = is_whole(home)
    assert model.names.artist_names == ("ada vale", "bela")
    assert model.vocabularies[Level.BOTTOM].artist_names == ("ada vale",)


def test_weights_without_names_are_told_where_names_come_from(known, home, tmp_path):
    folder = write_checkpoints(tmp_path / "mine")

    with pytest.raises(ModelError, match=rf"has no artists\.json.*{REPOSITORY}"):
        import_model(folder, (known,), home, silent, None)

    assert home.store.models() == ()


def test_a_model_folder_is_copied_with_every_checksum(web, known, home, tmp_path):
    install(known, home, web, silent)
    other = places(tmp_path / "elsewhere")

    result = import_model(home.model("small"), (), other, silent, "copy")

    assert (result.name, is_whole(other, "copy").spec.title) == ("copy", "Small Jukebox")


def test_a_damaged_model_folder_is_not_imported(web, known, home, tmp_path):
    install(known, home, web, silent)
    path = next(home.model("small").glob("*.safetensors"))
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    other = places(tmp_path / "elsewhere")

    with pytest.raises(ModelError, match=f"{path.name} is not what was installed"):
        import_model(home.model("small"), (), other, silent, None)

    assert other.store.models() == ()


def _no_weights(folder):
    folder.mkdir()
    (folder / "song.wav").write_bytes(b"RIFF")


def _without_middle(folder):
    small_model.write_names(write_checkpoints(folder))
    (folder / "prior_level_1.pth.tar").unlink()


def _shard_missing(folder):
    (write_hub_folder(folder) / "pytorch_model-00002-of-00002.bin").unlink()


def _hostile_index(folder):
    write_hub_folder(folder)
    index = folder / "pytorch_model.bin.index.json"
    index.write_text('{"weight_map": {"vqvae.x": "../../secret.bin"}}')


def _names_too_many(folder):
    write_hub_folder(folder)
    (folder / "artists.json").write_text('{"a": 99}')


@pytest.mark.parametrize(
    ("prepare", "told"),
    [
        (_no_weights, "holds no model"),
        (_without_middle, r"lacks prior_level_1\.pth\.tar"),
        (_shard_missing, "There is no file"),
        (_hostile_index, "outside its folder"),
        (_names_too_many, "number 99"),
        (lambda folder: None, "There is no"),
    ],
)
def test_what_cannot_be_imported_is_told_and_leaves_nothing_listed(
    known, home, tmp_path, prepare, told
):
    prepare(tmp_path / "mine")

    with pytest.raises(ModelError, match=told):
        import_model(tmp_path / "mine", (known,), home, silent, None)

    assert home.store.models() == ()


@pytest.mark.parametrize("name", ["../x", "A", "", "a/b", ".x", "x" * 65])
def test_a_name_that_could_leave_the_folder_is_refused(known, home, tmp_path, name):
    folder = write_hub_folder(tmp_path / "mine")

    with pytest.raises(ModelError, match="cannot be a model's name"):
        import_model(folder, (known,), home, silent, name)


def test_a_name_that_is_taken_is_refused(known, home, tmp_path):
    folder = write_hub_folder(tmp_path / "mine")
    import_model(folder, (known,), home, silent, None)

    with pytest.raises(ModelError, match="installed already"):
        import_model(folder, (known,), home, silent, None)

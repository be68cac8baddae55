"""Weights come back from files as they went in, and bad files are told, never trusted."""

import json
import os
import pickle
import struct
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import nn

from engine.catalog import shards, weights
from engine.catalog.sources import held
from engine.catalog.specs import (
    ModelConfig,
    Pattern,
    PriorConfig,
    TransformerConfig,
    VqVaeConfig,
)
from engine.catalog.weights import (
    Place,
    assign,
    convert_checkpoints,
    load,
    read_folder_state,
    read_openai_checkpoint,
    write_folder,
)
from engine.errors import ModelError, ModelMissingError
from engine.nn.prior import Prior
from engine.nn.vqvae import VQVAE
from engine.types import Level

OWN = Path(__file__).parents[2] / "data" / "golden"


@pytest.mark.parametrize("shard_size", ["2GB", "4KB"])
@pytest.mark.parametrize("dtype", [torch.float16, torch.float32])
def test_a_folder_gives_back_what_was_written(tmp_path, monkeypatch, shard_size, dtype):
    monkeypatch.setattr(weights, "_SHARD_SIZE", shard_size)
    config, vqvae, priors = _small_model()

    write_folder(tmp_path, config, vqvae, priors, dtype)

    shards = list(tmp_path.glob("*.safetensors"))
    assert (len(shards) > 1) == (shard_size == "4KB")
    _assert_equal(read_folder_state(tmp_path, "vqvae"), vqvae, dtype)
    for level, prior in zip(Level, priors, strict=True):
        _assert_equal(read_folder_state(tmp_path, level), prior, dtype)


def test_a_folder_opens_where_output_matrices_are_expected(tmp_path):
    config, vqvae, priors = _small_model()

    write_folder(tmp_path, config, vqvae, priors)

    stored = load_file(tmp_path / "model.safetensors")
    assert torch.equal(
        stored["priors.0.prior.fc_proj_out.weight"], stored["priors.0.prior.embed_tokens.weight"]
    )
    assert json.loads((tmp_path / "config.json").read_text())["nb_priors"] == 3


def test_writing_again_leaves_no_old_shards(tmp_path, monkeypatch):
    config, vqvae, priors = _small_model()
    monkeypatch.setattr(weights, "_SHARD_SIZE", "4KB")
    write_folder(tmp_path, config, vqvae, priors)
    monkeypatch.setattr(weights, "_SHARD_SIZE", "2GB")

    write_folder(tmp_path, config, vqvae, priors)

    assert sorted(path.name for path in tmp_path.iterdir()) == ["config.json", "model.safetensors"]


def test_converted_checkpoints_are_the_same_weights(tmp_path, monkeypatch):
    """One with a tied output matrix, one without, and the autoencoder."""
    monkeypatch.setattr(shards, "SHARD_BYTES", 20_000)
    folders = {"vqvae": "A_vqvae", Level.BOTTOM: "B_level_0", Level.TOP: "C_top_separate"}
    files = {part: next((OWN / name).glob("*.pth.tar")) for part, name in folders.items()}
    config, *_ = _small_model()

    convert_checkpoints(tmp_path, config, files, torch.float32)

    assert len(list(tmp_path.glob("*.safetensors"))) > 5
    for part, file in files.items():
        original, converted = read_openai_checkpoint(file), read_folder_state(tmp_path, part)
        assert original.keys() == converted.keys()
        assert all(torch.equal(converted[n], original[n].float()) for n in original)


CONVERTING = """
import sys
from pathlib import Path
import torch
from engine.catalog.specs import *
from engine.catalog.weights import convert_checkpoints
from engine.types import Level

def memory(kind):
    return int(Path("/proc/self/status").read_text().split(kind + ":")[1].split()[0]) * 1024

stack = TransformerConfig(8, 8, 1, 1, 2, (Pattern.BLOCK,))
vqvae = VqVaeConfig(22050, (2, 1, 1), (2, 2, 2), 4, 16, 4, 2, (1, 1, 1))
config = ModelConfig(vqvae, tuple(PriorConfig(n, 22050, 4, 8, 16, stack) for n in Level))
Path("/proc/self/clear_refs").write_text("5")
before = memory("VmRSS")
convert_checkpoints(Path(sys.argv[2]), config, {Level.TOP: Path(sys.argv[1])})
print(memory("VmHWM") - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads and resets Linux's count of memory")
def test_converting_holds_a_weight_at_a_time(tmp_path):
    """Of 160 MB, pages of the mapped checkpoint included."""
    attention = "prior.transformer._attn_mods.{}.mlp.c_fc.w"
    model = {attention.format(layer): torch.zeros(1 << 20) for layer in range(40)}
    model["prior.x_emb.weight"] = torch.zeros(1, 8)
    torch.save({"model": model}, tmp_path / "prior.pth.tar")
    (tmp_path / "out").mkdir()

    command = [sys.executable, "-c", CONVERTING, tmp_path / "prior.pth.tar", tmp_path / "out"]
    process = subprocess.run(command, capture_output=True, text=True, check=False)

    assert process.returncode == 0, process.stderr
    assert int(process.stdout) < 32 << 20


def test_weights_become_real_on_a_module_of_nothing():
    source = nn.Linear(3, 2)
    with torch.device("meta"):
        module = nn.Linear(3, 2)

    state = {name: held(tensor) for name, tensor in source.state_dict().items()}
    load(module, state, {"weight": Place(torch.float16), "bias": Place(torch.float32)})

    assert torch.equal(module.weight, source.weight.half())
    assert torch.equal(module.bias, source.bias)
    assert module.weight.requires_grad


def test_without_a_type_weights_take_on_the_module_s():
    module = nn.Linear(3, 2)

    assign(module, {"weight": torch.ones(2, 3).half(), "bias": torch.ones(2).half()})

    assert {parameter.dtype for parameter in module.parameters()} == {torch.float32}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda state: state.pop("bias"), "1 missing"),
        (lambda state: state.update(extra=torch.ones(1)), "left over “extra”"),
        (lambda state: state.update(bias=torch.ones(3)), r"\(3,\), not \(2,\)"),
    ],
)
def test_weights_that_do_not_fit_are_told(change, told):
    module = nn.Linear(3, 2)
    state = dict(nn.Linear(3, 2).state_dict())
    before = module.weight.clone()
    change(state)

    with pytest.raises(ModelError, match=told):
        assign(module, state)
    assert torch.equal(module.weight, before)


def test_an_empty_folder_is_told(tmp_path):
    with pytest.raises(ModelMissingError, match="no weights"):
        read_folder_state(tmp_path, "vqvae")


@pytest.mark.parametrize(
    "shard",
    [
        "../model.safetensors",
        "/etc/model.safetensors",
        "..\\model.safetensors",
        "C:model.safetensors",
        "a/b.safetensors",
        "model.safetensors\0",
        "model.py",
        7,
        None,
    ],
)
def test_an_index_names_nothing_outside_its_folder(tmp_path, shard):
    folder = tmp_path / "model"
    folder.mkdir()
    save_file(
        {"vqvae.bottleneck.level_blocks.0.codebook": torch.ones(1)}, tmp_path / "model.safetensors"
    )
    index = {"weight_map": {"vqvae.bottleneck.level_blocks.0.codebook": shard}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))

    with pytest.raises(ModelError, match="outside its folder"):
        read_folder_state(folder, "vqvae")


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"weight_map": 3}', "\udcff", "[" * 10**5])
def test_a_broken_index_is_told(tmp_path, text):
    path = tmp_path / "model.safetensors.index.json"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))

    with pytest.raises(ModelError, match="cannot be read"):
        read_folder_state(tmp_path, "vqvae")


def test_a_missing_shard_is_told(tmp_path):
    index = {"weight_map": {"vqvae.decoders.0.out.bias": "model-1.safetensors"}}
    (tmp_path / "model.safetensors.index.json").write_text(json.dumps(index))

    with pytest.raises(ModelMissingError, match="model-1"):
        read_folder_state(tmp_path, "vqvae")


@pytest.mark.parametrize(
    ("name", "head"), [("model.safetensors", (0, 7, 8, 9)), ("pytorch_model.bin", (0, 3))]
)
def test_damaged_weight_files_are_told(tmp_path, name, head):
    """Cut anywhere, or with a byte of the head turned over."""
    state = {f"vqvae.decoders.{n}.out.bias": torch.ones(1) for n in range(3)}
    good = tmp_path / "good"
    save_file(state, good) if name.endswith("safetensors") else torch.save(state, good)
    content = good.read_bytes()
    damaged = [content[: len(content) * part // 8] for part in range(8)]
    damaged += [content[:at] + b"\xff" + content[at + 1 :] for at in head]

    for bad in damaged:
        (tmp_path / name).write_bytes(bad)
        with pytest.raises(ModelError, match="cannot be read"):
            read_folder_state(tmp_path, "vqvae")


def test_a_header_of_a_million_dimensions_is_refused(tmp_path):
    entry = {"dtype": "F32", "shape": [1] * 10**6, "data_offsets": [0, 4]}
    header = json.dumps({"vqvae.decoders.0.out.bias": entry}).encode()
    content = struct.pack("<Q", len(header)) + header + b"\0" * 4
    (tmp_path / "model.safetensors").write_bytes(content)

    with pytest.raises(ModelError, match="cannot be read"):
        read_folder_state(tmp_path, "vqvae")


def test_a_pickle_that_ends_within_a_number_is_told(tmp_path):
    path = tmp_path / "prior.pth.tar"
    path.write_bytes(b"\x80\x02J\x01")

    with pytest.raises(ModelError, match="cannot be read"):
        read_openai_checkpoint(path)


@pytest.mark.parametrize("protocol", [0, 2, 4])
def test_a_pickle_that_runs_something_is_refused(tmp_path, protocol):
    marker, path = tmp_path / "ran", tmp_path / "prior.pth.tar"
    path.write_bytes(pickle.dumps({"model": _Hostile(marker)}, protocol))

    with pytest.raises(ModelError, match="cannot be read"):
        read_openai_checkpoint(path)
    assert not marker.exists()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ([1, 2], "no weights"),
        ({"step": 3}, "“model”"),
        ({"model": {}}, "no weights"),
        ({"model": {"prior.x_emb.weight": 3}}, "no weights"),
        ({"model": {"resnet.conv1.weight": torch.ones(1)}}, "no Jukebox model"),
    ],
)
def test_checkpoints_of_something_else_are_told(tmp_path, content, told):
    path = tmp_path / "prior.pth.tar"
    torch.save(content, path)

    with pytest.raises(ModelError, match=told):
        read_openai_checkpoint(path)


def test_a_missing_checkpoint_is_told(tmp_path):
    with pytest.raises(ModelMissingError, match=r"prior\.pth\.tar"):
        read_openai_checkpoint(tmp_path / "prior.pth.tar")


class _Hostile:
    def __init__(self, marker):
        self.marker = marker

    def __reduce__(self):
        return os.mkdir, (str(self.marker),)


def _small_model():
    """A configuration, and weights for it, all of them different."""
    torch.manual_seed(0)
    vqvae = VqVaeConfig(22050, (2, 1, 1), (2, 2, 2), 4, 16, 4, 2, (1, 1, 1))
    stack = TransformerConfig(8, 8, 1, 1, 2, (Pattern.BLOCK,))
    priors = tuple(
        PriorConfig(
            level, 22050, vqvae.hops[level], 8, 16, stack, merged_decoder=level == Level.MIDDLE
        )
        for level in Level
    )
    config = ModelConfig(vqvae, priors)
    states = [Prior(prior).state_dict() for prior in priors]
    return config, VQVAE(vqvae).state_dict(), states


def _assert_equal(read, written, dtype):
    assert read.keys() == written.keys()
    for name, tensor in written.items():
        assert read[name].dtype == dtype
        assert torch.equal(read[name], tensor.to(dtype)), name

"""Whatever a stranger's file holds, it is read or refused in a sentence, in bounded memory.

All reading is done in a child with little memory (`tasting`): no trace of code that ran, no crash.
"""

import json
import os
import pickle
import shutil
import struct
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from engine.catalog.pickles import read_pickle
from engine.catalog.weights import read_openai_checkpoint, write_folder
from resources import path as resource

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="limits memory as Linux does")

ROOT = Path(__file__).parents[3]
GOLDEN = ROOT / "tests" / "data" / "golden"
POCKET = resource("models", "pocket")


class Hostile:
    """Leaves a trace when it is made."""

    def __init__(self, marker):
        self.marker = marker

    def __reduce__(self):
        return os.mkdir, (str(self.marker),)


@pytest.fixture(scope="module")
def tasted(tmp_path_factory):
    """What came of every file, and whether a trace was left."""
    root = tmp_path_factory.mktemp("strangers")
    marker = tmp_path_factory.mktemp("traces") / "ran"
    honest(root)
    hostile(root, marker)
    done = subprocess.run(
        [sys.executable, "-m", "tests.engine.catalog.tasting", str(root)],
        cwd=ROOT, capture_output=True, text=True, timeout=200, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout), marker.exists()


def honest(root):
    """Small files of every form, that must be read as they are."""
    checkpoint = GOLDEN / "B_level_0" / "prior_level_0.pth.tar"
    content = {"model": dict(read_pickle(checkpoint)["model"]), "step": 3, "hps": {"a": (1, 2)}}
    for form, zipped in (("legacy", False), ("zip", True)):
        (root / f"honest-{form}").mkdir()
        torch.save(content, root / f"honest-{form}" / "p.pth.tar",
                   _use_new_zipfile_serialization=zipped)  # fmt: skip
    states = {part: read_openai_checkpoint(GOLDEN / name) for part, name in PARTS.items()}
    vqvae = states.pop("vqvae")
    config = golden_config()
    write_folder(root / "honest-single", config, vqvae, states.values(), torch.float32)
    folder = root / "honest-shards"
    folder.mkdir()
    weights = all_weights(root / "honest-single")
    names = sorted(weights)
    halves = {"a.safetensors": names[::2], "b.safetensors": names[1::2]}
    for shard, part in halves.items():
        save_file({name: weights[name] for name in part}, folder / shard)
    places = {name: shard for shard, part in halves.items() for name in part}
    index = {"metadata": {}, "weight_map": places}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))
    (root / "honest-bin").mkdir()
    torch.save(weights, root / "honest-bin" / "pytorch_model.bin")


PARTS = {
    "vqvae": "A_vqvae/vqvae.pth.tar",
    "bottom": "B_level_0/prior_level_0.pth.tar",
    "middle": "B_level_1/prior_level_1.pth.tar",
    "top": "C_top_single/prior_level_2.pth.tar",
}


def golden_config():
    from engine.catalog.specs import ModelConfig
    from engine.parity.models import prior_config, vqvae_of

    names = ("B_level_0", "B_level_1", "C_top_single")
    priors = tuple(prior_config(GOLDEN / name) for name in names)
    return ModelConfig(vqvae_of(GOLDEN / "A_vqvae").config, priors)


def all_weights(folder):
    from safetensors.torch import load_file

    return load_file(folder / "model.safetensors")


def hostile(root, marker):
    """Files that are made to do harm."""
    pickled(root, "runs-code-legacy", pickle.dumps({"model": Hostile(marker)}, 2))
    zipped(root, "runs-code-zip", pickle.dumps({"model": Hostile(marker)}, 2))
    binary(root, "runs-code-bin", pickle.dumps({"w": Hostile(marker)}, 2))
    pickled(root, "nested", b"\x80\x02" + b"(" * 900_000 + b".")
    pickled(root, "nested-lists", b"\x80\x02" + b"]" * 900_000 + b"a" * 899_999 + b".")
    pickled(
        root,
        "copies",
        b"\x80\x02c_codecs\nencode\nq\x01]X"
        + struct.pack("<I", 15 * 2**20)
        + b"x" * (15 * 2**20)
        + b"q\x00"
        + b"0"
        + b"h\x01h\x00\x85Ra" * 1000
        + b".",
    )
    packed(root, "zip-bomb")
    safetensors(
        root,
        "million-dimensions",
        {"w": {"dtype": "F32", "shape": [1] * 10**6, "data_offsets": [0, 4]}},
    )
    safetensors(
        root,
        "huge-shape",
        {"w": {"dtype": "F32", "shape": [2**40, 2**20], "data_offsets": [0, 2**62]}},
    )
    safetensors(root, "negative", {"w": {"dtype": "F32", "shape": [-1], "data_offsets": [4, 0]}})
    safetensors(
        root, "overlap", {n: {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]} for n in "ab"}
    )
    raw(root, "head-of-exabytes", struct.pack("<Q", 2**62) + b"{}")
    raw(root, "head-nested", struct.pack("<Q", 10**6) + b"[" * 10**6)
    raw(root, "head-of-many", struct.pack("<Q", 15 * 2**20) + b'{"a":[' + b"[]," * (5 * 2**20))
    for number, shard in enumerate(
        (
            "../../secret.safetensors",
            "/etc/passwd.safetensors",
            "..\\x.safetensors",
            "a/b.safetensors",
            "c:x.bin",
        )
    ):
        index(root, f"escape-{number}", {"weight_map": {"vqvae.w": shard}})
    index(root, "index-of-many", {"weight_map": {f"vqvae.{n}": "a" for n in range(200_000)}})
    raw(root, "index-nested", b'{"weight_map":' + b'{"a":' * 10**6, "model.safetensors.index.json")
    raw(root, "config-nested", b'{"a":' * 150_000, "config.json")
    raw(
        root,
        "config-number",
        b'{"model_type": "jukebox_vqvae", "res_conv_depth": 1e400}',
        "config.json",
    )
    for number, (path, value) in enumerate(SIZES):
        studio(root, f"pocket-{number}", path, value)
    studio(root, "harmless", ("priors", 2, "transformer", "tail_length"), 2**31 - 1)


SIZES = (
    (("vqvae", "downs"), [2**30, 1, 1]),
    (("vqvae", "strides"), [2**30, 2**30, 2]),
    (("vqvae", "depth"), 2**31 - 1),
    (("vqvae", "width"), 2**31 - 1),
    (("vqvae", "dilation_growth"), 2**31 - 1),
    (("vqvae", "embedding_width"), 2**31 - 1),
    (("vqvae", "multipliers"), [1, 1, 2**31 - 1]),
    (("priors", 2, "transformer", "width"), 2**30),
    (("priors", 2, "transformer", "attention_factor"), 1e9),
    (("priors", 2, "transformer", "mlp_factor"), 2.0e9),
    (("priors", 2, "labels", "artists"), 2**31 - 1),
    (("priors", 2, "lyrics", "vocabulary_size"), 2**31 - 1),
    (("priors", 2, "lyrics", "alignment_layer"), 2**31 - 1),
    (("priors", 0, "conditioner", "depth"), 2**31 - 1),
    (("priors", 0, "conditioner", "downs"), 2**31 - 1),
    (("priors", 0, "conditioner", "dilation_growth"), 2**31 - 1),
)
"""Entries of Pocket's configuration, and what a stranger might put there."""


def pickled(root, name, content):
    (root / name).mkdir()
    (root / name / "w.pth.tar").write_bytes(content)


def binary(root, name, content):
    (root / name).mkdir()
    with zipfile.ZipFile(root / name / "pytorch_model.bin", "w") as archive:
        archive.writestr("w/data.pkl", content)


def zipped(root, name, content):
    (root / name).mkdir()
    with zipfile.ZipFile(root / name / "w.pth.tar", "w") as archive:
        archive.writestr("w/data.pkl", content)


def packed(root, name):
    (root / name).mkdir()
    with zipfile.ZipFile(root / name / "w.pth.tar", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("w/data.pkl", b"(" * 2**28)


def safetensors(root, name, head):
    text = json.dumps(head).encode()
    raw(root, name, struct.pack("<Q", len(text)) + text + b"\0" * 4)


def raw(root, name, content, file="model.safetensors"):
    (root / name).mkdir()
    (root / name / file).write_bytes(content)


def index(root, name, content):
    raw(root, name, json.dumps(content).encode(), "model.safetensors.index.json")


def studio(root, name, path, value):
    """Pocket, called otherwise, with one entry of its configuration changed."""
    folder = shutil.copytree(POCKET, root / name, copy_function=os.symlink)
    (folder / "studio.json").unlink()
    (folder / "config.json").unlink()
    description = json.loads((POCKET / "studio.json").read_text())
    del description["files"]["config.json"]
    place = description["architecture"]
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    (folder / "studio.json").write_text(json.dumps(description | {"id": name}))


def test_honest_files_of_every_form_are_read(tasted):
    outcomes, _ = tasted

    honest_ones = {n: o for n, o in outcomes.items() if n.startswith("honest") and "/" not in n}
    assert honest_ones == dict.fromkeys(
        ["honest-bin", "honest-legacy", "honest-shards", "honest-single", "honest-zip"], "read"
    )


def test_damaged_files_are_read_or_refused_in_a_sentence(tasted):
    """Cut short, and with bits turned: some only change a number, and that cannot be seen."""
    outcomes, _ = tasted

    damaged = {n: o for n, o in outcomes.items() if n.startswith("honest") and "/" in n}
    assert len(damaged) > 250
    refused = [outcome for outcome in damaged.values() if outcome != "read"]
    assert len(refused) > len(damaged) / 2
    assert all(outcome.endswith(".") and len(outcome) < 1000 for outcome in refused)


def test_what_is_made_to_do_harm_is_refused_and_runs_nothing(tasted):
    outcomes, trace = tasted

    harmful = {n: o for n, o in outcomes.items() if not n.startswith("honest")}
    assert len(harmful) == 24 + len(SIZES)
    assert {name for name, outcome in harmful.items() if outcome == "read"} <= {"harmless"}
    assert all("asks to run" in harmful[f"runs-code-{form}"] for form in ("legacy", "zip", "bin"))
    assert all("outside its folder" in harmful[f"escape-{number}"] for number in range(5))
    assert not trace

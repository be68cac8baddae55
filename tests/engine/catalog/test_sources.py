"""Numbers come from files as they went in, into any type, and heads are not believed blindly."""

import json
import struct
import subprocess
import sys

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import save_file

from engine.catalog import sources
from engine.catalog.sources import held, in_pickle, in_safetensors
from engine.errors import ModelError

TYPES = (torch.float32, torch.float16, torch.bfloat16)


@pytest.mark.parametrize("stored", TYPES)
@pytest.mark.parametrize("wanted", [*TYPES, None])
@pytest.mark.parametrize("layout", ["safetensors", "pickle", "held"])
def test_numbers_come_in_the_type_that_is_asked_for(tmp_path, monkeypatch, stored, wanted, layout):
    """In many pieces, and one that is not whole."""
    monkeypatch.setattr(sources, "_BUFFER_BYTES", 40)
    torch.manual_seed(0)
    weights = {"a": torch.randn(7, 9).to(stored), "b": torch.randn(()).to(stored)}
    weights["empty"] = torch.empty(0, 3, dtype=stored)
    opened = opened_from(tmp_path / "w", weights, layout)

    read = {name: weight.read(wanted) for name, weight in opened.items()}

    assert {name: weight.shape for name, weight in opened.items()} == {
        name: tuple(tensor.shape) for name, tensor in weights.items()
    }
    for name, tensor in weights.items():
        assert read[name].dtype == (wanted or stored)
        assert torch.equal(read[name], tensor.to(wanted or stored)), name


def opened_from(path, weights, layout):
    if layout == "held":
        return {name: held(tensor) for name, tensor in weights.items()}
    if layout == "pickle":
        torch.save(weights, path)
        return in_pickle(path)
    save_file(weights, path)
    return in_safetensors(path)


def test_what_was_read_is_no_part_of_the_file(tmp_path):
    opened = opened_from(tmp_path / "w", {"a": torch.ones(3)}, "pickle")
    opened["a"].read().zero_()

    assert torch.equal(opened["a"].read(), torch.ones(3))


@given(
    shape=st.lists(st.integers(-2, 2**63), max_size=3) | st.just([1] * 9) | st.just("22"),
    offsets=st.lists(st.integers(-8, 24), min_size=1, max_size=3) | st.none(),
    kind=st.sampled_from(["F32", "F16", "F4", 3]),
)
def test_a_head_that_the_file_does_not_bear_out_is_refused(tmp_path_factory, shape, offsets, kind):
    entry = {"dtype": kind, "shape": shape, "data_offsets": offsets}
    path = tmp_path_factory.mktemp("heads") / "w.safetensors"
    head = json.dumps({"a": entry}).encode()
    path.write_bytes(struct.pack("<Q", len(head)) + head + bytes(16))

    try:
        found = in_safetensors(path)["a"]
    except ModelError:
        return
    assert found.read().nbytes == 16


def test_a_file_that_shrinks_while_it_is_read_is_told(tmp_path):
    path = tmp_path / "w.safetensors"
    save_file({"a": torch.ones(100)}, path)
    opened = in_safetensors(path)
    path.write_bytes(path.read_bytes()[:-4])

    with pytest.raises(ModelError, match="cannot be read"):
        opened["a"].read()


MAPPED = """
import sys, re
from pathlib import Path
from engine.catalog.sources import in_pickle, in_safetensors
path = Path(sys.argv[1])
opened = in_pickle(path) if path.suffix == ".bin" else in_safetensors(path)
for weight in opened.values():
    weight.read()
held = 0
for block in re.split(r"(?m)^(?=[0-9a-f]+-[0-9a-f]+ )", Path("/proc/self/smaps").read_text()):
    if path.name in block.splitlines()[0] if block else False:
        held += int(re.search(r"Rss: +(\\d+) kB", block)[1])
print(held)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads Linux's table of mapped pages")
@pytest.mark.parametrize("name", ["weights.bin", "weights.safetensors"])
def test_reading_leaves_no_pages_of_the_file_in_memory(tmp_path, name):
    weights = {f"w{n}": torch.ones(1 << 20) for n in range(4)}
    path = tmp_path / name
    torch.save(weights, path) if name.endswith("bin") else save_file(weights, path)

    answer = subprocess.run(
        [sys.executable, "-c", MAPPED, str(path)], capture_output=True, text=True, check=True
    )

    assert int(answer.stdout) < 1024, "kB of 16 MB"

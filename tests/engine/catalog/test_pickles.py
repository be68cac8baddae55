"""Files of torch's come back as they were saved, and a hostile one does nothing but be refused."""

import io
import os
import pickle
import struct
import zipfile
from collections import OrderedDict

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from engine.catalog.pickles import read_pickle
from engine.errors import ModelError

LAYOUTS = {"zip": True, "row": False}
DTYPES = [torch.float32, torch.float16, torch.bfloat16, torch.float64, torch.int64, torch.bool]


def saved(path, content, layout):
    torch.save(content, path, _use_new_zipfile_serialization=LAYOUTS[layout])
    return path


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("dtype", DTYPES)
def test_tensors_come_back_with_value_type_and_shape(tmp_path, layout, dtype):
    torch.manual_seed(0)
    whole = (10 * torch.randn(4, 6)).to(dtype)
    model = OrderedDict(whole=whole, part=whole.t()[1:3], none=whole[:0], one=whole[2, 3])

    read = read_pickle(saved(tmp_path / "w.pth", {"model": model}, layout))["model"]

    for name, tensor in model.items():
        assert read[name].dtype == dtype
        assert torch.equal(read[name].clone(), tensor), name


@pytest.mark.parametrize("layout", LAYOUTS)
def test_what_lies_beside_the_weights_comes_back_too(tmp_path, layout):
    hparams = {"lr": np.float64(0.5), "levels": np.int64(3), "downs": (3, 2), "name": None}
    optimiser = {"state": {0: {"step": torch.ones(1)}}, "groups": [{"params": [0]}]}
    content = {"hps": hparams, "opt": optimiser, "step": 7, "zs": [torch.arange(3)]}

    read = read_pickle(saved(tmp_path / "w.pth", content, layout))

    assert read["hps"] == {"lr": 0.5, "levels": 3, "downs": (3, 2), "name": None}
    assert (read["step"], read["zs"][0].tolist()) == (7, [0, 1, 2])
    assert read["opt"]["groups"] == [{"params": [0]}]


def test_parameters_are_read_as_the_tensors_they_are(tmp_path):
    weight = torch.nn.Parameter(torch.ones(2, 3))

    read = read_pickle(saved(tmp_path / "w.pth", {"weight": weight}, "zip"))

    assert type(read["weight"]) is torch.Tensor


def test_a_large_file_is_opened_at_once_and_only_what_is_used_is_read(tmp_path):
    path, count = tmp_path / "large.pth", 1 << 29
    row(path, [("f", count)], {"w": tensor("f", 0, (count,), (1,))})
    with path.open("r+b") as file:
        file.seek(path.stat().st_size - 4)
        file.write(struct.pack("<f", 2.5))

    weight = read_pickle(path)["w"]

    assert weight.shape == (count,)
    assert (weight[-1].item(), weight[0].item()) == (2.5, 0)


def test_memory_can_be_written_without_touching_the_file(tmp_path):
    path = saved(tmp_path / "w.pth", {"w": torch.ones(3)}, "zip")
    before = path.read_bytes()

    read_pickle(path)["w"].zero_()

    assert path.read_bytes() == before


@pytest.mark.parametrize("protocol", [0, 2, 4])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_what_a_pickle_asks_to_run_is_named_and_not_run(tmp_path, protocol, layout):
    marker, path = tmp_path / "ran", tmp_path / "w.pth"
    content = pickle.dumps({"model": Hostile(marker)}, protocol)
    if layout == "zip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("w/data.pkl", content)
    else:
        path.write_bytes(content)

    with pytest.raises(ModelError, match=r"asks to run “posix\.mkdir”"):
        read_pickle(path)
    assert not marker.exists()


@pytest.mark.parametrize(
    "asked",
    [
        "builtins eval",
        "builtins getattr",
        "torch load",
        "torch.jit load",
        "functools partial",
        "numpy.core.multiarray _reconstruct",
        "collections defaultdict",
        "engine.catalog.pickles read_pickle",
    ],
)
def test_nothing_but_the_makers_of_weights_is_called(tmp_path, asked):
    path = tmp_path / "w.pth"
    path.write_bytes(b"c" + asked.replace(" ", "\n").encode() + b"\n)R.")

    with pytest.raises(ModelError, match="asks to run"):
        read_pickle(path)


@pytest.mark.parametrize("asked", ["_codecs encode", "torch._utils _rebuild_tensor_v2"])
def test_a_pickle_cannot_change_what_the_next_one_will_call(tmp_path, asked):
    """BUILD would set attributes of what it finds on the stack."""
    path = tmp_path / "w.pth"
    path.write_bytes(b"c" + asked.replace(" ", "\n").encode() + b"\nN}X\5\0\0\0_makeK\1s\x86b.")

    with pytest.raises(ModelError, match="cannot be read") as refused:
        read_pickle(path)
    assert isinstance(refused.value.__cause__, TypeError)
    assert torch.equal(read_pickle(saved(path, {"w": torch.ones(2)}, "zip"))["w"], torch.ones(2))


@pytest.mark.parametrize("asked", ["collections OrderedDict", "jukebox.hparams Hyperparams"])
def test_a_pickle_cannot_change_the_dicts_that_the_next_one_fills(tmp_path, asked):
    """BUILD with a pair sets attributes one by one, of a class too."""
    path = tmp_path / "w.pth"
    change = b"(N}X\5\0\0\0clearK\1stb."
    path.write_bytes(b"c" + asked.replace(" ", "\n").encode() + b"\n" + change)

    with pytest.raises(ModelError, match="cannot be read") as refused:
        read_pickle(path)
    assert isinstance(refused.value.__cause__, TypeError)


AGAIN = b"0" + b"h\1h\0\x85Ra" * 50_000 + b"."
COPIES = {
    "strings": b"c_codecs\nencode\nq\1]X" + struct.pack("<I", 10**6) + b"x" * 10**6 + b"q\0",
    "sizes": b"ctorch\nSize\nq\1](" + b"K\1" * 300_000 + b"lq\0",
    "dicts": b"ccollections\nOrderedDict\nq\1]}("
    + b"".join(b"J" + struct.pack("<I", n) + b"N" for n in range(100_000))
    + b"uq\0",
}


@pytest.mark.parametrize("kind", COPIES)
def test_a_pickle_cannot_copy_what_is_large_again_and_again(tmp_path, kind):
    """A few bytes of a pickle would else become gigabytes."""
    path = tmp_path / "w.pth"
    path.write_bytes(COPIES[kind] + AGAIN)

    with pytest.raises(ModelError, match="cannot be read") as refused:
        read_pickle(path)
    assert isinstance(refused.value.__cause__, TypeError | ValueError)
    assert "without an end" not in str(refused.value.__cause__)


@pytest.mark.parametrize(
    "content",
    [
        b"(" * 1_100_000 + b".",
        b"\x80\x02}r\xff\xff\xff\x7f.",
        b"\x80\x04\x8e" + b"\xff" * 7 + b"\x7f.",
        b"\x80\x04\x95" + b"\xff" * 7 + b"\x7f}.",
        b"I" + b"9" * 10_000 + b"\n.",
    ],
    ids=["many operations", "far memo", "huge bytes", "huge frame", "huge number"],
)
def test_a_pickle_that_would_fill_the_memory_is_refused(tmp_path, content):
    path = tmp_path / "w.pth"
    path.write_bytes(content)

    with pytest.raises(ModelError, match="cannot be read"):
        read_pickle(path)


@pytest.mark.parametrize(
    "place",
    [
        ("f", 0, (1,) * 10**6, (1,) * 10**6),
        ("f", 0, (10**9, 10**9), (0, 0)),
        ("f", 0, (5,), (1,)),
        ("f", 1, (4,), (1,)),
        ("f", 0, (2, 2), (4, 1)),
        ("f", -1, (2,), (1,)),
        ("f", 0, (-1,), (1,)),
        ("f", 0, (2,), (1, 1)),
        ("f", 0, ("2",), (1,)),
        ("f", 0, (True,), (1,)),
    ],
)
def test_a_tensor_that_is_not_within_its_numbers_is_refused(tmp_path, place):
    path = tmp_path / "w.pth"
    row(path, [("f", 4)], {"w": tensor(*place)})

    with pytest.raises(ModelError, match="cannot be read"):
        read_pickle(path)


@pytest.mark.parametrize("count", [-1, 5, 2**61])
def test_numbers_beyond_the_file_are_refused(tmp_path, count):
    path = tmp_path / "w.pth"
    row(path, [("f", 4)], {"w": tensor("f", 0, (1,), (1,), count=count)})

    with pytest.raises(ModelError, match="cannot be read"):
        read_pickle(path)


def test_a_packed_archive_is_refused(tmp_path):
    path = saved(tmp_path / "w.pth", {"w": torch.ones(1000)}, "zip")
    with zipfile.ZipFile(path) as plain:
        entries = {name: plain.read(name) for name in plain.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in entries.items():
            packed.writestr(name, content)

    with pytest.raises(ModelError, match="cannot be read"):
        read_pickle(path)


@pytest.fixture(scope="module")
def damaged(tmp_path_factory):
    folder = tmp_path_factory.mktemp("damaged")
    content = {"model": {"a": torch.arange(4.0), "b": torch.ones(2, 2).half()}, "step": 3}
    return folder / "bad.pth", {
        layout: saved(folder / layout, content, layout).read_bytes() for layout in LAYOUTS
    }


@given(layout=st.sampled_from(sorted(LAYOUTS)), data=st.data())
def test_a_damaged_file_is_read_or_refused_in_words(damaged, layout, data):
    path, whole = damaged
    content = bytearray(whole[layout])
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(content[: data.draw(st.integers(0, len(content)))])

    try:
        read = read_pickle(path)
    except ModelError as error:
        assert "cannot be read" in str(error) or "holds no weights" in str(error)
    else:
        assert isinstance(read, dict)


class Hostile:
    def __init__(self, marker):
        self.marker = marker

    def __reduce__(self):
        return os.mkdir, (str(self.marker),)


class Rebuilt:
    """Stands for a tensor of the row layout, whatever its place says."""

    def __init__(self, storage, *place):
        self.storage, self.place = storage, place

    def __reduce__(self):
        return torch._utils._rebuild_tensor_v2, (self.storage, *self.place, False, OrderedDict())


def tensor(key, offset, size, stride, count=None):
    return Rebuilt(Storage(key, count), offset, size, stride)


class Storage:
    def __init__(self, key, count):
        self.key, self.count = key, count


def row(path, storages, content):
    """A file of the row layout, its numbers a hole."""
    counts = dict(storages)

    class Writer(pickle.Pickler):
        def persistent_id(self, obj):
            if not isinstance(obj, Storage):
                return None
            count = counts[obj.key] if obj.count is None else obj.count
            return ("storage", torch.FloatStorage, obj.key, "cpu", count, None)

    with path.open("wb") as file:
        for fact in (0x1950A86A20F9469CFC6C, 1001, {"little_endian": True}):
            pickle.dump(fact, file, 2)
        body = io.BytesIO()
        Writer(body, 2).dump(content)
        file.write(body.getvalue())
        pickle.dump(list(counts), file, 2)
        for count in counts.values():
            file.write(struct.pack("<q", count))
            file.truncate(file.tell() + 4 * count)
            file.seek(0, os.SEEK_END)

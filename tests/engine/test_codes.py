import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import save_file

from engine.codes import CodesFile, read_codes, write_codes
from engine.errors import CodesFileError
from engine.types import NO_CODE, Codes, ModelId

FACTS = {"format": "jukebox-codes-1", "model": "tiny"}
LEVEL = st.lists(st.integers(0, NO_CODE), max_size=40).map(lambda codes: np.array(codes, np.uint16))


def arrays(**changes):
    return {name: np.zeros(3, np.uint16) for name in ("bottom", "middle", "top")} | changes


@given(levels=st.tuples(LEVEL, LEVEL, LEVEL))
def test_reading_gives_what_was_written(tmp_path_factory, levels):
    path = tmp_path_factory.mktemp("codes") / "a.codes"
    content = CodesFile(Codes(levels), ModelId("tiny"))

    write_codes(path, content)

    assert read_codes(path) == content


def test_the_same_codes_give_the_same_bytes(tmp_path):
    content = CodesFile(Codes((np.arange(9), np.arange(5), np.arange(2))), ModelId("tiny"))

    write_codes(tmp_path / "a", content)
    write_codes(tmp_path / "b", content)

    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


@pytest.mark.parametrize(
    ("tensors", "facts"),
    [
        (arrays(), {}),
        (arrays(), {"format": "other"}),
        (arrays(more=np.zeros(1, np.uint16)), FACTS),
        ({"top": np.zeros(1, np.uint16)}, FACTS),
        (arrays(top=np.zeros(3, np.float32)), FACTS),
        (arrays(top=np.zeros(3, np.int64)), FACTS),
        (arrays(top=np.zeros((3, 3), np.uint16)), FACTS),
    ],
)
def test_other_safetensors_files_are_refused(tmp_path, tensors, facts):
    save_file(tensors, tmp_path / "a.codes", facts)

    with pytest.raises(CodesFileError, match=r"“a\.codes” is not a file of codes"):
        read_codes(tmp_path / "a.codes")


@pytest.mark.parametrize(
    "content",
    [b"", b"text", b"\xff" * 64, (2**40).to_bytes(8, "little") + b"{}", b"\x80\x04cos\nsystem\n."],
)
def test_other_files_are_refused(tmp_path, content):
    (tmp_path / "a").write_bytes(content)

    with pytest.raises(CodesFileError, match="not a file of codes"):
        read_codes(tmp_path / "a")


def test_arrays_that_reach_outside_the_file_are_refused(tmp_path):
    path = tmp_path / "a"
    write_codes(path, CodesFile(Codes.empty(), ModelId("tiny")))
    header = {"__metadata__": FACTS} | {
        name: {"dtype": "U16", "shape": [2**40], "data_offsets": [0, 2**41]}
        for name in ("bottom", "middle", "top")
    }
    text = json.dumps(header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text)

    with pytest.raises(CodesFileError, match="not a file of codes"):
        read_codes(path)


def test_a_file_larger_than_any_song_is_refused_unread(tmp_path):
    with (tmp_path / "a").open("wb") as file:
        file.truncate(2**33)

    with pytest.raises(CodesFileError, match="8589934592 bytes"):
        read_codes(tmp_path / "a")


@pytest.mark.parametrize("name", ["none", "."])
def test_a_missing_file_is_told(tmp_path, name):
    with pytest.raises(CodesFileError, match="There is no file of codes"):
        read_codes(tmp_path / name)


def test_an_impossible_place_is_told(tmp_path):
    with pytest.raises(CodesFileError, match="Make the folder first"):
        write_codes(tmp_path / "none" / "a", CodesFile(Codes.empty(), ModelId("tiny")))

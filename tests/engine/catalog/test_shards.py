"""Weights are written once, a shard at a time, whatever stops the writing."""

import json
import shutil
from collections import namedtuple

import pytest
import torch
from safetensors.torch import load_file

from engine.catalog import shards
from engine.catalog.shards import Pending, write_shards
from engine.errors import ModelError


@pytest.fixture
def made(monkeypatch):
    monkeypatch.setattr(shards, "SHARD_BYTES", 40)
    return []


def pending(made, sizes=(4, 5, 6, 20, 1)):
    def make(number, size):
        made.append(number)
        return torch.full((size,), float(number))

    return [
        Pending(f"w{n}", (size,), torch.float32, lambda n=n, size=size: make(n, size))
        for n, size in enumerate(sizes)
    ]


def test_every_weight_is_in_the_shard_that_the_index_names(tmp_path, made):
    write_shards(tmp_path, pending(made))

    index = json.loads((tmp_path / shards.INDEX).read_text())
    assert made == [0, 1, 2, 3, 4]
    assert index["metadata"]["total_size"] == 4 * 36
    assert len(set(index["weight_map"].values())) == 4
    for number in range(5):
        tensors = load_file(tmp_path / index["weight_map"][f"w{number}"])
        assert set(tensors[f"w{number}"].tolist()) == {float(number)}


def test_what_stands_is_not_made_again(tmp_path, made):
    failing = pending(made)
    failing[3] = failing[3]._replace(make=lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write_shards(tmp_path, failing)
    assert not (tmp_path / shards.INDEX).exists()
    made.clear()

    write_shards(tmp_path, pending(made))

    assert made == [3, 4]


def test_the_same_weights_in_another_type_are_written_anew(tmp_path, made):
    write_shards(tmp_path, pending(made))
    half = [weight._replace(dtype=torch.float16) for weight in pending(made)]
    made.clear()

    write_shards(tmp_path, half)

    assert made == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("damage", ["cut", "other"])
def test_a_shard_that_is_not_whole_or_of_another_model_is_made_again(tmp_path, made, damage):
    write_shards(
        tmp_path, pending(made, (4, 5, 6, 20, 2) if damage == "other" else (4, 5, 6, 20, 1))
    )
    first = sorted(tmp_path.glob(shards.SHARDS))[0]
    if damage == "cut":
        first.write_bytes(first.read_bytes()[:-1])
    made.clear()

    write_shards(tmp_path, pending(made))

    assert made == ([0, 1] if damage == "cut" else [4])


def test_what_does_not_fit_the_disk_is_told_before_anything_is_written(tmp_path, made, monkeypatch):
    usage = namedtuple("usage", "total used free")(10**9, 10**9, 100)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)

    with pytest.raises(ModelError, match="GB are free"):
        write_shards(tmp_path, pending(made))
    assert list(tmp_path.iterdir()) == made == []

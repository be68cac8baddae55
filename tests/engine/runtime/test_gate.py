"""The gate for bytes: measured by the step that draws, kept, and asked for by the engine."""

import numpy as np
import pytest
import torch

from engine.api import CancelToken, Failed, PrepareTask
from engine.catalog import gates
from engine.catalog.gates import Gate, LevelBits
from engine.catalog.store import open_model
from engine.errors import TaskError
from engine.runtime.gate import measure, precisions_of
from engine.runtime.local import LocalEngine
from engine.types import Audio, Level, Precision
from tests.engine.runtime import middling

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return open_model(middling.write(tmp_path_factory.mktemp("models")))


def noise(seconds):
    draws = np.random.default_rng(1)
    return Audio(
        draws.normal(0, 0.1, int(seconds * middling.RATE)).astype(np.float32), middling.RATE
    )


def test_a_random_model_loses_little_in_bytes(model):
    """A whole TOP window is 4.1 s; what is rounded says something else, but hardly."""
    found = measure(model, [noise(5)], 2, lambda words: None)

    assert [bits.level for bits in found.levels] == [Level.TOP, Level.MIDDLE, Level.BOTTOM]
    assert [bits.windows for bits in found.levels] == [1, 2, 2]
    assert all(bits.exact > 1 and bits.exact != bits.rounded for bits in found.levels)
    assert found.passed


def test_a_recording_shorter_than_a_window_is_refused(model):
    with pytest.raises(TaskError, match=r"TOP a window takes 4\.1 s"):
        measure(model, [noise(2)], 2, lambda words: None)


def test_the_engine_asks_for_the_gate(model):
    engine = LocalEngine([str(model.folder.parent)], precision="int8")

    (*_, last) = engine.run(PrepareTask(model.spec.id), CancelToken())

    assert isinstance(last, Failed)
    assert "Nobody has measured yet" in last.problem.message


def test_bytes_are_a_last_resort_where_they_passed(model):
    levels = tuple(LevelBits(level, 1, 6.0, 6.0) for level in reversed(Level))

    assert precisions_of(model, CPU) == (Precision.SINGLE, Precision.HALF)
    gates.keep(model, Gate(Precision.INT8, Precision.SINGLE, levels))
    try:
        assert precisions_of(model, CPU) == (Precision.SINGLE, Precision.HALF, Precision.INT8)
        assert precisions_of(model, CPU, "int8") == (Precision.INT8,)
    finally:
        (model.folder / gates.FILE).unlink()

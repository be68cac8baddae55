"""A model is sampled in bytes only if these very weights were measured to lose little by it."""

from dataclasses import replace

import pytest

from engine.catalog import gates
from engine.catalog.gates import Gate, LevelBits
from engine.catalog.store import FileFacts, open_model
from engine.errors import EngineError
from engine.types import Level, Precision
from tests.engine.catalog.model_folder import write_model


def gate(worse=0.001):
    levels = tuple(LevelBits(level, 3, 6.0, 6.0 * (1 + worse)) for level in reversed(Level))
    return Gate(Precision.INT8, Precision.SINGLE, levels)


@pytest.fixture
def model(tmp_path):
    return open_model(write_model(tmp_path))


def test_what_was_measured_is_kept(model):
    gates.keep(model, gate())

    assert gates.kept(model) == gate()
    gates.require(model, Precision.INT8)


@pytest.mark.parametrize(("worse", "passed"), [(-0.01, True), (0.0049, True), (0.0051, False)])
def test_half_a_per_cent_is_the_most(worse, passed):
    assert gate(worse).passed is passed


def test_an_unmeasured_model_says_how_to_measure_it(model):
    with pytest.raises(EngineError, match="jukebox models gate tiny RECORDING"):
        gates.require(model, Precision.INT8)


def test_a_model_that_lost_too_much_is_refused_in_numbers(model):
    gates.keep(model, gate(0.02))

    with pytest.raises(EngineError, match=r"worse by 2\.0% at TOP, and 0\.5% is the most"):
        gates.require(model, Precision.INT8)


def test_other_weights_must_be_measured_anew(model):
    gates.keep(model, gate())
    trained_on = dict(model.files)
    trained_on["model.safetensors"] = FileFacts(0, "0" * 64)

    assert gates.kept(replace(model, files=trained_on)) is None


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"weights": 1, "levels": {}}', "x" * 99_999])
def test_a_file_that_makes_no_sense_counts_as_none(model, content):
    (model.folder / gates.FILE).write_text(content, "utf-8")

    assert gates.kept(model) is None


@pytest.mark.parametrize("precision", [Precision.SINGLE, Precision.HALF, Precision.BFLOAT])
def test_other_precisions_need_no_gate(model, precision):
    gates.require(model, precision)

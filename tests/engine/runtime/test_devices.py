"""Wherever layers live, the codes are the same; what is not there is told."""

import pytest
import torch

from engine.catalog.store import open_model
from engine.errors import EngineError
from engine.nn.prior import Prior
from engine.runtime import devices
from engine.runtime.budget import Home, LevelNeed, Plan, Residency, Room
from engine.runtime.devices import Placement, best_device, places, precisions, with_given_back
from engine.runtime.models import LoadedModel
from engine.steps.plain import PlainBody
from engine.types import Level, LevelSettings, Precision
from tests.engine.runtime import middling

CPU = torch.device("cpu")
TOP_LAYERS = 12


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    return open_model(middling.write(tmp_path_factory.mktemp("models")))


def placed(precision=Precision.SINGLE, residency=Residency.ALL, homes=()):
    return Placement(CPU, precision, 1, residency, {Level.TOP: tuple(homes)} if homes else {})


def draws(model):
    """Codes of two takes, after a beginning that is fed as whole blocks and as a part of one."""
    prior = model.prior(Level.TOP)
    known = torch.arange(42).view(2, 21) % middling.CODES
    uniforms = torch.linspace(0, 0.99, 20).view(2, 10)
    with torch.inference_mode():
        stream = PlainBody(prior).open(known, prior.condition(None, None), LevelSettings())
        return stream.draw(uniforms)


@pytest.mark.parametrize("precision", [Precision.SINGLE, Precision.HALF, Precision.BFLOAT])
@pytest.mark.parametrize("near", [0, 5])
def test_layers_that_are_read_from_the_disk_draw_the_same_codes(installed, precision, near):
    homes = [Home("ram", near), Home("disk", TOP_LAYERS - near)]
    together = LoadedModel(installed, placed(precision))
    apart = LoadedModel(installed, placed(precision, Residency.FETCHED, homes))

    assert torch.equal(draws(apart), draws(together))


def test_whole_windows_pass_through_layers_that_are_read_from_the_disk(installed):
    homes = [Home("ram", 5), Home("disk", 7)]
    apart = LoadedModel(installed, placed(residency=Residency.FETCHED, homes=homes))
    together, codes = LoadedModel(installed, placed()), torch.zeros(1, middling.CONTEXT).long()

    with torch.inference_mode():
        losses = [model.prior(Level.TOP)(codes).loss for model in (apart, together)]

    assert torch.equal(*losses)


def test_layers_on_the_disk_are_in_memory_only_while_they_are_used(installed):
    homes = [Home("ram", 5), Home("disk", 7)]
    model = LoadedModel(installed, placed(residency=Residency.FETCHED, homes=homes))
    draws(model)

    layers = [model.prior(Level.TOP).stack.layer(number) for number in range(TOP_LAYERS)]
    assert [{weight.device.type for weight in layer.parameters()} for layer in layers] == (
        [{"cpu"}] * 5 + [{"meta"}] * 7
    )


def test_each_layer_goes_to_the_gpu_that_the_plan_names(monkeypatch):
    """Names of devices alone: none is touched."""
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 3)
    homes = [Home("gpu 0", 4), Home("gpu 1", 3), Home("gpu 2", 2), Home("ram", 2), Home("disk", 1)]
    where = Placement(torch.device("cuda", 1), Precision.HALF, 1, Residency.FETCHED)
    prior = devices.build_empty(lambda: Prior(middling.config().priors[Level.TOP]))

    found = places(prior, where, homes)

    on = [found.get(f"stack.layers.{layer}.inner.weight", (None, None))[1] for layer in range(12)]
    numbers = [1] * 4 + [0] * 3 + [2] * 2
    assert on == [torch.device("cuda", number) for number in numbers] + [None] * 3
    assert found["stack.layers.0.inner.bias"] == (torch.float16, torch.device("cuda", 1))
    assert found["embedding.place"] == (torch.float32, torch.device("cuda", 1))


def test_one_level_at_a_time_lets_go_of_the_others(installed):
    model = LoadedModel(installed, placed(residency=Residency.ONE))
    first = model.prior(Level.TOP)
    top_bytes = model.size_bytes

    model.prior(Level.MIDDLE)

    assert not model.holds_all_levels
    assert model.size_bytes < top_bytes / 20
    assert model.prior(Level.TOP) is not first


def test_a_model_changes_how_many_levels_it_holds_without_loading_anew(installed):
    model = LoadedModel(installed, placed())
    top = model.prior(Level.TOP)
    model.prior(Level.MIDDLE)

    assert model.serves(placed(residency=Residency.ONE))
    assert model.prior(Level.TOP) is top
    assert not model.serves(placed(Precision.HALF))
    assert not model.serves(placed(homes=[Home("disk", TOP_LAYERS)]))


@pytest.mark.parametrize("wish", ["gpu", "", "cpu:1", "cuda", "cpu:x"])
def test_a_device_that_is_not_there_is_told(monkeypatch, wish):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)

    with pytest.raises(EngineError, match=r"Choose one of: auto, .*cpu"):
        best_device(wish)


def test_precision_follows_the_device_and_the_size():
    large, small, gpu = 10**9, 10**6, torch.device("cuda")

    assert precisions(CPU, large) == (Precision.SINGLE, Precision.HALF)
    assert precisions(gpu, small)[0] is Precision.SINGLE
    assert precisions(gpu, large) == (Precision.HALF,)
    assert precisions(CPU, small, "int8") == (Precision.INT8,)
    with pytest.raises(EngineError, match="auto, fp32, fp16, bf16"):
        precisions(gpu, small, "int8")


def test_what_is_given_back_is_free_on_the_device_that_works():
    assert with_given_back(Room(10), 5) == Room(15)
    assert with_given_back(Room(10, (1, 2)), 5) == Room(10, (6, 2))


def test_a_placement_carries_the_plan_out():
    need = LevelNeed(Level.TOP, 1, 1, 1, (Home("ram", 1), Home("disk", 2)))
    plan = Plan(Precision.HALF, Residency.FETCHED, 2, 1, (need,), Room(1), Room(2))

    found = devices.placement(CPU, plan, 10**10)

    assert (found.precision, found.residency) == (Precision.HALF, Residency.FETCHED)
    assert found.homes == {Level.TOP: need.homes}
    assert devices.placement(CPU, plan, 1000).threads == 1

"""The plain body serves until the compiled one is there, and both give the same codes."""

import logging
import threading
from collections.abc import Iterator

import pytest
import torch

from engine.steps import compiling, fused
from engine.steps.graphed import GraphedBody
from engine.steps.plain import PlainBody, PlainStream
from engine.steps.warming import Bodies
from engine.types import LevelSettings, Precision
from tests.engine.steps.priors import KINDS, codes_of, conditioning_of, prior_of

CPU = torch.device("cpu")


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Compiling takes until the gate is opened."""
    opened, compile_ = threading.Event(), compiling.prepare

    def prepare(body: fused.FusedBody) -> None:
        opened.wait()
        compile_(body)

    monkeypatch.setattr(compiling, "prepare", prepare)
    yield opened
    opened.set()


def test_the_codes_are_the_same_before_and_after_the_step_is_compiled(gate: threading.Event):
    prior = prior_of(KINDS["sparse"])
    conditioning, known = conditioning_of(prior, 2), codes_of(prior, 2)[:, :7]
    uniforms = torch.rand(2, 50, generator=torch.Generator().manual_seed(4))
    body = Bodies(CPU, Precision.SINGLE).body(prior)

    before = body.open(known, conditioning, LevelSettings())
    first = before.draw(uniforms)
    warming = [body.warming]
    gate.set()
    _wait_for_the_compiler()
    warming.append(body.warming)
    after = body.open(known, conditioning, LevelSettings())
    warming.append(body.warming)

    assert isinstance(before, PlainStream)
    assert isinstance(after, fused.FusedStream)
    assert torch.equal(first, after.draw(uniforms))
    assert warming == [True, True, False]


def test_in_bytes_the_compiler_is_waited_for(gate: threading.Event):
    """The plain body computes with the same bytes, but with inputs that are not rounded."""
    prior = prior_of(KINDS["sparse"])
    body = Bodies(CPU, Precision.INT8).body(prior)
    threading.Timer(1.5, gate.set).start()

    stream = body.open(codes_of(prior, 1)[:, :7], conditioning_of(prior, 1), LevelSettings())

    assert isinstance(stream, fused.FusedStream)


def test_a_step_that_cannot_be_compiled_leaves_torch_serving(
    monkeypatch: pytest.MonkeyPatch, warnings_logged: list[logging.LogRecord]
):
    def fail(body: fused.FusedBody) -> None:
        raise RuntimeError("no compiler")

    monkeypatch.setattr(compiling, "prepare", fail)
    prior = prior_of(KINDS["sparse"])

    body = Bodies(CPU, Precision.SINGLE).body(prior)
    stream = body.open(codes_of(prior, 1)[:, :7], conditioning_of(prior, 1), LevelSettings())

    assert isinstance(stream, PlainStream) and not body.warming
    assert "torch goes on serving" in warnings_logged[0].getMessage()


def test_a_cuda_device_has_the_graphed_body():
    body = Bodies(torch.device("cuda"), Precision.SINGLE).body(prior_of(KINDS["sparse"]))

    assert isinstance(body, GraphedBody)


def test_other_devices_have_the_plain_body():
    assert isinstance(
        Bodies(torch.device("meta"), Precision.SINGLE).body(prior_of(KINDS["sparse"])), PlainBody
    )


@pytest.mark.parametrize("kind", ["float32-float32", "uint16-uint16", "int16-float32", "int8-int8"])
def test_another_process_compiles_what_this_one_needs(kind: str):
    assert compiling.body_of(kind).kind == kind


def _wait_for_the_compiler():
    for thread in threading.enumerate():
        if thread.name == "compiler":
            thread.join(60)

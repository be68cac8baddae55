"""A window that follows codes goes on as the one that drew them, to the bit, whatever its body."""

from collections.abc import Callable

import pytest
import torch

from engine.nn.prior import Prior
from engine.steps.body import Body
from engine.steps.fused import FusedBody
from engine.steps.graphed import GraphedBody
from engine.steps.plain import PlainBody
from engine.types import LevelSettings, Precision
from tests.engine.steps.priors import KINDS, codes_of, conditioning_of, prior_of

ONE_TO_ONE = [kind for kind in KINDS if kind != "single sequence"]
"""Where each code is one symbol: a random prior of the other kind draws characters amid the music,
which all count as code 0."""


def _fused(prior: Prior) -> Body:
    return FusedBody(prior, Precision.SINGLE)


def _in_bytes(prior: Prior) -> Body:
    return FusedBody(prior, Precision.INT8)


BODIES: dict[str, Callable[[Prior], Body]] = {
    "plain": PlainBody,
    "fused": _fused,
    "fused, in bytes": _in_bytes,
    "graphed": GraphedBody,
}


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("kind", ONE_TO_ONE)
@pytest.mark.parametrize("drawn", [0, 1, 21])
def test_going_on_is_as_if_one_had_never_stopped(body: str, kind: str, drawn: int):
    prior = prior_of(KINDS[kind])
    conditioning = conditioning_of(prior, 1)
    known = codes_of(prior, 1)[:, :5]
    uniforms = torch.rand(2, 50, generator=torch.Generator().manual_seed(3))
    opened = BODIES[body](prior)
    settings = LevelSettings(temperature=1.0)
    whole = opened.open(known, conditioning, settings).draw(uniforms)

    again = opened.open(known, conditioning, settings)
    again.follow(whole[:, :drawn])
    rest = again.draw(uniforms[:, drawn:])

    assert torch.equal(rest, whole[:, drawn:])


@pytest.mark.parametrize("kind", KINDS)
def test_many_codes_heard_at_once_cost_the_very_bits_of_one_by_one(kind: str):
    """Over the ends of blocks, from within one, and of two takes that differ."""
    prior = prior_of(KINDS[kind])
    codes, conditioning = codes_of(prior, 2), conditioning_of(prior, 2)
    body = FusedBody(prior, Precision.SINGLE)
    settings = LevelSettings(temperature=1.0)
    alone = body.open(codes[:, :5], conditioning, settings)
    one_by_one = torch.cat([alone.hear(code) for code in codes[:, 5:].split(1, dim=1)], dim=1)

    at_once = body.open(codes[:, :5], conditioning, settings).hear(codes[:, 5:])

    assert torch.equal(at_once, one_by_one)
    assert at_once.shape == (2, 59)

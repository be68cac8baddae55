"""A window that follows codes goes on as the one that drew them, to the bit, whatever its body."""

import pytest
import torch

from engine.steps.fused import FusedBody
from engine.steps.graphed import GraphedBody
from engine.steps.plain import PlainBody
from engine.types import LevelSettings, Precision
from tests.engine.steps.priors import KINDS, codes_of, conditioning_of, prior_of

ONE_TO_ONE = [kind for kind in KINDS if kind != "single sequence"]
"""Where each code is one symbol: a random prior of the other kind draws characters amid the music,
which all count as code 0."""

BODIES = {
    "plain": PlainBody,
    "fused": lambda prior: FusedBody(prior, Precision.SINGLE),
    "graphed": GraphedBody,
}


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("kind", ONE_TO_ONE)
@pytest.mark.parametrize("drawn", [0, 1, 21])
def test_going_on_is_as_if_one_had_never_stopped(body, kind, drawn):
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

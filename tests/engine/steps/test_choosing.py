"""The compiled draw is the readable one."""

import numpy as np
import pytest
import torch

from engine.steps.choosing import Rules, choose
from engine.steps.drawing import draw
from engine.types import LevelSettings


@pytest.mark.parametrize("spread", [0.1, 1.0, 5.0])
@pytest.mark.parametrize(
    "settings",
    [
        LevelSettings(temperature=0.6),
        LevelSettings(top_k=1),
        LevelSettings(top_k=20),
        LevelSettings(top_k=5000),
        LevelSettings(top_p=0.05),
        LevelSettings(top_p=0.95),
    ],
    ids=str,
)
def test_the_compiled_draw_is_the_readable_one(settings, spread):
    draws = torch.Generator().manual_seed(0)
    logits = spread * torch.randn(500, 300, generator=draws)
    uniforms = torch.rand(500, generator=draws)

    drawn = [
        _choose(row, settings, float(number)) for row, number in zip(logits, uniforms, strict=True)
    ]

    assert drawn == draw(logits, settings, uniforms).tolist()


def test_equals_of_the_kth_may_be_drawn_too():
    logits = torch.tensor([0.0, 5.0, 5.0, 5.0])
    settings = LevelSettings(temperature=1.0, top_k=2)

    drawn = {_choose(logits, settings, (n + 0.5) / 30) for n in range(30)}

    assert drawn == {1, 2, 3}


def _choose(logits, settings, uniform):
    rules = Rules(np.float32(settings.temperature), settings.top_k, np.float32(settings.top_p))
    return choose(logits.numpy().copy(), rules, uniform, np.empty(len(logits), np.float32))

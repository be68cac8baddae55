"""Drawing a symbol: the number decides, the filters filter, the frequencies are the model's."""

import torch
from hypothesis import given
from hypothesis import strategies as st

from engine.steps.drawing import draw, filtered
from engine.types import LevelSettings


def test_a_draw_follows_the_probabilities():
    probabilities = torch.tensor([0.1, 0.0, 0.6, 0.3])
    uniforms = (torch.arange(10_000) + 0.5) / 10_000

    drawn = draw(probabilities.log().expand(10_000, 4), LevelSettings(temperature=1.0), uniforms)

    shares = torch.bincount(drawn, minlength=4) / 10_000
    assert torch.allclose(shares, probabilities, atol=1e-3)


def test_cold_draws_take_the_likeliest():
    logits = torch.tensor([[0.0, 0.2, 0.1]])

    drawn = draw(logits, LevelSettings(temperature=0.001), torch.tensor([0.999]))

    assert drawn.tolist() == [1]


def test_top_k_of_one_is_greedy_whatever_the_number():
    logits = torch.randn(64, 30, generator=torch.Generator().manual_seed(0))

    drawn = draw(logits, LevelSettings(top_k=1), torch.rand(64))

    assert torch.equal(drawn, logits.argmax(dim=-1))


@given(st.integers(1, 12))
def test_top_k_keeps_k(k):
    logits = torch.arange(12.0).unsqueeze(0)

    assert int(filtered(logits, k, 0).isfinite().sum()) == k


def test_top_p_keeps_the_one_that_crosses():
    logits = torch.tensor([[0.5, 0.3, 0.15, 0.05]]).log()

    kept = filtered(logits, 0, 0.6).isfinite()

    assert kept.tolist() == [[True, True, False, False]]

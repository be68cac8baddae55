"""A stack, its pieces, its precision and its cache."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from engine.catalog.specs import Pattern, TransformerConfig
from engine.nn import transformer
from engine.nn.transformer import Transformer, pieces


@given(st.integers(0, 200), st.integers(0, 200), st.integers(1, 40), st.integers(1, 9))
def test_pieces_lie_inside_one_block_or_are_whole_blocks(start, length, block, blocks):
    lengths = list(pieces(start, length, block, blocks * block))

    assert sum(lengths) == length
    assert len(lengths) <= 3 + length // (blocks * block)
    assert max(lengths, default=0) <= blocks * block
    for piece in lengths:
        inside = start % block
        assert piece > 0
        assert inside + piece <= block or (inside == 0 and piece % block == 0)
        start += piece


def test_many_rows_are_fed_in_pieces_to_the_same_effect(monkeypatch):
    torch.manual_seed(0)
    config = TransformerConfig(24, 8, 3, 2, 6, (Pattern.BLOCK, Pattern.COLUMN, Pattern.DENSE))
    stack, x = Transformer(config), torch.randn(2, 23, 8)
    whole = stack.extend(x, stack.new_cache(2))
    monkeypatch.setattr(transformer, "ROWS_AT_ONCE", 16)

    torch.testing.assert_close(stack.extend(x, stack.new_cache(2)), whole)


@pytest.mark.parametrize("res_scale", [False, True])
def test_res_scale_divides_the_branches_by_the_depth(res_scale):
    torch.manual_seed(0)
    config = TransformerConfig(4, 8, 5, 1, 2, (Pattern.DENSE,) * 5, res_scale=res_scale)
    stack, x = Transformer(config), torch.randn(1, 4, 8)
    for layer in stack.layers:
        torch.nn.init.zeros_(layer.attention.out.weight)
        torch.nn.init.zeros_(layer.outer.weight)
        torch.nn.init.ones_(layer.attention.out.bias)

    assert torch.allclose(stack(x), x + (1 if res_scale else 5), atol=1e-6)


def test_half_precision_leaves_normalisations_and_results_single():
    config = TransformerConfig(12, 32, 3, 2, 3, (Pattern.BLOCK, Pattern.COLUMN, Pattern.DENSE))
    stack, x = Transformer(config), torch.randn(2, 12, 32)
    single, single_bytes = stack(x), stack.new_cache(2).size_bytes

    stack.set_dtype(torch.bfloat16)
    half = stack(x)

    assert half.dtype == torch.float32
    assert stack.layers[0].attention_norm.weight.dtype == torch.float32
    assert stack.new_cache(2).size_bytes * 2 == single_bytes
    torch.testing.assert_close(half, single, rtol=0.05, atol=0.05)


def test_what_does_not_fit_the_window_is_told_and_changes_nothing():
    stack = Transformer(TransformerConfig(8, 8, 1, 1, 2, (Pattern.BLOCK,)))
    cache = stack.new_cache(1)

    with torch.inference_mode():
        stack.extend(torch.ones(1, 5, 8), cache)
        with pytest.raises(ValueError, match="4 positions after 5 do not fit a window of 8"):
            stack.extend(torch.ones(1, 4, 8), cache)
        assert cache.position == 5
        stack.extend(torch.ones(1, 3, 8), cache)

"""Attention weights say what the attention does: they mix the values into its output."""

import pytest
import torch

from engine.catalog.specs import Pattern, TransformerConfig
from engine.nn.layers import join_heads, split_heads
from engine.nn.looking import attention_weights
from engine.nn.transformer import Layer

TIME, LYRICS = 24, 10
CONFIG = TransformerConfig(TIME, 12, 1, 3, 4, (Pattern.DENSE,), attention_factor=0.5,
                           encoder_length=LYRICS, lyric_length=7, tail_length=2)  # fmt: skip


@pytest.mark.parametrize("pattern", [p for p in Pattern if p is not Pattern.CROSS])
def test_weights_times_values_are_the_output(pattern):
    layer, x = layer_of(pattern), torch.randn(2, TIME, 12)

    with torch.inference_mode():
        weights = attention_weights(layer, x)
        rows = layer.attention_norm(x.flatten(0, 1))
        values = split_heads(layer.attention.inp(rows), 2, 3, 3)[2]
        ours = layer.attention.out(join_heads(weights.flatten(0, 1) @ values, 3))
        expected = layer.attention(rows, 2)

    assert weights.shape == (2, 3, TIME, TIME)
    torch.testing.assert_close(ours, expected, rtol=1e-5, atol=1e-5)


def test_weights_of_a_lyric_layer_times_values_are_the_output():
    layer, x = layer_of(Pattern.CROSS), torch.randn(2, TIME, 12)
    lyrics = torch.randn(2, LYRICS, 12)

    with torch.inference_mode():
        weights = attention_weights(layer, x, lyrics)
        rows = layer.attention_norm(x.flatten(0, 1))
        values = split_heads(layer.attention.lyrics(lyrics.flatten(0, 1)), 2, 2, 3)[1]
        ours = layer.attention.out(join_heads(weights.flatten(0, 1) @ values, 3))
        expected = layer.attention(rows, lyrics)

    torch.testing.assert_close(ours, expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("pattern", [Pattern.DENSE, Pattern.BLOCK, Pattern.COLUMN])
def test_rows_add_up_to_one_and_see_nothing_to_come(pattern):
    with torch.inference_mode():
        weights = attention_weights(layer_of(pattern), torch.randn(1, TIME, 12))

    torch.testing.assert_close(weights.sum(-1), torch.ones(1, 3, TIME))
    assert not weights.triu(1).any()


@pytest.mark.parametrize("pattern", [Pattern.LYRICS, Pattern.BLOCK, Pattern.CROSS])
def test_a_few_keys_are_the_first_of_all(pattern):
    layer, x, lyrics = layer_of(pattern), torch.randn(2, TIME, 12), torch.randn(2, LYRICS, 12)

    with torch.inference_mode():
        some, every = attention_weights(layer, x, lyrics, 7), attention_weights(layer, x, lyrics)

    torch.testing.assert_close(some, every[..., :7])


def layer_of(pattern):
    torch.manual_seed(0)
    layer = Layer(pattern, CONFIG)
    for parameter in layer.parameters():
        torch.nn.init.normal_(parameter, std=0.5)
    return layer

"""Each pattern sees exactly what it should, whole or continued in any pieces."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from engine.catalog.specs import Pattern, TransformerConfig
from engine.nn.attention import CrossAttention
from engine.nn.cache import CacheSpace
from engine.nn.transformer import attention, pieces

LENGTH, BLOCK, BLOCKS, HEADS, WIDTH, BATCH = 24, 6, 4, 2, 8, 3
SELF_PATTERNS = [pattern for pattern in Pattern if pattern is not Pattern.CROSS]
CONFIG = TransformerConfig(
    LENGTH,
    WIDTH,
    1,
    HEADS,
    BLOCKS,
    (Pattern.DENSE,),
    attention_factor=1.0,
    encoder_length=5,
    lyric_length=5,
    tail_length=2,
    init_scale=20,
)
PREFIX = 8  # five lyric places, rounded up by the number of blocks


def sees(pattern, query, key):
    """The rules of the specification, position by position."""
    own, place = divmod(query, BLOCK)
    block, inside = divmod(key, BLOCK)
    match pattern:
        case Pattern.DENSE:
            return key <= query
        case Pattern.BLOCK:
            return block == own and key <= query
        case Pattern.COLUMN:
            return inside == place and key <= query
        case Pattern.PREVIOUS_BLOCK:
            return block == own - 1
        case Pattern.BLOCK_SUMMARY:
            return inside == BLOCK - 1 and key <= query and block < BLOCKS - 1
        case Pattern.BLOCK_TAILS:
            return inside >= BLOCK - 2 and key <= query and block < BLOCKS - 1
        case Pattern.LYRICS:
            return key <= query and key < PREFIX


@pytest.mark.parametrize("pattern", SELF_PATTERNS)
def test_the_receptive_field_is_the_pattern_s(pattern):
    layer = attention(pattern, CONFIG)
    queries, keys_values = _random(1, 1, LENGTH, 4), _random(2, 1, LENGTH, 4).requires_grad_()

    attended = layer.attend(queries, keys_values).reshape(LENGTH, 4)

    for query in range(LENGTH):
        (gradient,) = torch.autograd.grad(attended[query].sum(), keys_values, retain_graph=True)
        reached = gradient[1, 0].abs().sum(-1) > 0
        assert reached.tolist() == [sees(pattern, query, key) for key in range(LENGTH)]


@pytest.mark.parametrize("pattern", SELF_PATTERNS)
@given(lengths=st.lists(st.integers(1, 15), min_size=1, max_size=24))
def test_continuing_in_any_pieces_equals_the_whole(pattern, lengths):
    layer, x = _layer(pattern), _random(BATCH, LENGTH, WIDTH)
    cache = layer.new_cache(_space())
    parts, start = [], 0

    with torch.inference_mode():
        whole = layer(x.flatten(0, 1), BATCH).view(x.shape)
        for length in _tiled(lengths):
            rows = x[:, start : start + length].flatten(0, 1)
            parts.append(_extended(layer, rows, cache, start).view(BATCH, length, WIDTH))
            start += length

    torch.testing.assert_close(torch.cat(parts, 1), whole, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("pattern", SELF_PATTERNS)
def test_steps_hear_of_a_position_exactly_where_they_see_it(pattern):
    """Rows of an earlier block must not shine through in a cache that is filled again."""
    layer, x = _layer(pattern), _random(1, LENGTH, WIDTH)
    changed = x.clone()
    changed[0, 1] += 1

    outputs, others = _stepped(layer, x), _stepped(layer, changed)

    differ = [not torch.equal(a, b) for a, b in zip(outputs, others, strict=True)]
    assert differ == [sees(pattern, t, 1) for t in range(LENGTH)]


def test_cross_attention_sees_all_lyrics_from_everywhere():
    layer = _layer(Pattern.CROSS)
    assert isinstance(layer, CrossAttention)
    x, lyrics = _random(BATCH, LENGTH, WIDTH), _random(BATCH, 5, WIDTH).requires_grad_()

    attended = layer(x.flatten(0, 1), lyrics).view(x.shape)

    for query in (0, 7, LENGTH - 1):
        (gradient,) = torch.autograd.grad(attended[:, query].sum(), lyrics, retain_graph=True)
        assert (gradient.abs().sum(-1) > 0).all()


def test_cross_attention_continued_equals_the_whole():
    layer = _layer(Pattern.CROSS)
    assert isinstance(layer, CrossAttention)
    x, lyrics = _random(BATCH, LENGTH, WIDTH), _random(BATCH, 5, WIDTH)
    cache = layer.new_cache(_space())

    with torch.inference_mode():
        whole = layer(x.flatten(0, 1), lyrics).view(x.shape)
        layer.listen(lyrics, cache)
        parts = [_extended(layer, x[:, t], cache, t) for t in range(LENGTH)]

    torch.testing.assert_close(torch.stack(parts, 1), whole, rtol=1e-4, atol=1e-4)


def test_layers_that_see_the_lyrics_are_silent_at_first():
    layer = attention(Pattern.CROSS, CONFIG)

    assert not layer.out.weight.any()


def _extended(layer, rows, cache, start):
    return layer.out(layer.proceed(layer.inp(rows), cache, start))


def _stepped(layer, x):
    cache = layer.new_cache(_space(batch=1))
    with torch.inference_mode():
        return [_extended(layer, x[0, t : t + 1], cache, t) for t in range(LENGTH)]


def _layer(pattern):
    torch.manual_seed(1)
    layer = attention(pattern, CONFIG)
    torch.nn.init.normal_(layer.out.weight)
    return layer


def _space(batch=BATCH):
    return CacheSpace(batch, HEADS, WIDTH // HEADS, torch.device("cpu"), torch.float32)


def _random(*shape):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(0))


def _tiled(lengths):
    """The lengths over and over until the window is full, cut at borders as a stack does."""
    start, turn = 0, 0
    while start < LENGTH:
        length = min(lengths[turn % len(lengths)], LENGTH - start)
        yield from pieces(start, length, BLOCK, 100 * BLOCK)
        start, turn = start + length, turn + 1

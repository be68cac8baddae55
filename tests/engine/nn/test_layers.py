import pytest
import torch

from engine.nn.layers import (
    Normalisation,
    Projection,
    attend_up_to_self,
    blocks_apart,
    blocks_joined,
    columns_apart,
    columns_joined,
    join_heads,
    split_heads,
)

SEQUENCE = torch.arange(2.0 * 24).view(1, 2, 24, 1)  # value = 24 · row + position


def test_folding_into_blocks_keeps_neighbours_together():
    folded = blocks_apart(SEQUENCE, 6)

    assert folded[0, 1, 0, :, 0].tolist() == [6, 7, 8, 9, 10, 11]
    assert torch.equal(blocks_joined(folded[0]), SEQUENCE[0])


def test_folding_into_columns_keeps_the_same_place_together():
    folded = columns_apart(SEQUENCE, 6)

    assert folded[0, 1, 0, :, 0].tolist() == [1, 7, 13, 19]
    assert torch.equal(columns_joined(folded[0]), SEQUENCE[0])


def test_heads_split_and_join_to_the_same():
    rows = torch.randn(2 * 5, 12)

    split = split_heads(rows, batch=2, parts=1, heads=3)

    assert split.shape == (1, 6, 5, 4)
    assert torch.equal(join_heads(split, 3), rows)
    assert torch.equal(split[0, 4], rows[5:, 4:8])


def test_late_queries_see_the_keys_before_them():
    keys = torch.randn(1, 2, 9, 4)

    whole = attend_up_to_self(keys, keys, keys)

    for new in (1, 4):
        late = attend_up_to_self(keys[:, :, -new:], keys, keys)
        torch.testing.assert_close(late, whole[:, :, -new:])


def test_bound_maps_equal_their_modules_and_carry_gains():
    projection, normal, rows = Projection(4, 3, 1.0), Normalisation(4), torch.randn(5, 4)
    torch.nn.init.normal_(projection.bias)
    plain = projection(rows)

    torch.testing.assert_close(projection.bound()(rows), plain)
    torch.testing.assert_close(projection.bound(gain=1.7, bias_gain=1.7)(rows), 1.7 * plain)
    torch.testing.assert_close(projection.bound(gain=1 / 1.7)(1.7 * rows), plain)
    torch.testing.assert_close(normal.bound(torch.float32)(rows), normal(rows))
    torch.testing.assert_close(
        normal.bound(torch.bfloat16)(rows.bfloat16()), normal(rows.bfloat16())
    )


def test_normalisation_is_exact_in_half_precision():
    """Statistics of values beyond the half type's range of squares must not overflow."""
    normal, x = Normalisation(256), 300 * torch.randn(4, 256)

    half = normal(x.half())

    assert half.dtype == torch.float16
    torch.testing.assert_close(half.float(), normal(x), rtol=2e-3, atol=2e-3)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_a_matrix_kept_in_fewer_bytes_computes_in_single_precision(dtype):
    narrow, wide, rows = Projection(4, 3, 1.0), Projection(4, 3, 1.0), torch.randn(5, 4)
    narrow.weight = torch.nn.Parameter(narrow.weight.to(dtype))
    wide.weight = torch.nn.Parameter(narrow.weight.float())

    assert torch.equal(narrow(rows), wide(rows))
    assert torch.equal(narrow.bound(gain=2.0)(rows), wide.bound(gain=2.0)(rows))

"""A matrix in panels is the matrix, as far as its precision goes."""

import pytest
import torch

from engine.steps import panels
from engine.types import Precision

SHAPES = [(64, 64), (40, 100), (3, 5), (130, 1)]
DTYPES = {
    Precision.SINGLE: torch.float32,
    Precision.HALF: torch.float16,
    Precision.BFLOAT: torch.bfloat16,
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("precision", DTYPES)
def test_floats_come_out_as_they_went_in(precision, shape):
    matrix = torch.randn(shape).to(DTYPES[precision])

    assert torch.equal(_packed(matrix, precision).matrix(), matrix.float())


@pytest.mark.parametrize("shape", SHAPES)
def test_bytes_come_out_within_half_a_step(shape):
    matrix = torch.randn(shape) * torch.linspace(0.01, 3, shape[1])

    error = (_packed(matrix, Precision.INT8).matrix() - matrix).abs()

    assert (error <= matrix.abs().amax(0) / 127 / 2 * 1.001).all()


def test_an_output_of_zeros_stays_zero_in_bytes():
    assert not _packed(torch.zeros(8, 3), Precision.INT8).matrix().any()


def test_memory_begins_at_a_huge_page():
    """A page that starts elsewhere is no huge one."""
    assert panels.memory(1000, Precision.HALF).ctypes.data % (2 << 20) == 0


def _packed(matrix, precision):
    stored = panels.memory(panels.numbers(*matrix.shape, precision), precision)
    return panels.packed(matrix, stored, precision)

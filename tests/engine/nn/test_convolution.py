"""The fast convolutions are torch's own, in any memory layout."""

import pytest
import torch
from torch import nn

from engine.nn.convolution import Convolution, Deconvolution


@pytest.mark.parametrize("arguments", [(3, 5, 3, 1, 1), (1, 4, 4, 2, 1), (3, 3, 3, 1, 9, 9)])
def test_a_convolution_is_torchs(arguments):
    fast = Convolution(*arguments).double()
    x = torch.randn(2, arguments[0], 41, dtype=torch.float64)

    torch.testing.assert_close(fast(x), nn.Conv1d.forward(fast, x))


@pytest.mark.parametrize("arguments", [(3, 5, 4, 2, 1), (3, 2, 8, 4, 2)])
def test_a_deconvolution_is_torchs(arguments):
    fast = Deconvolution(*arguments).double()
    x = torch.randn(2, 3, 20, dtype=torch.float64)

    torch.testing.assert_close(fast(x), nn.ConvTranspose1d.forward(fast, x))


def test_layout_in_memory_does_not_matter():
    fast = Convolution(3, 3, 3, padding=1).double()
    x = torch.randn(2, 3, 20, dtype=torch.float64)
    strided = x.transpose(1, 2).contiguous().transpose(1, 2)

    torch.testing.assert_close(fast(strided), fast(x))

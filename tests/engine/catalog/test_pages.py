"""Pages of one's own hold what is written to them, whatever their size."""

import pytest
import torch

from engine.catalog.pages import LARGE_BYTES, empty, in_pages, pages, zeros


@pytest.mark.parametrize("make", [in_pages, lambda shape, dtype: empty(shape, dtype, "cpu")])
@pytest.mark.parametrize("shape", [(), (0, 3), (1,), (3, 5), (LARGE_BYTES // 4 + 1,), (700, 900)])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float16, torch.bfloat16])
def test_a_tensor_in_pages_is_like_any_other(make, shape, dtype):
    tensor = make(shape, dtype)
    numbers = torch.randn(shape).to(dtype)

    tensor.copy_(numbers)

    assert (tensor.shape, tensor.dtype) == (numbers.shape, dtype)
    assert torch.equal(tensor, numbers)
    assert tensor.is_contiguous()


@pytest.mark.parametrize("shape", [(0,), (3,), (LARGE_BYTES,)])
def test_zeros_are_zeros(shape):
    assert not zeros(shape, torch.float32, "cpu").any()


def test_pages_hold_zeros_and_are_this_process_s_own():
    first, second = pages(5000), pages(5000)
    first[:3] = b"abc"

    assert second[:] == bytes(5000)


def test_elsewhere_than_on_the_processor_tensors_are_torch_s_own():
    assert empty((2000, 2000), torch.float32, "meta").device.type == "meta"

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from app.song.errors import DocumentError
from app.song.packing import packed, unpacked


@given(arrays(np.uint16, st.integers(0, 50), elements=st.integers(0, 65_535)))
def test_what_was_packed_comes_back(codes: np.ndarray) -> None:
    assert np.array_equal(unpacked(packed(codes), len(codes)), codes)


def test_codes_of_2048_take_eleven_bits() -> None:
    codes = np.arange(2048, dtype=np.uint16)

    assert len(packed(codes)) == 2048 * 11 // 8


@given(st.binary(max_size=40), st.integers(-5, 2**40))
def test_no_bytes_do_harm(data: bytes, count: int) -> None:
    try:
        assert len(unpacked(data, count)) == count
    except DocumentError as error:
        assert "do not hold" in str(error)


def test_bytes_that_are_cut_off_are_refused() -> None:
    data = packed(np.arange(2048, dtype=np.uint16))

    for length in (0, 1, 2047, len(data) - 1):
        with pytest.raises(DocumentError):
            unpacked(data[:length], 2048)

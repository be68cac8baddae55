"""Codes as bytes that take no more room than they need, and back.

The low byte of every code comes first, then one plane of bits for each bit above the eighth: 11
bits a code for a codebook of 2,048. What comes back is checked as if it were hostile. Knows
nothing of files.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from app.language import tr
from app.song.errors import DocumentError

_LOW_BITS, _BITS = 8, 16


def packed(codes: NDArray[np.uint16]) -> bytes:
    """The bytes of (tokens,) codes; as many planes as the largest of them needs."""
    low = codes.astype(np.uint8).tobytes()
    bits = int(codes.max(initial=0)).bit_length()
    planes = (np.packbits((codes >> bit & 1).astype(np.uint8)) for bit in range(_LOW_BITS, bits))
    return low + b"".join(plane.tobytes() for plane in planes)


def unpacked(data: bytes, count: int) -> NDArray[np.uint16]:
    """The `count` codes that `packed` was given.

    Raises:
        DocumentError: these bytes do not hold as many.
    """
    size = -(-count // 8)
    planes, rest = divmod(len(data) - count, size) if count > 0 else (0, len(data))
    if count < 0 or rest or not 0 <= planes <= _BITS - _LOW_BITS:
        raise DocumentError(
            tr("{size} bytes do not hold {count} codes.", size=len(data), count=count)
        )
    codes = np.frombuffer(data, np.uint8, count).astype(np.uint16)
    for plane in range(planes):
        bits = np.frombuffer(data, np.uint8, size, count + plane * size)
        codes |= np.unpackbits(bits, count=count).astype(np.uint16) << (_LOW_BITS + plane)
    return codes

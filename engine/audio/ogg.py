"""The numbering of OGG streams, made to follow from what is in them.

Knows the pages of the container and their checksum. Knows nothing of the encoding inside.

Source: RFC 3533, section 6.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import BinaryIO

_CAPTURE = b"OggS"
_SERIAL, _CHECKSUM = slice(14, 18), slice(22, 26)
_SEGMENTS = 26
_REVERSED_BYTES = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


def number_by_content(file: BinaryIO) -> None:
    """Give the one stream of an OGG file a serial number that follows from its content.

    Writers draw it at random, so that the same sound would not give the same file.

    Raises:
        ValueError: the file is no sequence of OGG pages.
    """
    file.seek(0)
    content = bytearray(file.read())
    pages = [memoryview(content)[start:end] for start, end in _pages(content)]
    for page in pages:
        page[_SERIAL] = page[_CHECKSUM] = bytes(4)
    serial = zlib.crc32(content).to_bytes(4, "little")
    for page in pages:
        page[_SERIAL] = serial
        page[_CHECKSUM] = checksum(bytes(page)).to_bytes(4, "little")
    file.seek(0)
    file.write(content)


def checksum(page: bytes) -> int:
    """The checksum of a page whose own checksum field is zero.

    It is the checksum of `zlib` with all bits in the opposite order and nothing inverted.
    """
    mirrored = zlib.crc32(page.translate(_REVERSED_BYTES), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return int(f"{mirrored:032b}"[::-1], 2)


def _pages(content: bytearray) -> Iterator[tuple[int, int]]:
    """Start and end of each page."""
    start = 0
    while start < len(content):
        if not content.startswith(_CAPTURE, start) or start + _SEGMENTS >= len(content):
            raise ValueError(f"No OGG page starts at byte {start}.")
        first = start + _SEGMENTS + 1
        body = first + content[start + _SEGMENTS]
        end = body + sum(content[first:body])
        yield start, end
        start = end

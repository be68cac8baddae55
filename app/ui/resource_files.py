"""Files that Qt finds under “:/” in memory, for whoever takes names of files only.

Knows the format of Qt's resources. Knows nothing of what the files are.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping

from PySide6.QtCore import qRegisterResourceData

_VERSION, _FOLDER, _FILE = 1, 2, 0
_kept: list[tuple[bytes, bytes, bytes]] = []
"""What Qt reads from as long as the program runs."""


def offer(folder: str, files: Mapping[str, bytes]) -> str:
    """Put files into a folder that is new; gives its path. They stay until the program ends.

    Source: the format is that of Qt's resource compiler, version 1.
    """
    order = sorted(files, key=_hash)  # Qt looks names up by bisecting their hashes.
    names, places = bytearray(), dict[str, int]()
    for name in (folder, *order):
        places[name] = len(names)
        names += struct.pack(">HI", len(name), _hash(name)) + name.encode("utf-16-be")
    tree = struct.pack(">IHII", 0, _FOLDER, 1, 1)
    tree += struct.pack(">IHII", places[folder], _FOLDER, len(order), 2)
    data = bytearray()
    for name in order:
        tree += struct.pack(">IHHHI", places[name], _FILE, 0, 1, len(data))
        data += struct.pack(">I", len(files[name])) + files[name]
    _kept.append((tree, bytes(names), bytes(data)))
    qRegisterResourceData(_VERSION, *_kept[-1])
    return f":/{folder}"


def _hash(name: str) -> int:
    number = 0
    for letter in name:
        number = (number << 4) + ord(letter)
        number ^= (number & 0xF0000000) >> 23
        number &= 0x0FFFFFFF
    return number

"""Files of codes: what `encode` makes of a recording, to be kept, shared and decoded again.

A safetensors file with a uint16 array per level, `bottom`, `middle` and `top`, that start at the
first sample of the recording, and `NO_CODE` (65535) where nothing is known. Its metadata says which
model the codes belong to. There is nothing in it that could run. Knows nothing of sound and models.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open

from engine.atomic import replacing, told
from engine.errors import CodesFileError
from engine.phrases import Phrase
from engine.types import Codes, Level, ModelId

FORMAT = "jukebox-codes-1"
_MAX_BYTES = 64 * 2**20
_NAMES = tuple(level.name.lower() for level in Level)


@dataclass(frozen=True, slots=True)
class CodesFile:
    """Codes, and the model that understands them."""

    codes: Codes
    model: ModelId


def write_codes(path: Path, content: CodesFile) -> None:
    """Write a file of codes, whole or not at all. The same codes give the same bytes.

    Raises:
        CodesFileError: it cannot be written there.
    """
    try:
        with replacing(path) as file:
            file.write(_serialised(content))
    except OSError as error:
        raise CodesFileError(told(error, path)) from error


def read_codes(path: Path) -> CodesFile:
    """The codes in a file, of which nothing is taken on trust.

    Raises:
        CodesFileError: it is missing, no file of codes, damaged, or larger than any song.
    """
    if not path.is_file():
        raise CodesFileError(
            "There is no file of codes “{path}”. Check the name and folder.", path=path
        )
    if path.stat().st_size > _MAX_BYTES:
        raise CodesFileError(
            "“{name}” has {size} bytes, more than the codes of any song.",
            name=path.name,
            size=path.stat().st_size,
        )
    try:
        with safe_open(path, framework="numpy") as file:
            facts = file.metadata() or {}
            if facts.get("format") != FORMAT or sorted(file.keys()) != sorted(_NAMES):
                raise CodesFileError(_not_codes(path))
            arrays = tuple(_array(file.get_tensor(name), path) for name in _NAMES)
    except (SafetensorError, OSError, ValueError, TypeError) as error:
        raise CodesFileError(_not_codes(path)) from error
    return CodesFile(Codes(arrays), ModelId(facts.get("model", "")))


def _serialised(content: CodesFile) -> bytes:
    """The safetensors format, written here because the library orders metadata at random."""
    arrays = [np.asarray(array, "<u2") for array in content.codes.levels]
    header: dict[str, object] = {"__metadata__": {"format": FORMAT, "model": content.model}}
    position = 0
    for name, array in zip(_NAMES, arrays, strict=True):
        end = position + array.nbytes
        header[name] = {"dtype": "U16", "shape": [len(array)], "data_offsets": [position, end]}
        position = end
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    return b"".join([len(text).to_bytes(8, "little"), text, *(array.tobytes() for array in arrays)])


def _array(array: NDArray[np.generic], path: Path) -> NDArray[np.uint16]:
    if array.dtype != np.uint16 or array.ndim != 1:
        raise CodesFileError(_not_codes(path))
    return array.astype(np.uint16)


def _not_codes(path: Path) -> Phrase:
    return Phrase(
        "“{name}” is not a file of codes that “jukebox encode” made, or it is damaged.",
        name=path.name,
    )

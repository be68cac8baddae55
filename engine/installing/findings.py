"""What lies in a folder that somebody wants to import. Looks at names only, and reads nothing.

Source: names of files as OpenAI and the hub publish them; jukebox specification 7.1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from engine.errors import ModelError
from engine.types import Level

Part = Level | Literal["vqvae"]

_SHARED = "5b"
"""OpenAI's folder of the parts that all of its models share."""
_CHECKPOINTS: Mapping[Part, str] = {
    "vqvae": "vqvae.pth.tar",
    Level.BOTTOM: "prior_level_0.pth.tar",
    Level.MIDDLE: "prior_level_1.pth.tar",
    Level.TOP: "prior_level_2.pth.tar",
}
_WEIGHTS = ("model*.safetensors", "pytorch_model*.bin")


@dataclass(frozen=True, slots=True)
class Checkpoints:
    """OpenAI's files, one for each part."""

    folder: Path
    files: Mapping[Part, Path]


@dataclass(frozen=True, slots=True)
class HubFolder:
    """A folder in Hugging Face's layout."""

    folder: Path


@dataclass(frozen=True, slots=True)
class OwnFolder:
    """A model folder of this program's."""

    folder: Path


Finding = Checkpoints | HubFolder | OwnFolder


def find(path: Path) -> Finding:
    """What a folder holds, or the folder of a file.

    Raises:
        ModelError: nothing that this program knows, or a part of it only.
    """
    folder = path if path.is_dir() else path.parent
    if not path.exists():
        raise ModelError("There is no “{path}”.", path=path)
    if (folder / "studio.json").is_file():
        return OwnFolder(folder)
    if any((folder / name).is_file() for name in _CHECKPOINTS.values()):
        return Checkpoints(folder, _checkpoints(folder))
    if any(file for pattern in _WEIGHTS for file in folder.glob(pattern)):
        return HubFolder(folder)
    raise ModelError(
        "“{folder}” holds no model: neither OpenAI's vqvae.pth.tar and "
        "prior_level_2.pth.tar, nor weights in Hugging Face's layout (model.safetensors, "
        "pytorch_model.bin or shards of them). Name the folder with these files.",
        folder=folder,
    )


def _checkpoints(folder: Path) -> dict[Part, Path]:
    """Every part, from the folder itself or from the one of what OpenAI's models share."""
    shared = folder.parent / _SHARED
    found: dict[Part, Path] = {}
    for part, name in _CHECKPOINTS.items():
        places = (folder,) if part is Level.TOP else (folder, shared)
        here = next((place / name for place in places if (place / name).is_file()), None)
        if here is not None:
            found[part] = here
    missing = [name for part, name in _CHECKPOINTS.items() if part not in found]
    if missing:
        raise ModelError(
            "“{folder}” lacks {names}. All four files of a model are needed; OpenAI keeps those "
            "that its models share in the folder “{shared}”.",
            folder=folder,
            names=", ".join(missing),
            shared=_SHARED,
        )
    return found

"""Puts a trained model into the folder that ships: weights, names, facts, checksums and card.

Knows the layout of a model folder. Does not know how its parts were trained.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from engine.catalog import gates
from engine.catalog.configs import to_json
from engine.catalog.weights import write_folder
from engine.text.lyrics import ALPHABET_V3
from engine.training.base import WeightState
from engine.training.workshop import Workshop
from engine.types import Level

_READABLE = 0o644
FORMAT = 1
"""Version of the layout of `studio.json`."""

_DESCRIBING = {"studio.json", "SHA256SUMS", "MODEL_CARD.md", gates.FILE}
"""Files that tell of the model, not of its parts; the gate is measured when all is there."""


def export(shop: Workshop, folder: Path) -> None:
    """Write the model as far as it is trained; its card is written by hand and stays.

    Raises:
        DatasetError: a part has not been trained at all.
    """
    folder.mkdir(parents=True, exist_ok=True)
    config = shop.recipe.architecture
    priors = [shop.prior_weights(level) for level in Level]
    write_folder(folder, config, vqvae_weights(shop), priors)
    _write_json(folder / "artists.json", dict(shop.recipe.vocabulary.artists))
    _write_json(folder / "genres.json", dict(shop.recipe.vocabulary.genres))
    _write_json(folder / "lyrics.json", ALPHABET_V3.ids)
    _write_json(folder / "studio.json", _facts(shop, folder))
    write_checksums(folder)
    for path in folder.iterdir():
        path.chmod(_READABLE)


def vqvae_weights(shop: Workshop) -> WeightState:
    """The weights of all levels, as one VQ-VAE names them."""
    states = {level: shop.codec_weights(level) for level in Level}
    return {
        f"levels.{int(level)}.{name}": value
        for level, state in states.items()
        for name, value in state.items()
    }


def _facts(shop: Workshop, folder: Path) -> Mapping[str, object]:
    files = sorted(path for path in folder.iterdir() if path.name not in _DESCRIBING)
    return {
        "format": FORMAT,
        "id": folder.name,
        "title": shop.recipe.title,
        "licence": shop.recipe.licence,
        "temperatures": list(shop.recipe.temperatures),
        "architecture": to_json(shop.recipe.architecture),
        "label_versions": {level.name.lower(): "v3" for level in Level},
        "files": {p.name: {"size": p.stat().st_size, "sha256": _checksum(p)} for p in files},
    }


def _write_json(path: Path, data: object) -> None:
    path.write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def write_checksums(folder: Path) -> None:
    """Write the checksums of all files of a folder into its SHA256SUMS."""
    files = sorted(p for p in folder.iterdir() if p.name not in ("SHA256SUMS", gates.FILE))
    lines = [f"{_checksum(path)}  {path.name}\n" for path in files]
    (folder / "SHA256SUMS").write_text("".join(lines), encoding="utf-8")


def _checksum(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()

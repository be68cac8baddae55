"""Puts a trained model into the folder that ships: weights, names, facts, checksums and card.

Knows the layout of a model folder. Does not know how its parts were trained.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from torch import Tensor

from engine.catalog.configs import to_json
from engine.catalog.weights import write_folder
from engine.text.lyrics import ALPHABET_V3
from engine.training.prior import averaged_weights
from engine.training.workshop import Workshop
from engine.types import Level

FORMAT = 1
"""Version of the layout of `studio.json`."""

WeightState = dict[str, Tensor]


def export(shop: Workshop, folder: Path) -> None:
    """Write the model as far as it is trained; its card is written by hand and stays.

    Raises:
        DatasetError: a part has not been trained at all.
    """
    folder.mkdir(parents=True, exist_ok=True)
    config = shop.recipe.architecture
    priors = [averaged_weights(shop.trained("prior", level)) for level in Level]
    write_folder(folder, config, vqvae_weights(shop), priors)
    _write_json(folder / "artists.json", dict(shop.recipe.vocabulary.artists))
    _write_json(folder / "genres.json", dict(shop.recipe.vocabulary.genres))
    _write_json(folder / "lyrics.json", ALPHABET_V3.ids)
    _write_json(folder / "studio.json", _facts(shop, folder))
    _write_checksums(folder)


def vqvae_weights(shop: Workshop) -> WeightState:
    """The weights of all levels, as one VQ-VAE names them."""
    states = {level: shop.trained("vqvae", level)["model"] for level in Level}
    return {
        f"levels.{int(level)}.{name}": value
        for level, state in states.items()
        for name, value in state.items()
    }


def _facts(shop: Workshop, folder: Path) -> Mapping[str, object]:
    described = {"studio.json", "SHA256SUMS", "MODEL_CARD.md"}
    files = sorted(path for path in folder.iterdir() if path.name not in described)
    return {
        "format": FORMAT,
        "id": shop.recipe.title.lower(),
        "title": shop.recipe.title,
        "licence": shop.recipe.licence,
        "architecture": to_json(shop.recipe.architecture),
        "label_versions": {level.name.lower(): "v3" for level in Level},
        "files": {p.name: {"size": p.stat().st_size, "sha256": _checksum(p)} for p in files},
    }


def _write_json(path: Path, data: object) -> None:
    path.write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _write_checksums(folder: Path) -> None:
    files = sorted(path for path in folder.iterdir() if path.name != "SHA256SUMS")
    lines = [f"{_checksum(path)}  {path.name}\n" for path in files]
    (folder / "SHA256SUMS").write_text("".join(lines), encoding="utf-8")


def _checksum(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()

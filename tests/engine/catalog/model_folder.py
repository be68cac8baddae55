"""A small valid model folder for tests: names, shapes and a weights file, nothing trained."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import save_file

from engine.catalog.configs import to_json
from engine.catalog.specs import (
    LabelConfig,
    LabelVersion,
    LyricConfig,
    ModelConfig,
    Pattern,
    PriorConfig,
    TimingConfig,
    TransformerConfig,
    VqVaeConfig,
)
from engine.types import Level

ARTISTS = {"any": 0, "ann arbor": 1, "Béla": 2}
GENRES = {"any": 0, "folk": 1, "rock": 2}
RATE, HOPS, CONTEXT, CODES = 8_000, (8, 16, 32), 64, 16
WEIGHTS = 12


def stack(length: int) -> TransformerConfig:
    return TransformerConfig(length, 8, 1, 1, 1, (Pattern.DENSE,))


def prior(level: Level) -> PriorConfig:
    top = level is Level.TOP
    labels = LabelConfig(LabelVersion.V3, len(GENRES), len(ARTISTS), 2,
                         TimingConfig(8, 1.0, 60.0) if top else None)  # fmt: skip
    lyrics = LyricConfig(16, 79, stack(16)) if top else None
    return PriorConfig(level, RATE, HOPS[level], CONTEXT, CODES, stack(CONTEXT), labels=labels,
                       lyrics=lyrics)  # fmt: skip


CONFIG = ModelConfig(
    VqVaeConfig(RATE, (3, 1, 1), (2, 2, 2), 4, CODES, 4, 1, (1, 1, 1)),
    tuple(prior(level) for level in Level),
)


def write_model(root: Path, name: str = "tiny", **changes: Any) -> Path:
    """A model's folder under `root`; `changes` replace entries of its studio.json."""
    folder = root / name
    folder.mkdir(parents=True)
    save_file({"weights": np.zeros((3, 4), np.float16)}, folder / "model.safetensors")
    (folder / "artists.json").write_text(json.dumps(ARTISTS, ensure_ascii=False), "utf-8")
    (folder / "genres.json").write_text(json.dumps(GENRES), "utf-8")
    studio = {
        "format": 1,
        "id": name,
        "title": "Tiny",
        "licence": "CC0",
        "architecture": to_json(CONFIG),
        "files": {path.name: facts(path) for path in sorted(folder.iterdir())},
    }
    (folder / "studio.json").write_text(json.dumps(studio | changes), "utf-8")
    return folder


def facts(path: Path) -> dict[str, Any]:
    content = path.read_bytes()
    return {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}

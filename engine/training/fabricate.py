"""Models of a real architecture with random weights, for tests of size and speed.

They make noise and nothing else. Weights are drawn, written and forgotten shard by shard, each by a
seed and its own name, so that memory stays small and every run writes the same files.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

import torch
from torch import Tensor, nn

from engine.catalog import dialects
from engine.catalog.configs import to_json
from engine.catalog.huggingface import to_hf
from engine.catalog.rules import alphabet_of
from engine.catalog.shards import SHARDS, Pending, write_shards
from engine.catalog.specs import LabelVersion, ModelConfig
from engine.errors import ModelError
from engine.nn.prior import Prior
from engine.nn.vqvae import VQVAE
from engine.training.export import FORMAT
from engine.types import Level

_DTYPE = torch.float16
_LICENCE = "none needed: random numbers"
_NAMES = {"unknown": 0, "unknown.v2": 0, "anybody": 1, "anybody.v2": 1}
_EMBEDDING, _HEAD = "embedding.symbol.weight", "head.weight"


def fabricate(config: ModelConfig, folder: Path, seed: int = 0) -> None:
    """Write a model folder of an architecture, its weights random; the folder's name is its id.

    Stopped and called again, it goes on where it stopped.

    Raises:
        ModelError: the folder holds something else, or the disk has too little room.
        OSError: it cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    ours = {*folder.glob(SHARDS), *folder.glob("model-*.part")}
    if set(folder.iterdir()) - ours:
        raise ModelError(f"The folder “{folder}” is not empty. Name a new one.")
    write_shards(folder, list(weights(config, seed)))
    _write(folder / "config.json", to_hf(config))
    for names in ("artists.json", "genres.json"):
        _write(folder / names, _NAMES)
    _write(folder / "lyrics.json", _alphabet(config))
    _write(folder / "studio.json", _studio(config, folder))


def weights(config: ModelConfig, seed: int) -> Iterator[Pending]:
    """Every weight of a model by the library's name, to be drawn when its turn comes."""
    with torch.device("meta"):
        parts: list[tuple[str, tuple[dialects.Row, ...], nn.Module]] = [
            (dialects.VQVAE_PREFIX, dialects.VQVAE, VQVAE(config.vqvae))
        ]
        parts += [
            (dialects.prior_prefix(prior.level), dialects.PRIOR, Prior(prior))
            for prior in config.priors
        ]
    for prefix, rows, module in parts:
        rename, state = dialects.to_hf(rows), module.state_dict()
        for name, tensor in state.items():
            yield _pending(prefix + rename(name), prefix + name, tensor, seed)
        if _EMBEDDING in state and _HEAD not in state:
            source = prefix + _EMBEDDING
            yield _pending(prefix + rename(_HEAD), source, state[_EMBEDDING], seed)


def _pending(name: str, source: str, place: Tensor, seed: int) -> Pending:
    shape = tuple(place.shape)
    return Pending(name, shape, _DTYPE, partial(_drawn, source, shape, seed))


def _drawn(source: str, shape: tuple[int, ...], seed: int) -> Tensor:
    """A tensor that depends on the seed and the weight's own name alone.

    Spreads let sound and codes vary and keep half precision from overflowing.
    """
    if source.endswith("bias"):
        return torch.zeros(shape)
    if "norm.weight" in source:
        return torch.ones(shape)
    digest = hashlib.sha256(f"{seed}/{source}".encode()).digest()
    generator = torch.Generator().manual_seed(int.from_bytes(digest[:7], "big"))
    spread = 1.0 if "codebook" in source else 0.02
    if len(shape) == 3:
        spread = math.prod(shape[1:]) ** -0.5
    return torch.randn(shape, generator=generator).mul_(spread).to(_DTYPE)


def _alphabet(config: ModelConfig) -> Mapping[str, int]:
    labels = config.priors[Level.TOP].labels
    return alphabet_of(labels.version if labels else LabelVersion.V2).ids


def _studio(config: ModelConfig, folder: Path) -> Mapping[str, object]:
    return {
        "format": FORMAT,
        "id": folder.name,
        "title": f"Random weights ({folder.name})",
        "licence": _LICENCE,
        "architecture": to_json(config),
        "label_versions": {
            prior.level.name.lower(): prior.labels.version
            for prior in config.priors
            if prior.labels
        },
        "files": {path.name: _facts(path) for path in sorted(folder.iterdir())},
    }


def _facts(path: Path) -> Mapping[str, object]:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {"size": path.stat().st_size, "sha256": digest}


def _write(path: Path, data: object) -> None:
    path.write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")

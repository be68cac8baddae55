"""Models of a real architecture with random weights, for tests of size and speed.

They make noise and nothing else. Weights are drawn, written and forgotten shard by shard, each by a
seed and its own name, so that memory stays small and every run writes the same files.
"""

from __future__ import annotations

import hashlib
import json
import math
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from engine.catalog import dialects
from engine.catalog.configs import to_json
from engine.catalog.huggingface import to_hf
from engine.catalog.rules import alphabet_of
from engine.catalog.specs import LabelVersion, ModelConfig
from engine.errors import ModelError
from engine.nn.prior import Prior
from engine.nn.vqvae import VQVAE
from engine.training.export import FORMAT
from engine.types import Level

SHARD_BYTES = 512 << 20
_DTYPE = torch.float16
_LICENCE = "none needed: random numbers"
_NAMES = {"unknown": 0, "unknown.v2": 0, "anybody": 1, "anybody.v2": 1}
_EMBEDDING, _HEAD = "embedding.symbol.weight", "head.weight"


class Weight(NamedTuple):
    """A weight that is to be drawn."""

    name: str
    source: str
    shape: tuple[int, ...]

    @property
    def size_bytes(self) -> int:
        """Bytes in a file."""
        return math.prod(self.shape) * _DTYPE.itemsize


def fabricate(config: ModelConfig, folder: Path, seed: int = 0) -> None:
    """Write a model folder of an architecture, its weights random; the folder's name is its id.

    Raises:
        ModelError: the folder is not empty, or the disk has too little room.
        OSError: it cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    weights = list(_weights(config))
    _require_room(folder, sum(weight.size_bytes for weight in weights))
    shards = list(_shards(weights))
    index: dict[str, str] = {}
    for number, shard in enumerate(shards, start=1):
        name = f"model-{number:05}-of-{len(shards):05}.safetensors"
        save_file({w.name: _drawn(w, seed) for w in shard}, folder / name, {"format": "pt"})
        index |= {weight.name: name for weight in shard}
    size = sum(weight.size_bytes for weight in weights)
    facts = {"metadata": {"total_size": size}, "weight_map": index}
    _write(folder / "model.safetensors.index.json", facts)
    _write(folder / "config.json", to_hf(config))
    for names in ("artists.json", "genres.json"):
        _write(folder / names, _NAMES)
    _write(folder / "lyrics.json", _alphabet(config))
    _write(folder / "studio.json", _studio(config, folder))


def _weights(config: ModelConfig) -> Iterator[Weight]:
    """Every weight by the library's name, in the order of the modules."""
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
            yield Weight(prefix + rename(name), prefix + name, tuple(tensor.shape))
        if _EMBEDDING in state and _HEAD not in state:
            shape = tuple(state[_EMBEDDING].shape)
            yield Weight(prefix + rename(_HEAD), prefix + _EMBEDDING, shape)


def _shards(weights: list[Weight]) -> Iterator[list[Weight]]:
    """Weights in groups that fill a shard each."""
    shard: list[Weight] = []
    for weight in weights:
        full = sum(other.size_bytes for other in shard) + weight.size_bytes > SHARD_BYTES
        if shard and full:
            yield shard
            shard = []
        shard.append(weight)
    yield shard


def _drawn(weight: Weight, seed: int) -> Tensor:
    """A tensor that depends on the seed and the weight's own name alone.

    Spreads let sound and codes vary and keep half precision from overflowing.
    """
    if weight.source.endswith("bias"):
        return torch.zeros(weight.shape, dtype=_DTYPE)
    if "norm.weight" in weight.source:
        return torch.ones(weight.shape, dtype=_DTYPE)
    digest = hashlib.sha256(f"{seed}/{weight.source}".encode()).digest()
    generator = torch.Generator().manual_seed(int.from_bytes(digest[:7], "big"))
    spread = 1.0 if "codebook" in weight.source else 0.02
    if len(weight.shape) == 3:
        spread = math.prod(weight.shape[1:]) ** -0.5
    return torch.randn(weight.shape, generator=generator).mul_(spread).to(_DTYPE)


def _require_room(folder: Path, needed: int) -> None:
    if any(folder.iterdir()):
        raise ModelError(f"The folder “{folder}” is not empty. Name a new one.")
    free = shutil.disk_usage(folder).free
    if free < needed * 1.01:
        raise ModelError(
            f"The model needs {needed / 1e9:.1f} GB in “{folder}”, where {free / 1e9:.1f} GB are "
            "free. Free some space, or name another folder."
        )


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

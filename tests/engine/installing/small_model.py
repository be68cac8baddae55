"""A model of the released kind at a thousandth of the size, in every layout that is published."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor

from engine.catalog import dialects
from engine.catalog.dialects import Renaming
from engine.catalog.download import RemoteFile
from engine.catalog.known import KnownModel
from engine.catalog.licences import OPENAI_JUKEBOX
from engine.catalog.specs import (
    ConditionerConfig,
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
from engine.catalog.store import ModelStore
from engine.installing.places import Places
from engine.nn.prior import Prior
from engine.nn.vqvae import VQVAE
from engine.types import Level, ModelId

RATE, CONTEXT, CODES, LYRICS = 4_096, 64, 16, 16
VQVAE_CONFIG = VqVaeConfig(RATE, (3, 1, 1), (2, 2, 2), 4, CODES, 4, 1, (2, 1, 1))
ARTISTS = {"unknown.v2": 0, "ada_vale.v2": 1, "unknown": 0, "ada vale": 1, "bela": 2}
GENRES = {"unknown.v2": 0, "folk.v2": 1, "unknown": 0, "folk": 1}
REPOSITORY = "openai/jukebox-small"


def _prior(level: Level, width: int = 16) -> PriorConfig:
    top = level is Level.TOP
    lyrics = LyricConfig(LYRICS, 79, None) if top else None
    length = CONTEXT + (LYRICS if top else 0)
    stack = TransformerConfig(
        length, width, 2, 1, 8, (Pattern.BLOCK, Pattern.COLUMN), lyric_length=LYRICS if top else 0
    )
    timing = TimingConfig(8, 0.0, 60.0) if top else None
    version = LabelVersion.V3 if top else LabelVersion.V2
    return PriorConfig(
        level, RATE, VQVAE_CONFIG.hops[level], CONTEXT, CODES, stack,
        labels=LabelConfig(version, 2, 3, 1 if top else 5, timing), lyrics=lyrics,
        conditioner=None if top else ConditionerConfig(1, 2, 8, 1),
    )  # fmt: skip


CONFIG = ModelConfig(VQVAE_CONFIG, tuple(_prior(level) for level in Level))
WIDER = ModelConfig(VQVAE_CONFIG, (*CONFIG.priors[:2], _prior(Level.TOP, 32)))


@functools.cache
def modules() -> Mapping[object, torch.nn.Module]:
    """The parts with random weights, always the same."""
    with torch.random.fork_rng():
        torch.manual_seed(7)
        parts: dict[object, torch.nn.Module] = {"vqvae": VQVAE(CONFIG.vqvae)}
        parts |= {prior.level: Prior(prior) for prior in CONFIG.priors}
        for part in parts.values():
            for weight in part.state_dict().values():
                weight.normal_(0, 0.3)
    return parts


def hub_state() -> dict[str, Tensor]:
    """All weights by the library's names."""
    state: dict[str, Tensor] = {}
    for part, module in modules().items():
        rows, prefix = dialects.VQVAE, dialects.VQVAE_PREFIX
        if isinstance(part, Level):
            rows, prefix = dialects.PRIOR, dialects.prior_prefix(part)
        rename = dialects.to_hf(rows)
        state |= {prefix + rename(name): weight for name, weight in _tied(module).items()}
    return state


def _tied(module: torch.nn.Module) -> dict[str, Tensor]:
    state = {name: weight.detach() for name, weight in module.state_dict().items()}
    embedding = state.get("embedding.symbol.weight")
    return state if embedding is None else {"head.weight": embedding.clone(), **state}


def write_names(folder: Path) -> None:
    (folder / "artists.json").write_text(json.dumps(ARTISTS), "utf-8")
    (folder / "genres.json").write_text(json.dumps(GENRES), "utf-8")
    (folder / "lyrics.json").write_text(json.dumps({"a": 0, "b": 1}), "utf-8")


def write_hub_folder(folder: Path, shards: int = 2) -> Path:
    """As on the hub: shards of pickles with an index, and a configuration that is wrong."""
    folder.mkdir(parents=True, exist_ok=True)
    write_names(folder)
    (folder / "config.json").write_text('{"architectures": ["Something else"]}')
    names = [f"pytorch_model-{n:05}-of-{shards:05}.bin" for n in range(1, shards + 1)]
    items = list(hub_state().items())
    groups = [dict(items[n::shards]) for n in range(shards)]
    for name, group in zip(names, groups, strict=True):
        torch.save(group, folder / name)
    index = {key: name for name, group in zip(names, groups, strict=True) for key in group}
    (folder / "pytorch_model.bin.index.json").write_text(json.dumps({"weight_map": index}))
    return folder


def write_checkpoints(folder: Path) -> Path:
    """As OpenAI published it: a pickle per part, in torch's old layout, and no names."""
    folder.mkdir(parents=True, exist_ok=True)
    for part, module in modules().items():
        rows = dialects.PRIOR if isinstance(part, Level) else dialects.VQVAE
        rename = Renaming(tuple((row.ours, row.openai) for row in rows))
        state = {f"module.{_openai(name, rename)}": w for name, w in _tied(module).items()}
        name = f"prior_level_{part.value}" if isinstance(part, Level) else "vqvae"
        content = {"model": state, "hps": {}, "step": 3}
        path = folder / f"{name}.pth.tar"
        torch.save(content, path, _use_new_zipfile_serialization=False)
    return folder


def _openai(name: str, rename: Renaming) -> str:
    """OpenAI counts the end of an encoder's stage like one more way down."""
    end = re.fullmatch(r"levels\.(\d)\.encoder\.stages\.(\d)\.out\.(\w+)", name)
    if end is None:
        return rename(name)
    downs = VQVAE_CONFIG.downs[int(end[2])]
    return f"encoders.{end[1]}.level_blocks.{end[2]}.model.{downs}.{end[3]}"


def known_model(folder: Path, name: str = "small", config: ModelConfig = CONFIG) -> KnownModel:
    """A model whose files are those of a folder, at a place on the hub."""
    paths = sorted(folder.iterdir(), key=lambda path: path.stat().st_size)
    files = tuple(
        RemoteFile(path.name, f"{REPOSITORY}/resolve/main/{path.name}", path.stat().st_size)
        for path in paths
        if path.name != "config.json"
    )
    size = sum(weight.numel() * 4 for weight in hub_state().values())
    home = f"https://huggingface.co/{REPOSITORY}"
    return KnownModel(ModelId(name), "Small Jukebox", OPENAI_JUKEBOX, config, files, size, home)


def places(root: Path) -> Places:
    return Places(root, ModelStore([root]))

"""Cases of files: the original's containers, and what the released ones hold."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from engine.catalog import dialects
from engine.catalog.hparams import prior_from_hparams, vqvae_from_hparams
from engine.catalog.released import released_config
from engine.catalog.weights import read_openai_checkpoint
from engine.nn.prior import Prior
from engine.nn.vqvae import VQVAE
from engine.parity.case import Case, Check, Json, equal, facts

TIED = "head.weight"


def cases(folder: Path) -> Iterator[Case]:
    """All cases of a folder that holds containers, or lists of what containers hold."""
    if (folder / "index.json").is_file() and any(folder.glob("expected_*.safetensors")):
        for name in facts(folder / "index.json")["files"]:
            yield Case(name, lambda name=name: [_container(folder / name)])
    if (folder / "released_architectures.json").is_file():
        release = facts(folder / "released_architectures.json")
        for part in release["state_dict"]:
            yield Case(f"released/{part}", lambda part=part: _manifest(part, release))
        for name in release["models"]:
            yield Case(f"released/architecture {name}", lambda n=name: _architecture(n, release))


def _container(path: Path) -> Check:
    """Everything comes out as stored; only the copy of a tied output matrix is dropped."""
    part = path.name.split(".")[0]
    expected = load_file(path.parent / f"expected_{part}.safetensors")
    rename = dialects.from_openai(_rows(part))
    named = {rename(key): tensor for key, tensor in expected.items()}
    state = read_openai_checkpoint(path)
    if TIED not in state:
        named.pop(TIED, None)
    wrong = (named.keys() ^ state.keys()) | {
        name for name in named.keys() & state.keys() if not _identical(named[name], state[name])
    }
    return Check("weights", len(wrong), 0, ", ".join(sorted(wrong)[:3]))


def _identical(ours: Tensor, theirs: Tensor) -> bool:
    return ours.dtype == theirs.dtype and torch.equal(ours, theirs)


def _manifest(part: str, release: Json) -> Iterator[Check]:
    """Names and shapes of the released weights fit our modules one to one, both dialects."""
    rows, manifest = _rows(part), _shapes(release["state_dict"][part])
    rename, back, forth = dialects.from_openai(rows), dialects.to_hf(rows), dialects.from_hf(rows)
    renamed = {rename(name): shape for name, shape in manifest.items()}
    yield equal("one to one", len(renamed), len(manifest))
    yield equal("there and back", [forth(back(name)) for name in renamed], list(renamed))
    ours = {
        name: list(tensor.shape) for name, tensor in module_of(part, release).state_dict().items()
    }
    if "embedding.symbol.weight" in ours:
        ours.setdefault(TIED, ours["embedding.symbol.weight"])
    wrong = {name for name in ours.keys() | renamed.keys() if ours.get(name) != renamed.get(name)}
    yield Check("shapes", len(wrong), 0, f"{len(ours)} weights")


def _architecture(name: str, release: Json) -> Iterator[Check]:
    """Our table says what the released hyper-parameters say."""
    settings, ours = release["hparams"], released_config(name)
    vqvae = vqvae_from_hparams(settings["vqvae"])
    yield equal("vqvae", ours.vqvae, vqvae)
    for part in release["models"][name]:
        if part != "vqvae":
            prior = prior_from_hparams(settings[part], vqvae)
            yield equal(part, ours.priors[prior.level], prior)


def module_of(part: str, release: Json) -> nn.Module:
    """The module of a released part, without a single weight made."""
    vqvae = vqvae_from_hparams(release["hparams"]["vqvae"])
    with torch.device("meta"):
        if part == "vqvae":
            return VQVAE(vqvae)
        return Prior(prior_from_hparams(release["hparams"][part], vqvae))


def _rows(part: str) -> tuple[dialects.Row, ...]:
    return dialects.VQVAE if part.startswith("vqvae") else dialects.PRIOR


def _shapes(entry: Json) -> dict[str, list[int]]:
    shapes = {name: shape for name, (shape, _) in entry["plain"].items()}
    for row in entry["per_layer"]:
        for first, last in row["layers"]:
            for layer in range(first, last + 1):
                shapes[row["key"].replace("<layer>", str(layer))] = row["shape_dtype"][0]
    return shapes

"""Cases of Hugging Face folders: the same weights as the original's, and the same configuration."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import torch
from torch import Tensor, nn

from engine.catalog import dialects
from engine.catalog.huggingface import to_hf
from engine.catalog.pickles import read_pickle
from engine.catalog.specs import ModelConfig
from engine.catalog.weights import read_folder_state
from engine.parity.case import Case, Check, Json, facts
from engine.parity.runs import GoldenModel, model_beside
from engine.types import Level

_MAPPING = "key_mapping_library_to_original.json"
_WRITTEN_OTHERWISE = {"alignment_layer", "alignment_head", "encoder_config"}
"""What the library does not read, and writes with values of its own."""


def cases(folder: Path) -> Iterator[Case]:
    """All cases of a folder in the library's layout."""
    if not (folder / _MAPPING).is_file():
        return
    yield Case("names", lambda: [_names(facts(folder / _MAPPING))])
    yield Case("weights", lambda: _weights(folder))
    if "prior_config_list" in facts(folder / "config.json"):
        yield Case("configuration", lambda: _configuration(folder))


def _names(pairs_of: Json) -> Check:
    wrong: list[str] = []
    for file, pairs in pairs_of.items():
        rows = dialects.VQVAE if "vqvae" in file else dialects.PRIOR
        from_hf, from_openai = dialects.from_hf(rows), dialects.from_openai(rows)
        wrong += [theirs for theirs, original in pairs.items()
                  if from_hf(_bare(theirs)) != from_openai(original)]  # fmt: skip
    return Check("names", len(wrong), 0, ", ".join(wrong[:3]))


def _bare(name: str) -> str:
    for prefix in (dialects.VQVAE_PREFIX, *(dialects.prior_prefix(level) for level in Level)):
        name = name.removeprefix(prefix)
    return name


def _weights(folder: Path) -> Iterator[Check]:
    model = model_beside(folder.parent, folder.name)
    if "prior_config_list" not in facts(folder / "config.json"):
        yield _fits("prior", model.prior(Level.TOP), _single_prior(folder))
        return
    yield _fits("vqvae", model.vqvae, read_folder_state(folder, "vqvae"))
    for level in Level:
        yield _fits(f"prior {int(level)}", model.prior(level), read_folder_state(folder, level))


def _single_prior(folder: Path) -> Mapping[str, Tensor]:
    """A prior saved by itself has no prefix."""
    rename = dialects.from_hf(dialects.PRIOR)
    state = read_pickle(folder / "pytorch_model.bin")
    named = {rename(name): tensor for name, tensor in state.items() if isinstance(tensor, Tensor)}
    return {name: tensor for name, tensor in named.items() if name != "head.weight"}


def _fits(name: str, module: nn.Module, state: Mapping[str, Tensor]) -> Check:
    ours = module.state_dict()
    wrong = (ours.keys() ^ state.keys()) | {
        key for key in ours.keys() & state.keys() if not torch.equal(ours[key], state[key].float())
    }
    return Check(name, len(wrong), 0, ", ".join(sorted(wrong)[:3]))


def _configuration(folder: Path) -> Iterator[Check]:
    model: GoldenModel = model_beside(folder.parent, folder.name)
    priors = tuple(model.prior_config(level) for level in Level)
    ours = to_hf(ModelConfig(model.vqvae.config, priors))["prior_config_list"]
    theirs = facts(folder / "config.json")["prior_config_list"]
    for number, (mine, other) in enumerate(zip(ours, theirs, strict=True)):
        shared = (mine.keys() & other.keys()) - _WRITTEN_OTHERWISE
        wrong = [key for key in sorted(shared) if mine[key] != other[key]]
        yield Check(f"prior {number}", len(wrong), 0, ", ".join(wrong))

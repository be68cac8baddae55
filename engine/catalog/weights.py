"""Weights in files: read with suspicion, renamed, put in place, and written.

Knows checkpoints and model folders, and any module by the names of its weights. Does not know what
the weights are for. Files come from strangers: pickles are never run, no weight has more dimensions
than there is use for, and a folder's index may name nothing outside the folder.

Source: jukebox specification 7; safetensors and transformers for the folder layout.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeVar, cast

import torch
from huggingface_hub import save_torch_state_dict
from torch import Tensor, nn

from engine.catalog import dialects
from engine.catalog.huggingface import to_hf
from engine.catalog.pickles import reading
from engine.catalog.shards import Pending, write_shards
from engine.catalog.sources import Source, Stored, held, in_pickle, in_safetensors
from engine.catalog.specs import ModelConfig
from engine.errors import ModelError, ModelMissingError
from engine.types import Level

T = TypeVar("T")
State = dict[str, Tensor]
Part = Level | Literal["vqvae"]

_MAX_INDEX_BYTES = 8 << 20
_SHARD_SIZE = "2GB"
_SINGLE_FILES = ("model.safetensors", "pytorch_model.bin")
_TIED, _EMBEDDING = "head.weight", "embedding.symbol.weight"


class Place(NamedTuple):
    """Where a weight goes, and in which type."""

    dtype: torch.dtype
    device: torch.device | str = "cpu"


def open_checkpoint(path: Path) -> Source:
    """The weights of one of OpenAI's `.pth.tar` files, by our names.

    Raises:
        ModelError: the file is missing, broken, or holds no Jukebox model.
    """
    stored = in_pickle(path, "model")
    named = {name.removeprefix("module."): weight for name, weight in stored.items()}
    is_prior = "prior.x_emb.weight" in named
    rename = dialects.from_openai(dialects.PRIOR if is_prior else dialects.VQVAE)
    return _untied({rename(name): weight for name, weight in named.items()})


def open_folder(folder: Path, part: Part) -> Source:
    """The weights of one part of a model folder, by our names.

    Args:
        folder: in Hugging Face's layout, in one file or in shards with an index.
        part: "vqvae", or the level of a prior.

    Raises:
        ModelMissingError: there are no weights, or none of this part.
        ModelError: a file is broken or the index is not to be trusted.
    """
    rows, prefix = _dialect(part)
    rename = dialects.from_hf(rows)
    source: dict[str, Stored] = {}
    for file in _files_with(folder, prefix):
        weights = in_pickle(file) if file.suffix == ".bin" else in_safetensors(file)
        for name, weight in weights.items():
            if name.startswith(prefix):
                source[rename(name.removeprefix(prefix))] = weight
    if not source:
        raise ModelMissingError(
            "The folder “{folder}” holds no weights named “{prefix}…”.",
            folder=folder,
            prefix=prefix,
        )
    return _untied(source)


def read_openai_checkpoint(path: Path) -> State:
    """The weights of `open_checkpoint` in memory, in their stored types."""
    return {name: weight.read() for name, weight in open_checkpoint(path).items()}


def read_folder_state(folder: Path, part: Part) -> State:
    """The weights of `open_folder` in memory, in their stored types."""
    return {name: weight.read() for name, weight in open_folder(folder, part).items()}


def load(module: nn.Module, source: Source, places: Mapping[str, Place]) -> None:
    """Read weights into a module one by one; the source must hold exactly those that it has.

    Memory holds the weights as they come to be, and a buffer of some megabytes.

    Args:
        module: best with weights on the meta device, which then become real.
        source: by the module's own names.
        places: where each goes, and in which type; a weight without a place is left as it is.

    Raises:
        ModelError: a weight is missing, left over or of another shape, or a file is broken.
    """
    wanted = module.state_dict()
    _require_same_names(wanted.keys(), source.keys())
    for name, weight in wanted.items():
        if source[name].shape != tuple(weight.shape):
            sizes = f"{source[name].shape}, not {tuple(weight.shape)}"
            raise ModelError(
                "The weights do not fit: “{name}” has the shape {sizes}.", name=name, sizes=sizes
            )
    loaded = {name: source[name].read(*place) for name, place in places.items()}
    module.load_state_dict(loaded, strict=False, assign=True)


def assign(module: nn.Module, state: Mapping[str, Tensor]) -> None:
    """Put weights that are in memory into a module, in the types that it has.

    Args:
        module: also with weights on the meta device, which then become real.
        state: by the module's own names.

    Raises:
        ModelError: a weight is missing, left over or of another shape.
    """
    places = {name: Place(weight.dtype) for name, weight in module.state_dict().items()}
    load(module, {name: held(tensor) for name, tensor in state.items()}, places)


def write_folder(
    folder: Path,
    config: ModelConfig,
    vqvae: Mapping[str, Tensor],
    priors: Iterable[Mapping[str, Tensor]],
    dtype: torch.dtype = torch.float16,
) -> None:
    """Write a model folder in Hugging Face's layout: `config.json` and safetensors.

    Weights already there are replaced only once the new ones are complete.

    Args:
        vqvae: weights by our names.
        priors: weights of each prior by our names, BOTTOM first.
        dtype: how numbers are stored.

    Raises:
        OSError: the folder cannot be written.
    """
    state = _prefixed(vqvae, dialects.VQVAE, dialects.VQVAE_PREFIX)
    for prior, prior_config in zip(priors, config.priors, strict=True):
        prefix = dialects.prior_prefix(prior_config.level)
        state |= _prefixed(_tied(prior), dialects.PRIOR, prefix)
    stored = {name: held(tensor).read(dtype) for name, tensor in state.items()}
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".new-") as work:
        metadata = {"format": "pt"}
        save_torch_state_dict(stored, work, max_shard_size=_SHARD_SIZE, metadata=metadata)
        Path(work, "config.json").write_text(json.dumps(to_hf(config), indent=1) + "\n")
        for old in folder.glob("model*.safetensors*"):
            old.unlink()
        for new in Path(work).iterdir():
            new.replace(folder / new.name)


def convert_checkpoints(
    folder: Path,
    config: ModelConfig,
    checkpoints: Mapping[Part, Path],
    dtype: torch.dtype = torch.float16,
) -> None:
    """Turn OpenAI's checkpoints into weights in Hugging Face's layout, a shard in memory at a time.

    Stopped and called again, it goes on where it stopped.

    Args:
        folder: that exists.
        checkpoints: the file of each part of the model.
        dtype: how numbers are stored.

    Raises:
        ModelError: a checkpoint is broken or hostile, or the disk has too little room.
        OSError: the folder cannot be written.
    """
    pending: list[Pending] = []
    for part, path in checkpoints.items():
        rows, prefix = _dialect(part)
        rename = dialects.to_hf(rows)
        pending += [
            Pending(prefix + rename(name), weight.shape, dtype, partial(weight.read, dtype))
            for name, weight in _tied(open_checkpoint(path)).items()
        ]
    write_shards(folder, pending)
    (folder / "config.json").write_text(json.dumps(to_hf(config), indent=1) + "\n", "utf-8")


def _dialect(part: Part) -> tuple[tuple[dialects.Row, ...], str]:
    """Rows and prefix of a part's names."""
    if part == "vqvae":
        return dialects.VQVAE, dialects.VQVAE_PREFIX
    return dialects.PRIOR, dialects.prior_prefix(part)


def _prefixed(state: Mapping[str, Tensor], rows: tuple[dialects.Row, ...], prefix: str) -> State:
    rename = dialects.to_hf(rows)
    return {prefix + rename(name): tensor for name, tensor in state.items()}


def _tied(state: Mapping[str, T]) -> dict[str, T]:
    """With the embedding a second time, as both dialects store it where it is also the output."""
    return {_TIED: state[_EMBEDDING], **state} if _EMBEDDING in state else dict(state)


def _untied(source: Source) -> Source:
    """Without an output matrix that is only a copy of the embedding."""
    head, embedding = source.get(_TIED), source.get(_EMBEDDING)
    if head is None or embedding is None or head.shape != embedding.shape:
        return source
    if not torch.equal(head.read(), embedding.read()):
        return source
    return {name: weight for name, weight in source.items() if name != _TIED}


def _require_same_names(wanted: Iterable[str], given: Iterable[str]) -> None:
    missing, extra = sorted(set(wanted) - set(given)), sorted(set(given) - set(wanted))
    if missing or extra:
        example = f"missing “{missing[0]}”" if missing else f"left over “{extra[0]}”"
        raise ModelError(
            "The weights do not fit: {missing} missing, {extra} left over ({example}). They "
            "belong to a model of another architecture.",
            missing=len(missing),
            extra=len(extra),
            example=example,
        )


def _files_with(folder: Path, prefix: str) -> list[Path]:
    """The files that hold weights whose names start with `prefix`."""
    for single in _SINGLE_FILES:
        if (folder / single).is_file():
            return [folder / single]
        index = folder / f"{single}.index.json"
        if index.is_file():
            shards = {shard for name, shard in _weight_map(index) if name.startswith(prefix)}
            return [folder / shard for shard in sorted(shards)]
    raise ModelMissingError(
        "The folder “{folder}” holds no weights ({file}).",
        folder=folder,
        file=_SINGLE_FILES[0],
    )


def _weight_map(index: Path) -> Iterator[tuple[str, str]]:
    """Names and files of an index; a file lies in the index's own folder."""
    with reading(index):
        if index.stat().st_size > _MAX_INDEX_BYTES:
            raise ModelError("The index “{name}” is too large to be one.", name=index.name)
        entries = cast(dict[Any, Any], json.loads(index.read_bytes())["weight_map"]).items()
    for name, shard in entries:
        if not isinstance(shard, str) or not _is_plain_name(shard):
            raise ModelError(
                "The index “{name}” names a file outside its folder: {shard}.",
                name=index.name,
                shard=repr(shard),
            )
        yield str(name), shard


def _is_plain_name(name: str) -> bool:
    return name.endswith((".safetensors", ".bin")) and not set(name) & set("/\\:\0")

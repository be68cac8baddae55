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
from typing import Any, Literal, cast

import torch
from huggingface_hub import save_torch_state_dict
from safetensors import safe_open
from torch import Tensor, nn

from engine.catalog import dialects
from engine.catalog.huggingface import to_hf
from engine.catalog.pickles import MAX_DIMENSIONS, aligned, read_pickle, reading
from engine.catalog.shards import Pending, write_shards
from engine.catalog.specs import ModelConfig
from engine.errors import ModelError, ModelMissingError
from engine.types import Level

State = dict[str, Tensor]
Part = Level | Literal["vqvae"]

_MAX_INDEX_BYTES = 64 << 20
_SHARD_SIZE = "2GB"
_SINGLE_FILES = ("model.safetensors", "pytorch_model.bin")
_TIED, _EMBEDDING = "head.weight", "embedding.symbol.weight"


def read_openai_checkpoint(path: Path) -> State:
    """The weights of one of OpenAI's `.pth.tar` files, by our names, in their stored types.

    Raises:
        ModelError: the file is missing, broken, or holds no Jukebox model.
    """
    checkpoint = read_pickle(path)
    if not isinstance(checkpoint.get("model"), dict):
        raise ModelError(f"“{path.name}” is no Jukebox checkpoint: it holds no entry “model”.")
    state = _tensors(cast(dict[str, object], checkpoint["model"]), path)
    named = {name.removeprefix("module."): tensor for name, tensor in state.items()}
    is_prior = "prior.x_emb.weight" in named
    rename = dialects.from_openai(dialects.PRIOR if is_prior else dialects.VQVAE)
    return _untied({rename(name): tensor for name, tensor in named.items()})


def read_folder_state(folder: Path, part: Part) -> State:
    """The weights of one part of a model folder, by our names, in their stored types.

    Args:
        folder: in Hugging Face's layout, in one file or in shards with an index.
        part: "vqvae", or the level of a prior.

    Raises:
        ModelMissingError: there are no weights, or none of this part.
        ModelError: a file is broken or the index is not to be trusted.
    """
    rows, prefix = _dialect(part)
    rename = dialects.from_hf(rows)
    state: State = {}
    for file in _files_with(folder, prefix):
        for name, tensor in _read_weights(file, prefix):
            state[rename(name.removeprefix(prefix))] = tensor
    if not state:
        raise ModelMissingError(f"The folder “{folder}” holds no weights named “{prefix}…”.")
    return _untied(state)


def assign(
    module: nn.Module, state: Mapping[str, Tensor], dtype: torch.dtype | None = None
) -> None:
    """Put weights in place; they must be exactly those that the module has.

    Args:
        module: also with weights on the meta device, which then become real.
        state: by the module's own names.
        dtype: of the module afterwards; None for the types it has.

    Raises:
        ModelError: a weight is missing, left over or of another shape.
    """
    places = module.state_dict()
    _require_same_names(places.keys(), state.keys())
    cast_state: State = {}
    for name, place in places.items():
        tensor = state[name]
        if tensor.shape != place.shape:
            sizes = f"{tuple(tensor.shape)}, not {tuple(place.shape)}"
            raise ModelError(f"The weights do not fit: “{name}” has the shape {sizes}.")
        cast_state[name] = aligned(tensor.to(dtype or place.dtype))
    module.load_state_dict(cast_state, assign=True)


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
    stored = {name: tensor.detach().cpu().to(dtype).contiguous() for name, tensor in state.items()}
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
        state = _prefixed(_tied(read_openai_checkpoint(path)), rows, prefix)
        pending += [
            Pending(name, tuple(tensor.shape), dtype, partial(aligned, tensor))
            for name, tensor in state.items()
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


def _tied(state: Mapping[str, Tensor]) -> State:
    """With the copy of the embedding that both dialects store where it is also the output."""
    return {_TIED: state[_EMBEDDING].clone(), **state} if _EMBEDDING in state else dict(state)


def _untied(state: State) -> State:
    """Without an output matrix that is only a copy of the embedding."""
    head, embedding = state.get(_TIED), state.get(_EMBEDDING)
    if head is None or embedding is None or not torch.equal(head, embedding):
        return state
    return {name: tensor for name, tensor in state.items() if name != _TIED}


def _require_same_names(wanted: Iterable[str], given: Iterable[str]) -> None:
    missing, extra = sorted(set(wanted) - set(given)), sorted(set(given) - set(wanted))
    if missing or extra:
        example = f"missing “{missing[0]}”" if missing else f"left over “{extra[0]}”"
        raise ModelError(
            f"The weights do not fit: {len(missing)} missing, {len(extra)} left over ({example}). "
            "They belong to a model of another architecture."
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
    raise ModelMissingError(f"The folder “{folder}” holds no weights ({_SINGLE_FILES[0]}).")


def _weight_map(index: Path) -> Iterator[tuple[str, str]]:
    """Names and files of an index; a file lies in the index's own folder."""
    with reading(index):
        if index.stat().st_size > _MAX_INDEX_BYTES:
            raise ModelError(f"The index “{index.name}” is too large to be one.")
        entries = cast(dict[Any, Any], json.loads(index.read_bytes())["weight_map"]).items()
    for name, shard in entries:
        if not isinstance(shard, str) or not _is_plain_name(shard):
            raise ModelError(
                f"The index “{index.name}” names a file outside its folder: {shard!r}."
            )
        yield str(name), shard


def _is_plain_name(name: str) -> bool:
    return name.endswith((".safetensors", ".bin")) and not set(name) & set("/\\:\0")


def _read_weights(file: Path, prefix: str) -> Iterator[tuple[str, Tensor]]:
    """Weights of one file whose names start with `prefix`."""
    if file.suffix == ".bin":
        state = _tensors(read_pickle(file), file)
        yield from ((name, state[name]) for name in state if name.startswith(prefix))
        return
    with reading(file), safe_open(file, framework="pt") as opened:
        for name in cast(list[str], opened.keys()):
            if name.startswith(prefix):
                if len(opened.get_slice(name).get_shape()) > MAX_DIMENSIONS:
                    raise ValueError("a tensor of too many dimensions")
                yield name, cast(Tensor, opened.get_tensor(name))


def _tensors(content: Mapping[str, object], path: Path) -> State:
    state = {str(name): value for name, value in content.items() if isinstance(value, Tensor)}
    if len(state) < len(content) or not state:
        raise ModelError(f"“{path.name}” holds things that are no weights.")
    return state

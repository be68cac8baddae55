"""Turns weights that were found into those of this program, and knows a model by its shapes.

Weights are compared, name by name and shape by shape, before a byte is written; a model is what its
shapes say, and never what a file beside them claims. Loads torch.

Source: jukebox specification 1.3, 3.7 (types of numbers) and 7.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

import torch
from torch import Tensor, nn

from engine.catalog import dialects
from engine.catalog.huggingface import to_hf
from engine.catalog.known import KnownModel
from engine.catalog.shards import Pending, write_shards
from engine.catalog.sources import Source, Stored
from engine.catalog.specs import ModelConfig
from engine.catalog.weights import open_checkpoint, open_folder
from engine.errors import ModelError
from engine.installing.findings import Checkpoints, HubFolder, Part
from engine.installing.progress import Meter, Phase, Report
from engine.nn.prior import Prior
from engine.nn.vqvae import VQVAE
from engine.phrases import Phrase
from engine.types import Level

Sources = Mapping[Part, Source]
Shapes = Mapping[str, tuple[int, ...]]

_PARTS: tuple[Part, ...] = ("vqvae", *Level)
_EMBEDDING, _HEAD = "embedding.symbol.weight", "head.weight"
_PROJECTION = re.compile(r"(?:.+\.)?stack\.layers\.\d+\.(?:attention\.\w+|inner|outer)\.weight")
"""Matrices that the original multiplies in half precision, however they are stored."""


def open_finding(finding: Checkpoints | HubFolder) -> Sources:
    """The weights of each part, by our names; no number is read yet.

    Raises:
        ModelError: a file is broken or hostile, or a part is missing.
    """
    if isinstance(finding, HubFolder):
        return {part: open_folder(finding.folder, part) for part in _PARTS}
    return {part: open_checkpoint(finding.files[part]) for part in _PARTS}


def recognised(sources: Sources, candidates: Sequence[KnownModel], place: Path) -> KnownModel:
    """The model of which these are the weights, exactly.

    Raises:
        ModelError: it is none of the candidates; says what is different in the nearest.
    """
    nearest: Phrase | None = None
    fewest = math.inf
    for known in candidates:
        faults = list(_faults(sources, shapes(known.config)))
        if not faults:
            return known
        if len(faults) < fewest:
            fewest = len(faults)
            nearest = Phrase(
                "“{place}” holds no model that this program knows. It is nearest to {model}, but "
                "{fault}.",
                place=place,
                model=known.id,
                fault=faults[0],
            )
    raise ModelError(
        nearest or Phrase("“{place}” holds no model that this program knows.", place=place)
    )


def shapes(config: ModelConfig) -> Mapping[Part, Shapes]:
    """Names and shapes of all weights that a model has, by part."""
    with torch.device("meta"):
        modules: dict[Part, nn.Module] = {"vqvae": VQVAE(config.vqvae)}
        modules |= {prior.level: Prior(prior) for prior in config.priors}
    return {
        part: {name: tuple(weight.shape) for name, weight in module.state_dict().items()}
        for part, module in modules.items()
    }


def convert(sources: Sources, config: ModelConfig, folder: Path, report: Report) -> None:
    """Write weights into a folder in Hugging Face's layout, one at a time, with `config.json`.

    Stopped and called again, it goes on where it stopped.

    Raises:
        ModelError: a file is broken, or the disk has too little room.
        OSError: the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    weights = [weight for part in _PARTS for weight in _pending(part, sources[part])]
    meter = Meter(report, Phase.CONVERTING, sum(weight.size_bytes for weight in weights))
    write_shards(folder, list(_measured(weights, meter)))
    (folder / "config.json").write_text(json.dumps(to_hf(config), indent=1) + "\n", "utf-8")


def stored_type(name: str, weight: Stored) -> torch.dtype:
    """How a weight is kept: what the original halves is halved, all else stays as it is."""
    if _PROJECTION.fullmatch(name) and weight.dtype == torch.float32:
        return torch.float16
    halves = (torch.float16, torch.bfloat16)
    return weight.dtype if weight.dtype in halves else torch.float32


def _faults(sources: Sources, wanted: Mapping[Part, Shapes]) -> Iterator[Phrase]:
    for part, names in wanted.items():
        source = sources[part]
        title = Phrase("its VQ-VAE")
        if part != "vqvae":
            title = Phrase("its {level} prior", level=part.name)
        for name, shape in names.items():
            if name not in source:
                yield Phrase("{part} lacks “{name}”", part=title, name=name)
            elif source[name].shape != shape:
                yield Phrase(
                    "“{name}” of {part} has the shape {found} and not {wanted}",
                    name=name,
                    part=title,
                    found=source[name].shape,
                    wanted=shape,
                )
        for name in source.keys() - names.keys():
            yield Phrase("{part} has “{name}” too many", part=title, name=name)


def _pending(part: Part, source: Source) -> Iterator[Pending]:
    """Weights of one part by the library's names, the embedding twice where it is the output."""
    rows, prefix = dialects.VQVAE, dialects.VQVAE_PREFIX
    if part != "vqvae":
        rows, prefix = dialects.PRIOR, dialects.prior_prefix(part)
    rename = dialects.to_hf(rows)
    tied = {_HEAD: source[_EMBEDDING]} if _EMBEDDING in source and _HEAD not in source else {}
    for name, weight in {**tied, **source}.items():
        dtype = stored_type(name, weight)
        yield Pending(prefix + rename(name), weight.shape, dtype, partial(weight.read, dtype))


def _measured(weights: Sequence[Pending], meter: Meter) -> Iterator[Pending]:
    """The same weights, of which each tells how far the work is when it is made."""
    before = 0
    for weight in weights:
        before += weight.size_bytes
        yield weight._replace(make=partial(_told, weight, meter, before))


def _told(weight: Pending, meter: Meter, done: int) -> Tensor:
    tensor = weight.make()
    meter.reach(done)
    return tensor

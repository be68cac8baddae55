"""Configurations in the JSON of Hugging Face's Jukebox, as files that people hold: save and load.

What is saved is read back exactly. What others saved is read by the library's rules, its defaults
included; entries of the released models that the hub is known to say wrongly, such as the blocks of
the 5B priors, are set right and told. Nothing here reads weights or runs code.

Source: transformers 4.40.2, configuration of Jukebox; jukebox specification 1 and 8.1.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, cast

from engine.atomic import replacing
from engine.catalog.configs import part_from_json
from engine.catalog.hparams import patterns_for_order
from engine.catalog.huggingface import PATTERN_NAMES, prior_to_hf, to_hf, vqvae_to_hf
from engine.catalog.released import RELEASED, VQVAE, released_config
from engine.catalog.specs import ModelConfig, PriorConfig, VqVaeConfig
from engine.errors import ModelError
from engine.types import Level

Json = dict[str, Any]  # Any: JSON is whatever a file holds until it has been checked.
Config = VqVaeConfig | PriorConfig | ModelConfig
_R = TypeVar("_R")

FILE = "config.json"
_MAX_BYTES = 2**20
_MAX_LAYERS = 4096
_MAX_DOWNS = 16
_LEVELS = len(Level)

_VQVAE_DEFAULTS: Json = {
    "levels": 3, "embed_dim": 64, "nb_discrete_codes": 2048, "res_conv_width": 32,
    "res_conv_depth": 4, "res_convolution_multiplier": 1, "res_dilation_growth_rate": 3,
    "res_dilation_cycle": None, "res_downs_t": [3, 2, 2], "res_strides_t": [2, 2, 2],
    "multipliers": [2, 1, 1], "sampling_rate": 44_100, "reverse_decoder_dilation": True,
}  # fmt: skip
_PRIOR_DEFAULTS: Json = {
    "level": 0, "alignment_head": 2, "alignment_layer": 68, "attention_multiplier": 0.25,
    "attention_pattern": "enc_dec_with_lyrics", "attn_res_scale": False, "blocks": 64,
    "conv_res_scale": None, "num_layers": 72, "encoder_config": None,
    "encoder_loss_fraction": 0.4, "hidden_size": 2048, "init_scale": 0.2,
    "is_encoder_decoder": True, "lyric_vocab_size": 80, "mask": False, "max_duration": 600,
    "max_nb_genres": 1, "merged_decoder": True, "metadata_conditioning": True,
    "metadata_dims": [604, 7898], "min_duration": 0, "mlp_multiplier": 1.0,
    "music_vocab_size": 2048, "n_ctx": 6144, "n_heads": 2, "nb_relevant_lyric_tokens": 384,
    "res_conv_depth": 3, "res_conv_width": 128, "res_convolution_multiplier": 1,
    "res_dilation_cycle": None, "res_dilation_growth_rate": 1, "res_downs_t": [3, 2, 2],
    "res_strides_t": [2, 2, 2], "sampling_rate": 44_100, "spread": None, "timing_dims": 64,
    "zero_out": False,
}  # fmt: skip
"""What the library takes where a file says nothing."""

_SHAPE = ("hidden_size", "num_layers", "n_ctx", "level")
"""Entries by which a released prior is known."""


@dataclass(frozen=True, slots=True)
class Correction:
    """An entry of a file that says of a released model what it is not.

    Attributes:
        entry: such as "prior_0.blocks".
        said, right: what the file says, the library's default where it says nothing; and what is.
    """

    entry: str
    said: object
    right: object

    def __str__(self) -> str:
        return f"{self.entry} is {self.right}, and not {self.said} as the file says."


@dataclass(frozen=True, slots=True)
class Loaded:
    """A configuration read from a file, set right where it was wrong.

    Attributes:
        corrections: what was set right.
    """

    config: Config
    corrections: tuple[Correction, ...]


def save_config(config: Config, path: Path | str) -> Path:
    """Write a configuration, and give the file's path.

    Args:
        path: a file named *.json, or a folder, in which `config.json` is written.

    Raises:
        OSError: it cannot be written.
    """
    file = Path(path)
    if file.suffix != ".json":
        file.mkdir(parents=True, exist_ok=True)
        file = file / FILE
    with replacing(file) as stream:
        stream.write((json.dumps(_entries(config), indent=1) + "\n").encode("utf-8"))
    return file


def load_config(path: Path | str) -> Loaded:
    """Read a configuration of a model, a VQ-VAE or a prior, whichever the file says it is.

    Args:
        path: a file, or a folder with a `config.json`.

    Raises:
        ModelError: it is missing, damaged, or describes nothing that can be built.
    """
    file = Path(path) / FILE if Path(path).is_dir() else Path(path)
    data = _read(file)
    readers: Mapping[object, Callable[[Json], Loaded]] = {
        "jukebox": _model,
        "jukebox_vqvae": lambda entry: Loaded(_vqvae(entry), ()),
        "jukebox_prior": lambda entry: Loaded(*_prior(entry, "prior")),
    }
    reader = readers.get(data.get("model_type"))
    if reader is None:
        raise ModelError(
            "“{name}” configures no Jukebox: it says no model_type of one.", name=file.name
        )
    return _described(lambda: reader(data))


def _entries(config: Config) -> Json:
    match config:
        case ModelConfig():
            return to_hf(config)
        case VqVaeConfig():
            return vqvae_to_hf(config)
        case PriorConfig():
            return prior_to_hf(config, VQVAE)


def _read(file: Path) -> Json:
    try:
        if file.stat().st_size > _MAX_BYTES:
            raise ModelError(
                "“{name}” has more than {most} bytes, too many for this.",
                name=file.name,
                most=_MAX_BYTES,
            )
        content: object = json.loads(file.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise ModelError(
            "The configuration “{file}” cannot be read: {error}.", file=file, error=error
        ) from error
    if not isinstance(content, dict):
        raise ModelError("“{name}” holds no configuration.", name=file.name)
    return cast(Json, content)


def _described(read: Callable[[], _R]) -> _R:
    try:
        return read()
    except (KeyError, IndexError, TypeError, ValueError, ArithmeticError, AttributeError) as error:
        raise ModelError("The configuration describes no model: {error}", error=error) from error


def _model(data: Json) -> Loaded:
    listed = data.get("prior_config_list")
    priors = listed or [data[f"prior_{number}"] for number in range(_LEVELS)]
    if not isinstance(priors, list) or len(cast(list[object], priors)) != _LEVELS:
        raise ModelError(
            "A model has {levels} priors; the configuration lists others.", levels=_LEVELS
        )
    read = [_prior(entry, f"prior_{n}") for n, entry in enumerate(cast(list[Json], priors))]
    rate = {"sampling_rate": data.get("sampling_rate", 44_100)}
    vqvae = _vqvae(rate | cast(Json, data.get("vqvae_config") or {}))
    config = ModelConfig(vqvae, tuple(prior for prior, _ in reversed(read)))
    return Loaded(config, tuple(each for _, corrections in read for each in corrections))


def _vqvae(entry: Json) -> VqVaeConfig:
    said = _VQVAE_DEFAULTS | entry
    parts: Json = {
        "sample_rate": said["sampling_rate"],
        "downs": said["res_downs_t"],
        "strides": said["res_strides_t"],
        "embedding_width": said["embed_dim"],
        "codebook_size": said["nb_discrete_codes"],
        "width": said["res_conv_width"],
        "depth": said["res_conv_depth"],
        "multipliers": said["multipliers"],
        "hidden_factor": said["res_convolution_multiplier"],
        "dilation_growth": said["res_dilation_growth_rate"],
        "dilation_cycle": said["res_dilation_cycle"],
        "reverse_decoder_dilation": said["reverse_decoder_dilation"],
    }
    return part_from_json(VqVaeConfig, parts, "vqvae_config")


def _prior(entry: Json, name: str) -> tuple[PriorConfig, tuple[Correction, ...]]:
    said = _PRIOR_DEFAULTS | entry
    twin = _released_twin(said)
    if twin is not None:
        return twin, tuple(_wrong(said, twin, name))
    return part_from_json(PriorConfig, _prior_parts(said), name), ()


def _released_twin(said: Json) -> PriorConfig | None:
    """The released prior that has this shape."""
    for model in RELEASED:
        for prior in released_config(model).priors:
            entries = prior_to_hf(prior, VQVAE)
            if all(said[key] == entries[key] for key in _SHAPE):
                return prior
    return None


def _wrong(said: Json, prior: PriorConfig, name: str) -> Iterator[Correction]:
    right = prior_to_hf(prior, VQVAE)
    for key in sorted(right.keys() & _PRIOR_DEFAULTS.keys() - _unused(prior)):
        if key == "encoder_config" and right[key] is not None:
            there = _PRIOR_DEFAULTS | (cast(Json, said[key]) or {})
            for inner in sorted(right[key].keys() & _PRIOR_DEFAULTS.keys()):
                if there[inner] != right[key][inner]:
                    yield Correction(f"{name}.{key}.{inner}", there[inner], right[key][inner])
        elif said[key] != right[key]:
            yield Correction(f"{name}.{key}", said[key], right[key])


def _unused(prior: PriorConfig) -> set[str]:
    """Entries that mean nothing for a prior, so that whatever they say is right."""
    unused: set[str] = set()
    if prior.lyrics is None:
        unused |= {"lyric_vocab_size", "encoder_loss_fraction", "alignment_layer", "alignment_head"}
    if prior.conditioner is None:
        unused |= {"res_downs_t", "res_strides_t"}
    return unused


def _prior_parts(said: Json) -> Json:
    """Entries of the library as those of our JSON."""
    number = said["level"]
    if type(number) is not int or not 0 <= number < _LEVELS:
        raise ModelError(
            "A prior has a level from 0 (top) to 2, not {number}.", number=repr(number)
        )
    tokens, separate = said["nb_relevant_lyric_tokens"], said["encoder_config"]
    sung = tokens if said["is_encoder_decoder"] else 0
    stack = _stack(said, said["n_ctx"] + sung)
    stack |= {"lyric_length": sung, "encoder_length": tokens if separate else 0}
    return {
        "level": Level(Level.TOP - number).name.lower(),
        "sample_rate": said["sampling_rate"],
        "hop": said.get("hop") or _hop(said, number),
        "context": said["n_ctx"],
        "codebook_size": said["music_vocab_size"],
        "transformer": stack,
        "merged_decoder": said["merged_decoder"],
        "labels": _labels(said, top=number == 0) if said["metadata_conditioning"] else None,
        "lyrics": _lyrics(said) if tokens else None,
        "conditioner": _conditioner(said, number) if number else None,
        "half_matrices": said.get("half_matrices", said["merged_decoder"]),
        "pulse": said.get("pulse", 1),
    }


def _stack(said: Json, length: int) -> Json:
    return {
        "length": length,
        "width": said["hidden_size"],
        "depth": said["num_layers"],
        "heads": said["n_heads"],
        "blocks": said["blocks"],
        "patterns": _patterns(said),
        "attention_factor": said["attention_multiplier"],
        "mlp_factor": said["mlp_multiplier"],
        "res_scale": said["attn_res_scale"],
        "tail_length": said["spread"] or 1,
        "init_scale": said["init_scale"],
        "zero_out": said["zero_out"],
    }


def _patterns(said: Json) -> list[str]:
    depth = said["num_layers"]
    if type(depth) is not int or not 0 < depth <= _MAX_LAYERS:
        raise ModelError(
            "A stack has 1 to {most} layers, not {depth}.",
            most=_MAX_LAYERS,
            depth=repr(depth),
        )
    if "attention_layers" in said:
        return said["attention_layers"]
    orders = {name: order for order, name in PATTERN_NAMES.items()}
    if said["attention_pattern"] not in orders:
        raise ModelError(
            "There is no attention pattern “{pattern}”.",
            pattern=str(said["attention_pattern"])[:64],
        )
    layers = patterns_for_order(orders[said["attention_pattern"]], depth)
    return [pattern.name.lower() for pattern in layers]


def _hop(said: Json, number: int) -> int:
    """Samples per code, as the library counts them."""
    stages = list(zip(said["res_downs_t"], said["res_strides_t"], strict=True))
    below = stages[: _LEVELS - number]
    if not all(0 <= down <= _MAX_DOWNS and 1 <= stride <= _MAX_DOWNS for down, stride in below):
        raise ModelError("The stages {stages} of the configuration make no hop.", stages=stages)
    return math.prod(stride**down for down, stride in below)


def _labels(said: Json, *, top: bool) -> Json:
    genres, artists = said["metadata_dims"]
    newer = [genres, artists] == [604, 7898]
    timing: Json = {
        "bins": said["timing_dims"],
        "min_seconds": said["min_duration"],
        "max_seconds": said["max_duration"],
    }
    return {
        "version": said.get("label_version", "v3" if newer else "v2"),
        "genres": genres,
        "artists": artists,
        "max_genres": said["max_nb_genres"],
        "timing": timing if top else None,
    }


def _lyrics(said: Json) -> Json:
    encoder = said["encoder_config"]
    if encoder:
        encoder = _stack(_PRIOR_DEFAULTS | cast(Json, encoder), said["nb_relevant_lyric_tokens"])
    # The library never reads these two, and writes those of another model where nobody set them.
    layer, head = said["alignment_layer"], said["alignment_head"]
    usable = layer < said["num_layers"] and head < said["n_heads"]
    return {
        "tokens": said["nb_relevant_lyric_tokens"],
        "vocabulary_size": said["lyric_vocab_size"],
        "encoder": encoder or None,
        "loss_fraction": said["encoder_loss_fraction"],
        "alignment_layer": layer if usable else 0,
        "alignment_head": head if usable else 0,
    }


def _conditioner(said: Json, number: int) -> Json:
    return {
        "downs": said["res_downs_t"][number],
        "stride": said["res_strides_t"][number],
        "width": said["res_conv_width"],
        "depth": said["res_conv_depth"],
        "hidden_factor": said["res_convolution_multiplier"],
        "dilation_growth": said["res_dilation_growth_rate"],
        "dilation_cycle": said["res_dilation_cycle"],
        "res_scale": bool(said["conv_res_scale"]),
    }

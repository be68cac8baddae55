"""What a weight is called: by us, by OpenAI's checkpoints, by Hugging Face's Jukebox.

A table of names with numbered places, and nothing else: no tensors, no files.

Source: jukebox specification 7.2 and 7.3.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from engine.errors import ModelError

VQVAE_PREFIX = "vqvae."
"""Stands before the autoencoder's names in a Hugging Face folder."""


def prior_prefix(level: int) -> str:
    """Stands before a prior's names in a Hugging Face folder, which counts from the top level."""
    return f"priors.{2 - level}."


class Row(NamedTuple):
    """One group of weights in three dialects; `{2i+1}` is a number made of a counted place i."""

    ours: str
    openai: str
    hf: str


_PLACE = re.compile(r"\{(\d*)([a-zA-Z])(?:\+(\d+))?\}")


@dataclass(frozen=True, slots=True)
class _Place:
    name: str
    factor: int
    offset: int

    def parsed(self, number: int) -> int | None:
        """The place that a written number stands for, if it is one of this kind."""
        place, rest = divmod(number - self.offset, self.factor)
        return place if rest == 0 and place >= 0 else None


class _Template:
    """A name with places, to be recognised or written."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._places = [_Place(m[2], int(m[1] or 1), int(m[3] or 0)) for m in _PLACE.finditer(text)]
        literals = re.split(r"\{[^}]*\}", text)
        self._pattern = re.compile(r"(\d{1,4})".join(map(re.escape, literals)), re.ASCII)

    def read(self, name: str) -> dict[str, int] | None:
        """The places in a name, or None where it is another."""
        match = self._pattern.fullmatch(name)
        if match is None:
            return None
        places: dict[str, int] = {}
        for place, number in zip(self._places, match.groups(), strict=True):
            parsed = place.parsed(int(number))
            if parsed is None:
                return None
            places[place.name] = parsed
        return places

    def write(self, places: Mapping[str, int]) -> str:
        """The name with its places filled in."""
        written = {
            place.name: place.factor * places[place.name] + place.offset for place in self._places
        }
        return _PLACE.sub(lambda match: str(written[match[2]]), self._text)


class Renaming:
    """From the names of one dialect to those of another."""

    def __init__(self, pairs: tuple[tuple[str, str], ...]) -> None:
        self._pairs = [(_Template(source), _Template(target)) for source, target in pairs]

    def __call__(self, name: str) -> str:
        """The other dialect's name.

        Raises:
            ModelError: there is no such weight.
        """
        for source, target in self._pairs:
            places = source.read(name)
            if places is not None:
                return target.write(places)
        raise ModelError(
            "The model holds a weight that no Jukebox model has: “{name}”.", name=name[:100]
        )


def _both(*rows: Row) -> tuple[Row, ...]:
    """Rows for the weight and the bias of each; OpenAI's projections call them w and b."""
    leaves = (("weight", "w"), ("bias", "b"))
    return tuple(
        Row(
            f"{row.ours}.{leaf}",
            row.openai.replace("?", short) if "?" in row.openai else f"{row.openai}.{leaf}",
            f"{row.hf}.{leaf}",
        )
        for row in rows
        for leaf, short in leaves
    )


def _stack(ours: str, theirs: str, hf: str) -> tuple[Row, ...]:
    """The layers of a transformer."""
    theirs, hf = f"{theirs}.transformer._attn_mods.{{l}}", f"{hf}.transformer._attn_mods.{{l}}"
    ours = f"{ours}.layers.{{l}}"
    return _both(
        Row(f"{ours}.attention_norm", f"{theirs}.ln_0", f"{hf}.layer_norm_0"),
        Row(f"{ours}.attention.inp", f"{theirs}.attn.c_attn.?", f"{hf}.attn.c_attn"),
        Row(f"{ours}.attention.lyrics", f"{theirs}.attn.c_enc_kv.?", f"{hf}.attn.c_enc_kv"),
        Row(f"{ours}.attention.out", f"{theirs}.attn.c_proj.?", f"{hf}.attn.c_proj"),
        Row(f"{ours}.mlp_norm", f"{theirs}.ln_1", f"{hf}.layer_norm_1"),
        Row(f"{ours}.inner", f"{theirs}.mlp.c_fc.?", f"{hf}.mlp.c_fc"),
        Row(f"{ours}.outer", f"{theirs}.mlp.c_proj.?", f"{hf}.mlp.c_proj"),
    )


_ENCODER = "encoders.{L}.level_blocks.{s}"
_DECODER = "decoders.{L}.level_blocks.{s}"
_OUR_ENCODER = "levels.{L}.encoder.stages.{s}"
_OUR_DECODER = "levels.{L}.decoder.stages.{s}"

VQVAE: tuple[Row, ...] = (
    *_both(
        Row(f"{_OUR_ENCODER}.downs.{{i}}.conv", f"{_ENCODER}.model.{{i}}.0",
            f"{_ENCODER}.downsample_block.{{2i}}"),
        Row(f"{_OUR_ENCODER}.downs.{{i}}.res.{{r}}.dilated",
            f"{_ENCODER}.model.{{i}}.1.model.{{r}}.model.1",
            f"{_ENCODER}.downsample_block.{{2i+1}}.resnet_block.{{r}}.conv1d_1"),
        Row(f"{_OUR_ENCODER}.downs.{{i}}.res.{{r}}.point",
            f"{_ENCODER}.model.{{i}}.1.model.{{r}}.model.3",
            f"{_ENCODER}.downsample_block.{{2i+1}}.resnet_block.{{r}}.conv1d_2"),
        Row(f"{_OUR_ENCODER}.out", f"{_ENCODER}.model.{{n}}", f"{_ENCODER}.proj_out"),
        Row(f"{_OUR_DECODER}.inp", f"{_DECODER}.model.0", f"{_DECODER}.proj_in"),
        Row(f"{_OUR_DECODER}.ups.{{i}}.res.{{r}}.dilated",
            f"{_DECODER}.model.{{i+1}}.0.model.{{r}}.model.1",
            f"{_DECODER}.upsample_block.{{2i}}.resnet_block.{{r}}.conv1d_1"),
        Row(f"{_OUR_DECODER}.ups.{{i}}.res.{{r}}.point",
            f"{_DECODER}.model.{{i+1}}.0.model.{{r}}.model.3",
            f"{_DECODER}.upsample_block.{{2i}}.resnet_block.{{r}}.conv1d_2"),
        Row(f"{_OUR_DECODER}.ups.{{i}}.deconv", f"{_DECODER}.model.{{i+1}}.1",
            f"{_DECODER}.upsample_block.{{2i+1}}"),
        Row("levels.{L}.decoder.out", "decoders.{L}.out", "decoders.{L}.out"),
    ),
    Row("levels.{L}.codebook.vectors", "bottleneck.level_blocks.{L}.k",
        "bottleneck.level_blocks.{L}.codebook"),
)  # fmt: skip
"""Every weight of the autoencoder."""

_UPPER = "conditioner_blocks.0"
_HF_UPPER = "conditioner_blocks.upsampler"

PRIOR: tuple[Row, ...] = (
    Row("embedding.symbol.weight", "prior.x_emb.weight", "prior.embed_tokens.weight"),
    Row("embedding.place", "prior.pos_emb.pos_emb", "prior.pos_emb.pos_emb"),
    Row("head.weight", "prior.x_out.weight", "prior.fc_proj_out.weight"),
    Row("start", "prior.start_token", "prior.start_token"),
    *_stack("stack", "prior", "prior"),
    Row("labels.genre.weight", "y_emb.bow_genre_emb.emb.weight",
        "metadata_embedding.bow_genre_emb.weight"),
    Row("labels.artist.weight", "y_emb.artist_emb.emb.weight",
        "metadata_embedding.artist_emb.weight"),
    *(
        Row(f"labels.timing.{ours}.weight", f"y_emb.{theirs}_emb.emb.weight",
            f"metadata_embedding.{theirs}_emb.emb.weight")
        for ours, theirs in (
            ("total", "total_length"), ("absolute", "absolute_pos"), ("relative", "relative_pos"),
        )
    ),
    Row("conditioner.embedding.weight", f"{_UPPER}.x_emb.weight",
        "conditioner_blocks.embed_tokens.weight"),
    *_both(
        Row("conditioner.inp", f"{_UPPER}.cond.model.0", f"{_HF_UPPER}.proj_in"),
        Row("conditioner.stages.{i}.res.{r}.dilated",
            f"{_UPPER}.cond.model.{{i+1}}.0.blocks.{{r}}.model.1",
            f"{_HF_UPPER}.upsample_block.{{2i}}.resnet_block.{{r}}.conv1d_1"),
        Row("conditioner.stages.{i}.res.{r}.point",
            f"{_UPPER}.cond.model.{{i+1}}.0.blocks.{{r}}.model.3",
            f"{_HF_UPPER}.upsample_block.{{2i}}.resnet_block.{{r}}.conv1d_2"),
        Row("conditioner.stages.{i}.deconv", f"{_UPPER}.cond.model.{{i+1}}.1",
            f"{_HF_UPPER}.upsample_block.{{2i+1}}"),
        Row("conditioner.norm", f"{_UPPER}.ln", "conditioner_blocks.layer_norm"),
    ),
    Row("lyrics.start", "prime_prior.start_token", "encoder.start_token"),
    Row("lyrics.embedding.symbol.weight", "prime_prior.x_emb.weight",
        "encoder.embed_tokens.weight"),
    Row("lyrics.embedding.place", "prime_prior.pos_emb.pos_emb", "encoder.pos_emb.pos_emb"),
    *_stack("lyrics.stack", "prime_prior", "encoder"),
    *_both(
        Row("lyrics.projection", "prime_state_proj.?", "encoder.proj_in"),
        Row("lyrics.norm", "prime_state_ln", "encoder.final_layer_norm"),
    ),
    Row("lyrics.head.weight", "prime_x_out.weight", "encoder.lm_head.weight"),
)  # fmt: skip
"""Every weight that a prior may have."""


def from_openai(rows: tuple[Row, ...]) -> Renaming:
    """From OpenAI's names to ours."""
    return Renaming(tuple((row.openai, row.ours) for row in rows))


def from_hf(rows: tuple[Row, ...]) -> Renaming:
    """From Hugging Face's names, without prefix, to ours."""
    return Renaming(tuple((row.hf, row.ours) for row in rows))


def to_hf(rows: tuple[Row, ...]) -> Renaming:
    """From our names to Hugging Face's, without prefix."""
    return Renaming(tuple((row.ours, row.hf) for row in rows))

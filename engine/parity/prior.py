"""Cases of a prior: what it hears, what it foretells, where it looks, and what it is told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from statistics import fmean

import torch
from safetensors.torch import load_file
from torch import Tensor

from engine.catalog.specs import Pattern, PriorConfig
from engine.nn.conditioning import Conditioning, LabelBatch
from engine.nn.prior import Prior, PriorOutput
from engine.parity.case import Case, Check, Json, close, equal, facts, near
from engine.parity.models import (
    OffsetLabels,
    batch_of,
    holds_prior,
    new_prior,
    prior_config,
    prior_of,
)
from engine.sampling.alignment import lyric_attention

HALF_TOLERANCE = 0.1
_LOSSES = "loss", "gen_loss", "prime_loss"

Data = Mapping[str, Tensor]


def cases(folder: Path) -> Iterator[Case]:
    """All cases of a folder that holds a prior, but for sampling."""
    if not holds_prior(folder):
        return
    meta, data = facts(folder / "meta.json"), load_file(folder / "io.safetensors")
    if any(name.startswith("cond.") for name in data):
        yield Case("conditions", lambda: _conditions(prior_of(folder), data))
    yield Case("forward", lambda: _forward(prior_of(folder), data, meta))
    yield Case("states", lambda: _states(prior_of(folder), data, meta))
    yield Case("attention", lambda: _attention(prior_of(folder), data, meta))
    if "fwd_fp16.logits" in data:
        yield Case("half precision", lambda: _half(folder, data))
    if meta.get("label_y_initial"):
        yield Case("labels", lambda: _labels(prior_config(folder), meta))


class Window:
    """A prior with the inputs of one golden window."""

    def __init__(self, prior: Prior, data: Data) -> None:
        self.prior, self.codes, self.upper = prior, data["in.z"], data.get("in.z_cond")
        self.labels = batch_of(prior.config, data.get("in.y"))

    def item(self, number: int) -> Window:
        """One item by itself."""
        part = slice(number, number + 1)
        alone = Window.__new__(Window)
        alone.prior, alone.codes = self.prior, self.codes[part]
        alone.upper = None if self.upper is None else self.upper[part]
        alone.labels = None if self.labels is None else _rows(self.labels, part)
        return alone

    def conditioning(self) -> Conditioning:
        """What the window is conditioned on."""
        with torch.inference_mode():
            return self.prior.condition(self.labels, self.upper)

    def output(self) -> PriorOutput:
        """What the prior makes of the codes."""
        with torch.inference_mode():
            return self.prior(self.codes, self.labels, self.upper)


def _rows(labels: LabelBatch, part: slice) -> LabelBatch:
    lyrics = None if labels.lyrics is None else labels.lyrics[part]
    total, offset, length, artist, genres = (tensor[part] for tensor in labels[:5])
    return LabelBatch(total, offset, length, artist, genres, lyrics)


def _conditions(prior: Prior, data: Data) -> Iterator[Check]:
    ours = heard(Window(prior, data))
    for name in sorted(key for key in data if key.startswith("cond.") and key in ours):
        yield close(name, ours[name], data[name])


def heard(window: Window) -> Data:
    """What a prior hears in a window, by the names of the recordings."""
    prior, conditioning = window.prior, window.conditioning()
    lyrics = None if window.labels is None else window.labels.lyrics
    ours: dict[str, Tensor] = {}
    if prior.labels is not None:
        ours["cond.y_cond"] = conditioning.start
    if conditioning.positions is not None:
        ours["cond.x_cond"] = conditioning.positions[:, prior.config.lyrics_in_sequence :]
    if lyrics is not None:
        ours["cond.lyric_tokens"] = lyrics
    if prior.lyrics is not None and lyrics is not None and conditioning.lyric_states is not None:
        ours["cond.encoder_kv"] = conditioning.lyric_states
        with torch.inference_mode():
            ours["cond.lyric_encoder_out"] = prior.lyrics.encode(lyrics)
            ours["fwd.lyric_logits"] = prior.lyrics.logits(conditioning.lyric_states)
    return ours


def _forward(prior: Prior, data: Data, meta: Json) -> Iterator[Check]:
    window = Window(prior, data)
    output = window.output()
    yield close("fwd.logits", output.logits, data["fwd.logits"])
    if "fwd.lyric_logits" in data:
        yield close("fwd.lyric_logits", heard(window)["fwd.lyric_logits"], data["fwd.lyric_logits"])
    items = meta.get("loss_per_item", [])
    yield from _batch_losses(output, meta.get("loss_batch"), items)
    for item, recorded in enumerate(items):
        yield from _losses(f"loss of item {item}", window.item(item).output(), recorded)


def _batch_losses(output: PriorOutput, recorded: object, items: list[Json]) -> Iterator[Check]:
    """Where the original cannot take this batch (8.2, O7), its intent is the mean of the items."""
    if isinstance(recorded, dict):
        yield from _losses("loss_batch", output, recorded)
    elif items:
        mean = {name: fmean(item[name] for item in items) for name in _LOSSES}
        yield from _losses("loss_batch as intended", output, mean, f"the original: {recorded}")


def _losses(name: str, output: PriorOutput, recorded: Json, note: str = "") -> Iterator[Check]:
    lyric_loss = 0.0 if output.lyric_loss is None else output.lyric_loss.item()
    yield near(f"{name}.loss", output.loss.item(), recorded["loss"], note)
    yield near(f"{name}.gen_loss", output.music_loss.item(), recorded["gen_loss"], note)
    if recorded["prime_loss"] or lyric_loss:
        yield near(f"{name}.prime_loss", lyric_loss, recorded["prime_loss"], note)


def _states(prior: Prior, data: Data, meta: Json) -> Iterator[Check]:
    window = Window(prior, data).item(meta["hidden_item"])
    conditioning = window.conditioning()
    with torch.inference_mode():
        for number, state in enumerate(prior.states(window.codes, conditioning)):
            if f"fwd.hidden.{number}" in data:
                yield close(f"fwd.hidden.{number}", state, data[f"fwd.hidden.{number}"])


def _attention(prior: Prior, data: Data, meta: Json) -> Iterator[Check]:
    window = Window(prior, data)
    alone = window.item(meta["hidden_item"])
    conditioning = alone.conditioning()
    for layer in map(int, meta["attn_layers"]):
        with torch.inference_mode():
            weights = prior.attention(alone.codes, conditioning, layer)
        folded = as_recorded(weights, prior.config, prior.config.transformer.patterns[layer])
        yield close(f"attn.layer_{layer}", folded, data[f"attn.layer_{layer}"])
    if "align.window" in data:
        with torch.inference_mode():
            seen = lyric_attention(prior, window.codes, window.conditioning())
        yield close("align.window", seen, data["align.window"])


def as_recorded(weights: Tensor, config: PriorConfig, pattern: Pattern) -> Tensor:
    """(1, heads, time, keys) weights as the original's layer has them, blocks beside each other."""
    if pattern in (Pattern.DENSE, Pattern.CROSS):
        return weights
    if pattern is Pattern.LYRICS:
        sung = config.lyrics_in_sequence
        return weights[:, :, sung:, :sung]
    stack = config.transformer
    grid = weights[0].unflatten(2, (stack.blocks, -1)).unflatten(1, (stack.blocks, -1))
    numbers = torch.arange(stack.blocks)
    if pattern is Pattern.BLOCK:
        return grid[:, numbers, :, numbers]
    if pattern is Pattern.COLUMN:
        return torch.diagonal(grid, dim1=2, dim2=4).permute(3, 0, 1, 2)
    if pattern is Pattern.PREVIOUS_BLOCK:
        nothing = torch.full_like(grid[:, 0, :, 0], 1 / stack.block_length)
        return torch.cat((nothing[None], grid[:, numbers[1:], :, numbers[:-1]]))
    tail = stack.tail_length if pattern is Pattern.BLOCK_TAILS else 1
    seen = grid[..., :-1, -tail:].flatten(-2).flatten(1, 2)
    zeros = (1 - seen.sum(-1, keepdim=True)) / tail
    return torch.cat((zeros.expand(-1, -1, tail), seen), dim=-1)[None]


def _half(folder: Path, data: Data) -> Iterator[Check]:
    prior = new_prior(folder)
    prior.set_compute_dtype(torch.float16)
    logits, recorded = Window(prior, data).item(0).output().logits, data["fwd_fp16.logits"]
    difference = (logits - recorded).abs().max().item()
    yield Check("fwd_fp16.logits", difference, HALF_TOLERANCE, "absolute, a sanity check")


def _labels(config: PriorConfig, meta: Json) -> Iterator[Check]:
    texts = meta.get("label_info") or [{"lyrics": ""}] * meta["n_items"]
    items = zip(meta["label_y_initial"], meta["y_window"], strict=True)
    for item, (y, wanted) in enumerate(items):
        labels = OffsetLabels(y, texts[item]["lyrics"], config)
        window = labels.window(meta["window_start_tokens"])
        yield equal(f"y of item {item}", labels.asked[-1], wanted)
        if config.lyrics is not None:
            indices = meta["lyric_indices_window"][item]
            yield equal(f"lyric indices of item {item}", list(window.lyric_indices), indices)

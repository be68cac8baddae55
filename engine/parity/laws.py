"""Cases without a model: stacks of every attention order, filters, time, and where windows lie."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor

from engine.catalog import dialects
from engine.catalog.hparams import patterns_for_order
from engine.catalog.specs import (
    LabelConfig,
    LabelVersion,
    Pattern,
    PriorConfig,
    TimingConfig,
    TransformerConfig,
)
from engine.catalog.weights import assign
from engine.nn.conditioning import LabelBatch, TimingEmbedding
from engine.nn.transformer import Transformer
from engine.parity.case import Case, Check, Json, close, equal, facts, worst
from engine.sampling.plan import level_windows, window_starts
from engine.steps.drawing import filtered
from engine.types import Level

_BINS = "total_bin", "absolute_bins", "relative_bins"


def cases(folder: Path) -> Iterator[Case]:
    """All cases of a folder that holds such laws."""
    if (folder / "attn_orders.json").is_file():
        for order, entry in facts(folder / "attn_orders.json")["orders"].items():
            yield Case(f"attn_orders/{order}", lambda o=order, e=entry: _order(folder, o, e))
    if (folder / "filter_logits.json").is_file():
        yield Case("filter_logits", lambda: _filters(folder))
    if (folder / "timing_bins.json").is_file():
        yield Case("timing_bins", lambda: [_timing(facts(folder / "timing_bins.json"))])
    if (folder / "windows.json").is_file():
        yield Case("windows", lambda: _windows(facts(folder / "windows.json")))


def _order(folder: Path, order: str, entry: Json) -> Iterator[Check]:
    prefix = f"order{order}."
    tensors = {
        name.removeprefix(prefix): tensor
        for name, tensor in load_file(folder / "attn_orders.safetensors").items()
        if name.startswith(prefix)
    }
    patterns = patterns_for_order(int(order), entry["n_depth"])
    yield equal("patterns", list(patterns), entry["attn_func_per_layer"])
    stack = _stack(patterns, entry, tensors)
    x, lyrics, recorded = tensors["x"], tensors.get("encoder_kv"), tensors["out"]
    with torch.inference_mode():
        yield close("whole", stack(x, lyrics), recorded)
        for size in (1, 7, stack.config.block_length, stack.config.length):
            cache = stack.new_cache(x.shape[0])
            if lyrics is not None:
                stack.listen(lyrics, cache)
            parts = [stack.extend(part, cache) for part in x.split(size, dim=1)]
            yield close(f"in chunks of {size}", torch.cat(parts, 1), recorded)


def _stack(
    patterns: tuple[Pattern, ...], entry: Json, tensors: Mapping[str, Tensor]
) -> Transformer:
    stack = Transformer(
        TransformerConfig(
            entry["n_ctx"],
            entry["n_in"],
            entry["n_depth"],
            entry["n_head"],
            entry["blocks"] or 1,
            patterns,
            attention_factor=entry["m_attn"],
            mlp_factor=entry["m_mlp"],
            res_scale=entry["res_scale"],
            encoder_length=entry["encoder_dims"],
            lyric_length=entry["prime_len"],
            tail_length=entry["spread"] or 1,
        )
    )
    rename = dialects.from_openai(dialects.PRIOR)
    named = {
        rename(name.replace("weights", "prior.transformer")).removeprefix("stack."): tensor
        for name, tensor in tensors.items()
        if name.startswith("weights")
    }
    assign(stack, named)
    return stack


def _filters(folder: Path) -> Iterator[Check]:
    tensors = load_file(folder / "filter_logits.safetensors")
    logits = tensors["logits"].squeeze(1)
    for number, entry in facts(folder / "filter_logits.json")["cases"].items():
        ours = filtered(logits / entry["temp"], entry["top_k"], entry["top_p"])
        recorded = tensors[f"out.{number}"].squeeze(1)
        kept = int((ours.isfinite() != recorded.isfinite()).sum())
        yield Check(f"which are kept, {number}", kept, 0)
        yield close(f"values, {number}", ours.nan_to_num(neginf=0), recorded.nan_to_num(neginf=0))


def _timing(entries: list[Json]) -> Check:
    """Where the original stops with an error, only what it got to is compared."""
    wrong = [number for number, entry in enumerate(entries) if not _same_timing(entry)]
    stopped = sum(any(isinstance(entry[name], str) for name in _BINS) for entry in entries)
    note = f"{len(entries)} windows, in {stopped} of which the original stops with an error"
    return Check("bins", len(wrong), 0, note)


def _same_timing(entry: Json) -> bool:
    ours = timing_of(entry)
    return all(isinstance(entry[name], str) or entry[name] == ours[name] for name in _BINS)


def timing_of(entry: Json) -> Json:
    """Time as a prior is told it in a window: rows of its tables, the long ones run by run."""
    times = [torch.tensor([entry[name]]) for name in ("total_length", "offset", "length")]
    nobody = torch.zeros(1, dtype=torch.int64)
    labels = LabelBatch(times[0], times[1], times[2], nobody, nobody.unsqueeze(1), None)
    total, absolute, relative = _embedding(entry).rows(labels)
    return {
        "total_bin": total.item(),
        "absolute_bins": _run_lengths(absolute[0]),
        "relative_bins": _run_lengths(relative[0]),
    }


def _embedding(entry: Json) -> TimingEmbedding:
    timing = TimingConfig(entry["t_bins"], entry["min_duration"], entry["max_duration"])
    labels = LabelConfig(LabelVersion.V2, 1, 1, 1, timing)
    stack = TransformerConfig(entry["n_ctx"], 1, 1, 1, 1, (Pattern.DENSE,), attention_factor=1)
    config = PriorConfig(Level.TOP, entry["sr"], 128, entry["n_ctx"], 1, stack, labels=labels)
    return TimingEmbedding(config, labels)


def _run_lengths(rows: Tensor) -> list[list[int]]:
    values = rows.tolist()
    return [[i, v] for i, v in enumerate(values) if i == 0 or values[i - 1] != v]


def _windows(recorded: Json) -> Iterator[Check]:
    starts = recorded["window_starts"]
    yield worst(
        f"{len(starts)} window starts",
        [
            equal(
                str(e), window_starts(e["total_length"], e["n_ctx"], e["hop_length"]), e["starts"]
            )
            for e in starts
        ],
    )
    for entry in recorded["short_request_plan"]:
        yield _short_request(entry)


def _short_request(entry: Json) -> Check:
    """The original samples as much as is asked for on top of what is there (8.2, O3).

    Asked for that sum from where its window starts, we plan the same window.
    """
    there, new, first = (
        entry[name] for name in ("tokens_already_there", "new_tokens", "window_start")
    )
    windows = level_windows(first, there, there + new, entry["n_ctx"], entry["n_ctx"])
    ours = [(w.start, w.fresh - w.start, w.end - w.start) for w in windows]
    wanted = [(first, entry["prompt_inside_window"], entry["tokens_in_window_when_done"])]
    asked = entry["requested_total_length"]
    note = f"the original adds {new}; as intended {max(0, asked - there)}"
    return equal(f"{asked} asked, {there} there", ours, wanted, note)

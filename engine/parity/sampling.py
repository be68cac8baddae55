"""Cases of sampling a prior: greedy and drawn, from nothing and primed, in prefills of any size."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor

from engine.parity.case import Case, Check, Json, close, facts, same, worst
from engine.parity.models import holds_prior, new_prior, prior_of
from engine.parity.prior import Data, Window
from engine.steps.drawing import filtered
from engine.types import LevelSettings, Precision

Pick = Callable[[Tensor], Tensor]

_MORE_SIZES = {2, 7}
"""Chunks that are fed beside those of the original: any size must do."""


def cases(folder: Path) -> Iterator[Case]:
    """All sampling cases of a folder that holds a prior."""
    if not holds_prior(folder):
        return
    meta = facts(folder / "meta.json").get("sampling")
    if meta is None and not (folder / "sampling.safetensors").is_file():
        return
    runs, meta = load_file(folder / "sampling.safetensors"), meta or {}
    for name in sorted(key.removesuffix(".tokens") for key in runs if key.endswith(".tokens")):
        yield Case(f"sampling/{name}", partial(_run, folder, name, runs, meta))
    yield Case("sampling/by the compiled step", lambda: [_compiled(folder, runs)])
    for known, entry in meta.get("primed", {}).items():
        recorded = {int(size) for size in entry["chunk_sizes"] if size != "None"}
        sizes = tuple(sorted(recorded | _MORE_SIZES))
        run = partial(_chunked, folder, int(known), sizes, runs)
        yield Case(f"sampling/primed.P{known} in chunks", run)


def _run(folder: Path, name: str, runs: Data, meta: Json) -> Iterator[Check]:
    window = Window(prior_of(folder), load_file(folder / "io.safetensors"))
    kind, *details = name.split(".")
    marks = {part[0]: int(part[1:]) for part in details if part[1:].isdecimal()}
    known, length = marks.get("P", 0), marks.get("S", window.prior.config.context)
    pick = seeded(meta["seeded"][details[0]], known) if kind == "seeded" else likeliest
    symbols, logits = sampled(window, known, length, pick)
    codes = torch.cat((window.codes[:, :known], window.prior.codes_of(symbols)), dim=1)
    yield same(f"{name}.tokens", codes, runs[f"{name}.tokens"])
    if f"{name}.logits" in runs:
        recorded = runs[f"{name}.logits"][:, -logits.shape[1] :]
        yield close(f"{name}.logits", logits, recorded)
    if f"{name}.raw_merged_tokens" in runs:
        merged = runs[f"{name}.raw_merged_tokens"][:, -symbols.shape[1] :]
        yield same(f"{name}.raw_merged_tokens", symbols, merged)


def sampled(
    window: Window, known: int, length: int, pick: Pick, chunk: int = 0
) -> tuple[Tensor, Tensor]:
    """Symbols picked, and the logits they were picked from, up to `length` codes in all.

    Args:
        chunk: codes of the prompt that are fed at a time; 0 for all at once.
    """
    prior, conditioning = window.prior, window.conditioning()
    prompt = window.codes[:, :known].split(chunk or max(known, 1), dim=1)
    with torch.inference_mode():
        cache = prior.new_cache(len(window.codes))
        logits = [prior.prefill(part, conditioning, cache) for part in prompt][-1:]
        symbols = [pick(logits[0])]
        while known + len(symbols) < length:
            logits.append(prior.step(symbols[-1], conditioning, cache))
            symbols.append(pick(logits[-1]))
    return torch.stack(symbols, 1), torch.stack(logits, 1)


def likeliest(logits: Tensor) -> Tensor:
    """The symbol of each row that is likeliest."""
    return logits.argmax(-1)


def seeded(recipe: Json, known: int) -> Pick:
    """Draws as the original's, from torch's generator on the CPU."""
    generator = torch.Generator().manual_seed(recipe["seed_primed" if known else "seed_scratch"])

    def pick(logits: Tensor) -> Tensor:
        kept = filtered(logits / recipe["temp"], recipe["top_k"], recipe.get("top_p", 0.0))
        kept = kept - kept.logsumexp(-1, keepdim=True)
        return torch.multinomial(kept.softmax(-1), 1, True, generator=generator).squeeze(1)

    return pick


def _compiled(folder: Path, runs: Data) -> Check:
    """The greedy runs, drawn by the body that serves on processors."""
    from engine.steps.fused import FusedBody  # Half a second that other cases need not wait.

    window = Window(new_prior(folder).requires_grad_(False), load_file(folder / "io.safetensors"))
    body, greedy = FusedBody(window.prior, Precision.SINGLE), LevelSettings(top_k=1)
    checks: list[Check] = []
    for name in (key for key in runs if re.fullmatch(r"(scratch|primed\.P\d+)\.tokens", key)):
        known = int(name.split(".P")[1].removesuffix(".tokens")) if ".P" in name else 0
        stream = body.open(window.codes[:, :known], window.conditioning(), greedy)
        rows, length = runs[name].shape
        drawn = stream.draw(torch.zeros(rows, length - known))
        checks.append(same(name, drawn, runs[name][:, known:]))
    return worst(f"{len(checks)} greedy runs", checks)


def _chunked(folder: Path, known: int, sizes: tuple[int, ...], runs: Data) -> Iterator[Check]:
    """The greedy run with its prompt fed in chunks: the same codes, and the same logits."""
    window = Window(prior_of(folder), load_file(folder / "io.safetensors"))
    name, length = f"primed.P{known}", runs[f"primed.P{known}.tokens"].shape[1]
    codes: list[Check] = []
    logits: list[Check] = []
    at_once = sampled(window, known, length, likeliest)[1]
    for size in sizes:
        symbols, foretold = sampled(window, known, length, likeliest, size)
        whole = torch.cat((window.codes[:, :known], window.prior.codes_of(symbols)), dim=1)
        codes.append(same(f"chunks of {size}", whole, runs[f"{name}.tokens"]))
        logits.append(close(f"chunks of {size}", foretold, at_once))
    shown = ", ".join(map(str, sizes))
    yield worst(f"{name}.tokens in chunks of {shown}", codes)
    yield worst(f"{name}.logits in chunks of {shown}", logits)

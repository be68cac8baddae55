"""Cases of sampling a prior: greedy and drawn, from nothing and primed, in prefills of any size."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor

from engine.nn.conditioning import Conditioning
from engine.nn.prior import Prior
from engine.parity.case import Case, Check, Json, close, facts, same, worst
from engine.parity.models import PRIOR_FILES, prior_of
from engine.parity.prior import Data, Window
from engine.sampling.logits import filtered

Pick = Callable[[Tensor], Tensor]


def cases(folder: Path) -> Iterator[Case]:
    """All sampling cases of a folder that holds a prior."""
    if not any(folder.glob(PRIOR_FILES)) or not (folder / "sampling.safetensors").is_file():
        return
    runs, meta = load_file(folder / "sampling.safetensors"), facts(folder / "meta.json")["sampling"]
    for name in sorted(key.removesuffix(".tokens") for key in runs if key.endswith(".tokens")):
        yield Case(f"sampling/{name}", partial(_run, folder, name, runs, meta))
    for known, entry in meta.get("primed", {}).items():
        sizes = tuple(int(size) for size in entry["chunk_sizes"] if size != "None")
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


def sampled(window: Window, known: int, length: int, pick: Pick) -> tuple[Tensor, Tensor]:
    """Symbols picked, and the logits they were picked from, up to `length` codes in all."""
    prior, conditioning = window.prior, window.conditioning()
    with torch.inference_mode():
        cache = prior.new_cache(len(window.codes))
        logits = [prior.prefill(window.codes[:, :known], conditioning, cache)]
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


def _chunked(folder: Path, known: int, sizes: tuple[int, ...], runs: Data) -> Iterator[Check]:
    """A prefill in chunks leaves a cache that carries the whole of the golden run."""
    window = Window(prior_of(folder), load_file(folder / "io.safetensors"))
    prior, conditioning = window.prior, window.conditioning()
    run = runs[f"primed.P{known}.tokens"]
    at_once = _logits_after(prior, run, conditioning, [known, run.shape[1] - known - 1])
    checks: list[Check] = []
    for size in sizes:
        chunks = [min(size, known - first) for first in range(0, known, size)]
        rest = run.shape[1] - known - 1
        logits = _logits_after(prior, run, conditioning, [*chunks, rest])
        checks.append(close(f"chunks of {size}", logits, at_once))
    yield worst(f"primed.P{known} in chunks of {', '.join(map(str, sizes))}", checks)


def _logits_after(
    prior: Prior, codes: Tensor, conditioning: Conditioning, chunks: list[int]
) -> Tensor:
    """Logits after each of the chunks: first of what follows the prompt, then of the end."""
    with torch.inference_mode():
        cache = prior.new_cache(len(codes))
        parts = codes[:, : sum(chunks)].split([chunk for chunk in chunks if chunk], dim=1)
        logits = [prior.prefill(part, conditioning, cache) for part in parts]
    return torch.stack(logits[-2:] if chunks[-1] else logits[-1:])

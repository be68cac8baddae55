"""Running one window of a prior: prime it, then draw code after code."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch
from torch import Tensor

from engine.nn.conditioning import Conditioning
from engine.nn.prior import Prior
from engine.sampling.logits import draw
from engine.types import LevelSettings


def sample_codes(
    prior: Prior,
    known: Tensor,
    conditioning: Conditioning,
    uniforms: Tensor,
    settings: LevelSettings,
) -> Iterator[Tensor]:
    """Draw codes one position at a time.

    The caller may stop at any code; nothing is left behind in the prior.

    Args:
        known: (batch, m) codes at the window's beginning, m from 0 on.
        uniforms: (batch, n) numbers that decide the n codes to draw.

    Yields:
        (batch,) int64 codes, n times.
    """
    # Inference mode belongs to the thread, so it must not stay on while the reader has its turn.
    with torch.inference_mode():
        cache = prior.new_cache(known.shape[0])
        logits = prior.prefill(known, conditioning, cache)
        symbols = draw(logits, settings, uniforms[:, 0])
    yield prior.codes_of(symbols)
    for step in range(1, uniforms.shape[1]):
        with torch.inference_mode():
            logits = prior.step(symbols, conditioning, cache)
            symbols = draw(logits, settings, uniforms[:, step])
        yield prior.codes_of(symbols)


def stretches(codes: Iterator[Tensor], length: int, stop: Callable[[], bool]) -> Iterator[Tensor]:
    """Gather single codes into stretches, ending early where `stop` says so.

    Yields:
        (batch, up to `length`) int64.
    """
    gathered: list[Tensor] = []
    for code in codes:
        gathered.append(code)
        stopping = stop()
        if len(gathered) == length or stopping:
            yield torch.stack(gathered, dim=1)
            gathered = []
        if stopping:
            return
    if gathered:
        yield torch.stack(gathered, dim=1)

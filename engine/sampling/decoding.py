"""Running one window of a prior: code after code, in stretches that a reader may end early."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import torch
from torch import Tensor

from engine.steps.body import CodeStream

_ASK_S = 0.02


def stretches(
    stream: CodeStream, uniforms: Tensor, length: int, stop: Callable[[], bool]
) -> Iterator[Tensor]:
    """Draw codes stretch by stretch, ending early where `stop` says so.

    `stop` is asked about every 20 ms, or before each code where that takes longer.

    Args:
        uniforms: (batch, n) numbers that decide the n codes to draw.
        length: codes in a stretch; the last may be shorter.

    Yields:
        (batch, up to `length`) int64.
    """
    for part in uniforms.split(length, dim=1):
        drawn = list(_draws(stream, part, stop))
        if drawn:
            yield torch.cat(drawn, dim=1)
        if stop():
            return


def _draws(stream: CodeStream, uniforms: Tensor, stop: Callable[[], bool]) -> Iterator[Tensor]:
    """Codes in as many at once as take about the time between two questions."""
    done, codes = 0, 1
    while done < uniforms.shape[1] and not stop():
        began = time.monotonic()
        yield stream.draw(uniforms[:, done : done + codes])
        took = time.monotonic() - began
        done += codes
        codes = max(1, min(2 * codes, int(codes * _ASK_S / max(took, 1e-6))))

"""Compiles the fused step in a process of its own: `python -m engine.steps.compiling KIND`.

Compiling holds Python's lock most of the time. In the process that samples, the plain body would
come to a standstill; beside it, it only takes a core for a few seconds. What comes out is kept on
disk, where both find it.
"""

from __future__ import annotations

import subprocess
import sys
import threading

import torch

from engine.catalog.specs import Pattern, PriorConfig, TransformerConfig
from engine.nn.prior import Prior
from engine.steps import panels
from engine.steps.compiled import is_kept
from engine.steps.fused import FusedBody
from engine.types import Level, Precision

_one_at_a_time = threading.Lock()


def prepare(body: FusedBody) -> None:
    """Make a body ready: read what was compiled, or have it compiled first, by another process.

    Where no other process can be had, or it cannot keep its work, this one compiles.
    """
    with _one_at_a_time:
        if not is_kept(body.kind) and sys.executable and not getattr(sys, "frozen", False):
            command = [sys.executable, "-m", "engine.steps.compiling", body.kind]
            nowhere = subprocess.DEVNULL
            subprocess.run(command, stdin=nowhere, stdout=nowhere, stderr=nowhere, check=False)
        body.warm()


def body_of(kind: str) -> FusedBody:
    """The smallest body of a kind."""
    stack, output = kind.split("-")
    precision = next(p for p in Precision if panels.dtype_of(p).name == stack)
    config = TransformerConfig(4, 4, 1, 1, 2, (Pattern.BLOCK,), 1.0)
    prior = Prior(PriorConfig(Level.TOP, 1000, 1, 4, 4, config)).requires_grad_(False)
    table = prior.embedding.symbol.weight
    table.fill_(0.5 if output == panels.dtype_of(Precision.HALF).name else 0.1)
    return FusedBody(prior, precision)


if __name__ == "__main__":
    torch.set_num_threads(1)
    body_of(sys.argv[1]).warm()

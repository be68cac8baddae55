"""A prior in memory and the body that draws for it, as the program itself would have them."""

from __future__ import annotations

import importlib
from pathlib import Path

import torch

from engine.catalog import weights
from engine.catalog.specs import PriorConfig
from engine.nn.prior import Prior
from engine.runtime.devices import Placement, build_empty, places
from engine.steps.body import Body
from engine.steps.warming import Bodies
from engine.types import Precision


def load_prior(config: PriorConfig, folder: Path, placement: Placement) -> Prior:
    """Put a prior of a model folder into memory.

    Raises:
        ModelError: its weights are missing, broken or of another architecture.
    """
    prior = build_empty(lambda: Prior(config))
    weights.load(prior, weights.open_folder(folder, config.level), places(prior, placement))
    return prior.eval().requires_grad_(False)


def body_of(prior: Prior, placement: Placement) -> tuple[Body, int]:
    """The fastest body for a prior, compiled and warm, and the bytes that it keeps a weight in."""
    if placement.device.type != "cpu":
        weight = prior.stack.layer(0).inner.weight
        return Bodies(placement.device, placement.precision).body(prior), weight.itemsize
    fused = importlib.import_module("engine.steps.fused").FusedBody(prior, placement.precision)
    fused.warm()
    return fused, fused.weight_bytes


def placement_of(device: str, precision: str, threads: int) -> Placement:
    """On a device by name, in a precision."""
    return Placement(torch.device(device), Precision(precision), threads)

"""What a case is, and how far two results are apart. Knows tensors and nothing of models."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import Tensor

FLOAT_TOLERANCE = 1e-5
"""Largest difference over largest magnitude: the original differs from itself by about 1e-6."""

Json = dict[str, Any]  # Any: golden facts are as the recorder wrote them.


@dataclass(frozen=True, slots=True)
class Check:
    """One result of ours beside one that was recorded.

    Attributes:
        name: of the result.
        error: the largest difference, or how many numbers differ where all must be equal.
        tolerance: what the error may be; 0 where all must be equal.
        note: what else a person should know.
    """

    name: str
    error: float
    tolerance: float
    note: str = ""

    @property
    def passed(self) -> bool:
        """Whether the error is a number within the tolerance."""
        return self.error <= self.tolerance


class Case(NamedTuple):
    """Something to run; `run` does the work."""

    name: str
    run: Callable[[], Iterable[Check]]


def equal(name: str, ours: object, recorded: object, note: str = "") -> Check:
    """Two results that must be the same."""
    return Check(name, 0 if ours == recorded else 1, 0, note)


def same(name: str, ours: Tensor, recorded: Tensor, note: str = "") -> Check:
    """Two tensors that must be equal, number by number."""
    if ours.shape != recorded.shape:
        return _misshapen(name, ours, recorded)
    return Check(name, int((ours != recorded).sum()), 0, note)


def close(name: str, ours: Tensor, recorded: Tensor, note: str = "") -> Check:
    """Two tensors whose largest difference is small beside the largest magnitude."""
    if ours.shape != recorded.shape:
        return _misshapen(name, ours, recorded)
    if not recorded.numel():
        return Check(name, 0, FLOAT_TOLERANCE, note)
    difference = (ours.double() - recorded.double()).abs().max()
    error = difference / recorded.double().abs().max().clamp_min(torch.finfo().tiny)
    return Check(name, error.item(), FLOAT_TOLERANCE, note)


def near(name: str, ours: float, recorded: float, note: str = "") -> Check:
    """Two numbers that differ by little."""
    size = max(abs(recorded), torch.finfo().tiny)
    return Check(name, abs(ours - recorded) / size, FLOAT_TOLERANCE, note)


def worst(name: str, checks: Iterable[Check], note: str = "") -> Check:
    """Many results as one: the error that misses most, or else is largest."""
    every = list(checks)
    if not every:
        return Check(name, math.inf, 0, "nothing was compared")
    top = max(every, key=lambda check: (not check.passed, check.error))
    return Check(name, top.error, top.tolerance, note or (top.name if not top.passed else ""))


def facts(path: Path) -> Any:
    """What a JSON file holds."""
    return json.loads(path.read_text("utf-8"))


def _misshapen(name: str, ours: Tensor, recorded: Tensor) -> Check:
    return Check(name, math.inf, 0, f"shape {tuple(ours.shape)}, not {tuple(recorded.shape)}")

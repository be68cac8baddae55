"""Where tensors live, in which precision, and whether they fit: the only file that names devices.

Plans before anything is loaded, and refuses in numbers instead of being killed by the system.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import psutil
import torch
from accelerate import init_empty_weights
from torch import nn

from engine.errors import EngineError, MemoryPlanError

_GIB = 2**30
_RESERVE_BYTES = 300 * 2**20
_SMALL_MODEL_BYTES = 256 * 2**20

M = TypeVar("M", bound=nn.Module)


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a model runs.

    Attributes:
        device: of weights and work.
        dtype: of the priors' weights.
        threads: of the processor, for work that runs there.
    """

    device: torch.device
    dtype: torch.dtype
    threads: int


def best_device(wish: str = "auto") -> torch.device:
    """The device that `wish` names, or the fastest there is for "auto".

    Raises:
        EngineError: the device is not there.
    """
    there = {
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
        "cpu": True,
    }
    if wish == "auto":
        return torch.device(next(name for name, is_there in there.items() if is_there))
    if not there.get(wish.partition(":")[0], False):
        found = ", ".join(name for name, is_there in there.items() if is_there)
        raise EngineError(f"There is no device “{wish}” here. Choose one of: auto, {found}.")
    return torch.device(wish)


def free_bytes(device: torch.device) -> int:
    """Memory that can still be taken on a device."""
    if device.type == "cuda":
        return int(torch.cuda.mem_get_info(device)[0])
    return int(psutil.virtual_memory().available)


def place(weights_bytes: int, wish: str = "auto") -> Placement:
    """Choose device, precision and threads for a model, and make sure that it fits.

    Small models run on one thread: their steps are too short to be worth dividing.

    Args:
        weights_bytes: of all weights, in single precision.

    Raises:
        MemoryPlanError: more is needed than is free, with both numbers.
    """
    device = best_device(wish)
    needed, free = weights_bytes + _RESERVE_BYTES, free_bytes(device)
    if needed > free:
        raise MemoryPlanError(
            f"The model needs about {needed / _GIB:.1f} GB of memory and {free / _GIB:.1f} GB are "
            "free. Close other programs, or choose a smaller model."
        )
    threads = 1 if weights_bytes < _SMALL_MODEL_BYTES else os.cpu_count() or 1
    return Placement(device, torch.float32, threads)


def build_empty(make: Callable[[], M]) -> M:
    """Build a module without memory for its parameters, to be filled by assignment."""
    with init_empty_weights(include_buffers=False):
        return make()


def release(device: torch.device) -> None:
    """Give cached memory of a device back to the system."""
    if device.type == "cuda":
        torch.cuda.empty_cache()
    elif device.type == "mps":
        torch.mps.empty_cache()


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an error says that memory ran out, on any device."""
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    return isinstance(error, RuntimeError) and "not enough memory" in str(error)

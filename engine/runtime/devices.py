"""Where tensors live, in which precision, and what is free there: the only file that names devices.

Knows devices, and how accelerate builds, spreads and fetches modules. What fits where is decided in
`budget`, by numbers alone.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

import torch
from accelerate import init_empty_weights
from accelerate.hooks import AlignDevicesHook, add_hook_to_module
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from engine.catalog.sources import Source
from engine.catalog.weights import Place
from engine.errors import EngineError
from engine.nn.layers import Projection
from engine.nn.prior import Prior
from engine.nn.transformer import Elsewhere, Layer, Transformer
from engine.runtime.budget import Home, Plan, Residency, Room
from engine.runtime.memory import free_ram
from engine.types import Level, Precision

AUTO = "auto"
SMALL_MODEL_NUMBERS = 64 * 2**20
"""Weights up to which a model is quick in single precision and on one thread."""

_DTYPES = {
    Precision.SINGLE: torch.float32,
    Precision.HALF: torch.float16,
    Precision.BFLOAT: torch.bfloat16,
    Precision.INT8: torch.float16,  # Rounded further when the matrices are laid out for sampling.
}
_FIRST_NUMBERS = (nn.init.normal_, nn.init.uniform_, nn.init.kaiming_uniform_)

M = TypeVar("M", bound=nn.Module)


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a model runs.

    Attributes:
        device: of weights and work.
        precision: of the priors' attention stacks.
        threads: of the processor, for work that runs there.
        residency: how much of the model is in memory at a time.
        homes: of the layers of levels that are not all on the device.
    """

    device: torch.device
    precision: Precision
    threads: int
    residency: Residency = Residency.ALL
    homes: Mapping[Level, tuple[Home, ...]] = field(default_factory=dict[Level, tuple[Home, ...]])


def best_device(wish: str = AUTO) -> torch.device:
    """The device that `wish` names, or the fastest there is for "auto".

    Raises:
        EngineError: the device is not there.
    """
    there = {
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
        "cpu": True,
    }
    if wish == AUTO:
        return torch.device(next(name for name, is_there in there.items() if is_there))
    kind, _, number = wish.partition(":")
    counts = {"cuda": torch.cuda.device_count(), "mps": 1, "cpu": 1}
    numbered = not number or (number.isdecimal() and int(number) < counts.get(kind, 0))
    if not there.get(kind, False) or not numbered:
        found = ", ".join(name for name, is_there in there.items() if is_there)
        raise EngineError(
            "There is no device “{wish}” here. Choose one of: auto, {found}.",
            wish=wish[:40],
            found=found,
        )
    return torch.device(wish)


def room(device: torch.device) -> Room:
    """What is free for work on a device; other GPUs of its kind may help out."""
    if device.type != "cuda":
        return Room(free_ram())
    return Room(free_ram(), tuple(int(torch.cuda.mem_get_info(gpu)[0]) for gpu in _gpus(device)))


def with_given_back(free: Room, size_bytes: int) -> Room:
    """What would be free if so much were given back by the device that works."""
    if not free.gpus:
        return Room(free.ram + size_bytes)
    return Room(free.ram, (free.gpus[0] + size_bytes, *free.gpus[1:]))


def precisions(
    device: torch.device, numbers: int, wish: str = AUTO, *, bytes_passed: bool = False
) -> tuple[Precision, ...]:
    """The precisions that may be used, the best first.

    A GPU computes a large model in half precision, as the original does.

    Args:
        numbers: weights of the model.
        wish: a precision by name, or "auto".
        bytes_passed: whether the model was measured to lose little in bytes.

    Raises:
        EngineError: there is no such precision, or not on that device.
    """
    on_processor = device.type == "cpu"
    if wish == AUTO:
        first = on_processor or numbers <= SMALL_MODEL_NUMBERS
        usual = (Precision.SINGLE, Precision.HALF) if first else (Precision.HALF,)
        return (*usual, Precision.INT8) if on_processor and bytes_passed else usual
    possible = [name for name in Precision if on_processor or name is not Precision.INT8]
    if wish not in possible:
        raise EngineError(
            "There is no precision “{wish}” on {device}. Choose one of: auto, {names}.",
            wish=wish[:40],
            device=device,
            names=", ".join(possible),
        )
    return (Precision(wish),)


def placement(device: torch.device, plan: Plan, numbers: int) -> Placement:
    """Carry a plan out. Small models run on one thread: their steps are too short to divide.

    Args:
        numbers: weights of the model.
    """
    threads = 1 if numbers <= SMALL_MODEL_NUMBERS else os.cpu_count() or 1
    homes = {need.level: need.homes for need in plan.levels if need.homes}
    return Placement(device, plan.precision, threads, plan.residency, homes)


def build_empty(make: Callable[[], M]) -> M:
    """Build a module without memory for its parameters, to be filled by assignment."""
    with init_empty_weights(include_buffers=False), _NoFirstNumbers():
        return make()


class _NoFirstNumbers(TorchFunctionMode):
    """Draws no initial weights: without memory to hold them, that loads a compiler for a second."""

    def __torch_function__(
        self,
        func: Callable[..., object],
        types: Sequence[type],
        args: tuple[object, ...] = (),
        kwargs: Mapping[str, object] | None = None,
    ) -> object:
        if func in _FIRST_NUMBERS:
            return None
        return func(*args, **(kwargs or {}))


def places(module: nn.Module, where: Placement, homes: Sequence[Home] = ()) -> dict[str, Place]:
    """Where each weight of a module stays, and in which type; without those that are fetched.

    The matrices of attention stacks are kept in the placement's precision. Their biases say in
    which type a stack computes: that of the matrices on a GPU, single precision on a processor.

    Args:
        homes: of the layers of a prior, where they are not all on the device.
    """
    elsewhere = {f"stack.layers.{number}.": device for number, device in _away(where, homes)}
    types, found = _types(module, where), dict[str, Place]()
    for name in module.state_dict():
        device = next((d for start, d in elsewhere.items() if name.startswith(start)), where.device)
        if device is not None:
            found[name] = Place(types.get(name, torch.float32), device)
    return found


def spread(prior: Prior, source: Source, where: Placement, homes: Sequence[Home]) -> None:
    """Let the layers of a prior that live elsewhere be fetched, or be visited where they are.

    Args:
        prior: loaded, but for the weights that are fetched.
        source: of its weights.
    """
    types = _types(prior, where)
    for number, device in _away(where, homes):
        layer, start = prior.stack.layer(number), f"stack.layers.{number}."
        if device is None:
            _narrow(layer, {n.removeprefix(start): t for n, t in types.items()})
            stored = {n.removeprefix(start): w for n, w in source.items() if n.startswith(start)}
            home = _home_of(homes, number)
            kept = _Kept(stored, types, start) if home == "ram" else _OnDisk(stored, types, start)
            hook = AlignDevicesHook(
                where.device, offload=True, io_same_device=True, weights_map=kept,
                place_submodules=True,
            )  # fmt: skip
            layer.elsewhere = Elsewhere(where.device, partial(_fetched, hook, layer))
        else:
            hook = AlignDevicesHook(device, io_same_device=True, place_submodules=True)
            layer.elsewhere = Elsewhere(device, nullcontext)
        add_hook_to_module(layer, hook)


def release(device: torch.device) -> None:
    """Give memory that is no longer used back to the system."""
    if device.type == "cuda":
        torch.cuda.empty_cache()
    elif device.type == "mps":
        torch.mps.empty_cache()
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):  # Other C libraries give memory back by themselves.
            ctypes.CDLL(None).malloc_trim(0)


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an error says that memory ran out, on any device."""
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    return isinstance(error, RuntimeError) and "not enough memory" in str(error)


def _gpus(first: torch.device) -> list[torch.device]:
    """All GPUs, the one that works first."""
    main = first.index or 0
    others = [number for number in range(torch.cuda.device_count()) if number != main]
    return [torch.device("cuda", number) for number in (main, *others)]


def _types(module: nn.Module, where: Placement) -> dict[str, torch.dtype]:
    """Types of the projections of attention stacks, by the names of their weights."""
    kept = _DTYPES[where.precision]
    computed = torch.float32 if where.device.type == "cpu" else kept
    return {
        f"{stack}.{projection}.{leaf}": dtype
        for stack, inside in module.named_modules()
        if isinstance(inside, Transformer)
        for projection, part in inside.named_modules()
        if isinstance(part, Projection)
        for leaf, dtype in (("weight", kept), ("bias", computed))
    }


def _home_of(homes: Sequence[Home], layer: int) -> str:
    names = [home.name for home in homes for _ in range(home.layers)]
    return names[layer]


def _away(where: Placement, homes: Sequence[Home]) -> Iterator[tuple[int, torch.device | None]]:
    """Layers that are not on the device that works, and where they are; None where fetched."""
    main = "gpu 0" if where.device.type == "cuda" else "ram"
    for layer, name in enumerate(home.name for home in homes for _ in range(home.layers)):
        if name != main:
            kind, _, number = name.partition(" ")
            yield layer, _gpus(where.device)[int(number)] if kind == "gpu" else None


def _narrow(layer: Layer, types: Mapping[str, torch.dtype]) -> None:
    """Give weights without memory the types that they will be fetched in."""
    for name, parameter in layer.named_parameters():
        parameter.data = parameter.data.to(types.get(name, torch.float32))


class _OnDisk(Mapping[str, Tensor]):
    """Weights of a layer, read from their file each time."""

    def __init__(self, stored: Source, types: Mapping[str, torch.dtype], start: str) -> None:
        self._stored, self._types, self._start = stored, types, start

    def __getitem__(self, name: str) -> Tensor:
        return self._stored[name].read(self._types.get(self._start + name, torch.float32))

    def __iter__(self) -> Iterator[str]:
        return iter(self._stored)

    def __len__(self) -> int:
        return len(self._stored)


class _Kept(_OnDisk):
    """Weights of a layer in the memory of the processor."""

    def __init__(self, stored: Source, types: Mapping[str, torch.dtype], start: str) -> None:
        super().__init__(stored, types, start)
        read = super().__getitem__
        self._read = {name: read(name) for name in stored}

    def __getitem__(self, name: str) -> Tensor:
        return self._read[name]


@contextmanager
def _fetched(hook: AlignDevicesHook, layer: Layer) -> Generator[None]:
    hook.pre_forward(layer)
    try:
        yield
    finally:
        hook.post_forward(layer, None)

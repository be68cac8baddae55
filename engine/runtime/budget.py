"""What a task needs of memory, and how to run it in what is free: numbers in, numbers out.

The choice that costs least comes first: all levels in memory; one level at a time; the layers of a
level over several GPUs; fewer takes side by side; fewer bytes per weight; layers that are fetched
from memory or from the disk whenever they are used. Nothing is measured or loaded here.

The weights are counted exactly, work as measured: see `engine/README.md`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import reduce

from engine.api import AlignTask, DecodeTask, EncodeTask, PrepareTask, SampleTask, ScoreTask, Task
from engine.catalog.sizes import prior_size, vqvae_numbers
from engine.catalog.specs import ModelConfig, PriorConfig, VqVaeConfig
from engine.errors import MemoryPlanError
from engine.phrases import Phrase
from engine.types import Level, Precision

MIB = 2**20
RESERVE_BYTES = 300 * MIB
"""For what is not counted: code, tables, and holes between what comes and goes."""

_ROWS_AT_ONCE = 4096
_STREAM_COPIES = 14
"""Vectors of a position that a stack holds at a time while it is fed many."""
_CONTEXT_COPIES = 7
"""Vectors of a position of a window that conditioning and embedding hold at a time."""
_CODEC_COPIES = 8
"""Vectors of a sample that a convolution of the autoencoder holds at a time."""
_TILE_S = 8
_SMALL_BYTES = 256 * MIB
_CACHE_MARGIN = 1.1
_BYTES = {Precision.SINGLE: 4, Precision.HALF: 2, Precision.BFLOAT: 2, Precision.INT8: 2}
"""Of a weight as it is loaded; those of INT8 take one once they are made ready for sampling."""


class Residency(StrEnum):
    """Which weights are in memory while a task runs."""

    ALL = Phrase("all levels in memory")
    ONE = Phrase("one level in memory at a time")
    SPREAD = Phrase("one level at a time, its layers over several devices")
    FETCHED = Phrase("layers fetched whenever they are used, which is slow")


@dataclass(frozen=True, slots=True)
class Room:
    """Free memory in bytes.

    Attributes:
        ram: of the process.
        gpus: of each GPU that may be used, the one that works first; none where work runs in RAM.
    """

    ram: int
    gpus: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Demand:
    """What a task asks for.

    Attributes:
        levels: whose priors run.
        takes: side by side, at the most.
        codec_bytes: what the autoencoder works with, per take.
        looks: whole windows are looked at, not only sampled.
        windows: of each take side by side below TOP, at the most.
    """

    levels: tuple[Level, ...]
    takes: int
    codec_bytes: int
    looks: bool = False
    windows: int = 1

    def fewer(self) -> Iterator[Demand]:
        """Itself, then with fewer windows and then fewer takes side by side, down to one take.

        Where windows run side by side at all, two of them do to the end: one draws other codes.
        """
        yield self
        if self.windows > 2:
            yield from replace(self, windows=-(-self.windows // 2)).fewer()
        elif self.takes > 1:
            yield from replace(self, takes=-(-self.takes // 2)).fewer()


@dataclass(frozen=True, slots=True)
class Home:
    """Where some layers of a prior live: "gpu 0", "gpu 1", …, "ram" or "disk"."""

    name: str
    layers: int


@dataclass(frozen=True, slots=True)
class LevelNeed:
    """What one level needs, in bytes.

    Attributes:
        weights: as they are kept in memory.
        caches: keys and values of all takes side by side.
        work: what comes and goes at its largest.
        homes: of its layers, in order; empty where all live together.
        fixed: memory that its windows are drawn in, one after the other, and that it keeps.
    """

    level: Level
    weights: int
    caches: int
    work: int
    homes: tuple[Home, ...] = ()
    fixed: int = 0

    @property
    def running(self) -> int:
        """Beside the weights."""
        return self.caches + self.work


@dataclass(frozen=True, slots=True)
class Plan:
    """How a task is run, and what that needs.

    Attributes:
        takes, windows: side by side, as in `Demand`.
        needed, free: of each kind of memory.
    """

    precision: Precision
    residency: Residency
    takes: int
    windows: int
    levels: tuple[LevelNeed, ...]
    needed: Room
    free: Room

    @property
    def fits(self) -> bool:
        """Whether no kind of memory is asked for more than it has."""
        gpus = zip(self.needed.gpus, self.free.gpus, strict=True)
        return self.needed.ram <= self.free.ram and all(n <= f for n, f in gpus)

    @property
    def fetched(self) -> int:
        """Layers that are fetched for every code, those on the disk counting tenfold."""
        costs = {"ram": 1 if self.free.gpus else 0, "disk": 10}
        homes = [home for need in self.levels for home in need.homes]
        return sum(home.layers * costs.get(home.name, 0) for home in homes)

    def sentence(self) -> str:
        """The plan in one line."""
        rooms = [(self.needed.ram, self.free.ram, "memory")]
        rooms += [
            (needed, free, f"GPU {number} memory")
            for number, (needed, free) in enumerate(
                zip(self.needed.gpus, self.free.gpus, strict=True)
            )
        ]
        numbers = ", ".join(f"{told(n)} of {told(f)} free {name}" for n, f, name in rooms)
        return f"needs {numbers}; {self.precision}; {self.residency}"


def demand_of(task: Task, config: ModelConfig) -> Demand:
    """What a task asks for."""
    vqvae = config.vqvae
    match task:
        case SampleTask():
            levels = tuple(sorted(task.levels, reverse=True))
            takes = min(task.settings.variations, task.settings.batch_limit)
            codec, looks = _decoding_bytes(vqvae, min(levels)), Level.TOP in levels
            return Demand(levels, takes, codec, looks, task.settings.parallel_windows)
        case PrepareTask():
            return Demand(tuple(sorted(Level, reverse=True)), 1, _decoding_bytes(vqvae, 0))
        case EncodeTask():
            return Demand((), 1, _encoding_bytes(vqvae))
        case DecodeTask():
            return Demand((), 1, _decoding_bytes(vqvae, task.level))
        case AlignTask():
            return Demand((Level.TOP,), 1, 0, looks=True)
        case ScoreTask():
            return Demand((task.level,), max(1, len(task.fills)), 0, looks=True)


def weights_bytes(prior: PriorConfig, precision: Precision, on_processor: bool) -> int:
    """Memory that the weights of a prior take up: biases in the type that is computed in.

    On a processor small matrices are there twice: as torch reads them, and as they sample fast.
    """
    size, kept = prior_size(prior), _BYTES[precision]
    matrices = kept * size.matrices
    if on_processor and precision is Precision.INT8:
        matrices //= 2
    if on_processor and kept * size.matrices <= _SMALL_BYTES:
        matrices += 4 * size.matrices
    return matrices + (4 if on_processor else kept) * size.biases + 4 * size.others


def plan(
    config: ModelConfig, demand: Demand, room: Room, precisions: tuple[Precision, ...]
) -> Plan:
    """The first way to run a task that fits.

    Args:
        precisions: those that may be used, the best first.

    Raises:
        MemoryPlanError: none fits, with the numbers of the one that comes closest.
    """
    ways = [_Options(config, room, precision) for precision in precisions]
    for candidate in (candidate for way in ways for candidate in way.unfetched(demand)):
        if candidate.fits:
            return candidate
    last = [ways[-1].apart(Residency.FETCHED, fewer) for fewer in demand.fewer()]
    fitting = [candidate for candidate in last if candidate.fits]
    if not demand.levels or not fitting:
        closest = ways[-1].resident(Residency.ALL, demand) if fitting else last[-1]
        raise MemoryPlanError(_refusal(closest, demand))
    return min(fitting, key=lambda candidate: candidate.fetched / candidate.takes)


@dataclass(frozen=True, slots=True)
class _Options:
    """What ways there are to run a task in one precision."""

    config: ModelConfig
    room: Room
    precision: Precision

    def unfetched(self, demand: Demand) -> Iterator[Plan]:
        """All ways that fetch nothing while they run, the one that needs most first."""
        yield self.resident(Residency.ALL, demand)
        if demand.levels:
            for fewer in demand.fewer():
                yield self.resident(Residency.ONE, fewer)
                if len(self.room.gpus) > 1:
                    yield self.apart(Residency.SPREAD, fewer)

    def resident(self, residency: Residency, demand: Demand) -> Plan:
        """Whole levels in the memory of the device that works."""
        levels = tuple(self._level(level, demand) for level in demand.levels)
        together = [need.weights + need.fixed for need in levels]
        running = [need.running for need in levels]
        if residency is Residency.ONE:
            main = max(map(sum, zip(together, running, strict=True)))
        else:
            main = sum(together) + max(running, default=0)
        main += self._around(demand)
        needed = Room(main)
        if self.room.gpus:
            needed = Room(RESERVE_BYTES, (main, *(0 for _ in self.room.gpus[1:])))
        return self._plan(residency, demand, levels, needed)

    def apart(self, residency: Residency, demand: Demand) -> Plan:
        """One level at a time, its layers wherever there is room; never in bytes there."""
        if self.precision is Precision.INT8:
            half = replace(self, precision=Precision.HALF).apart(residency, demand)
            return replace(half, precision=self.precision)
        needs = [self._level(level, demand) for level in demand.levels]
        spread = [self._spread(need, residency, self._around(demand)) for need in needs]
        rooms = [room for _, room in spread] or [Room(self._around(demand), self.room.gpus)]
        gpus = tuple(max(sizes) for sizes in zip(*(room.gpus for room in rooms), strict=True))
        needed = Room(max(room.ram for room in rooms), gpus)
        return self._plan(residency, demand, tuple(need for need, _ in spread), needed)

    def _plan(
        self, residency: Residency, demand: Demand, levels: tuple[LevelNeed, ...], needed: Room
    ) -> Plan:
        return Plan(
            self.precision, residency, demand.takes, demand.windows, levels, needed, self.room
        )

    def _around(self, demand: Demand) -> int:
        """What every way needs: the autoencoder and its work, and a reserve."""
        codec = 4 * vqvae_numbers(self.config.vqvae)
        return codec + demand.takes * demand.codec_bytes + RESERVE_BYTES

    def _level(self, level: Level, demand: Demand) -> LevelNeed:
        prior, on_processor = self.config.priors[level], not self.room.gpus
        rows = demand.takes * (1 if level is Level.TOP else demand.windows)
        weights = weights_bytes(prior, self.precision, on_processor)
        computed = 4 if on_processor else _BYTES[self.precision]
        caches = int(rows * prior_size(prior).cache * computed * _CACHE_MARGIN)
        work = max(_work_bytes(prior, rows, demand.looks), self._packing_bytes(prior))
        fixed = 0 if on_processor else caches + _heard_bytes(prior, rows)
        return LevelNeed(level, weights, caches, work, fixed=fixed)

    def _packing_bytes(self, prior: PriorConfig) -> int:
        """What giving matrices up for bytes takes: they come in twice as wide."""
        return prior_size(prior).matrices if self.precision is Precision.INT8 else 0

    def _spread(self, need: LevelNeed, residency: Residency, around: int) -> tuple[LevelNeed, Room]:
        """A level with homes for its layers, and what that needs of each kind of memory."""
        size = prior_size(self.config.priors[need.level])
        depth = self.config.priors[need.level].transformer.depth
        layer = size.largest_layer * _BYTES[self.precision]
        together = max(0, need.weights - depth * layer)
        fixed = around + together + need.running
        fetched = residency is Residency.FETCHED
        main = fixed + (2 * layer if fetched else 0)
        homes: list[Home] = []
        needed = [main] + [fixed for _ in self.room.gpus[1:]]
        for number, free in enumerate(self.room.gpus or (self.room.ram,)):
            count = min(depth, max(0, free - needed[number]) // layer)
            needed[number] = needed[number] + count * layer if count or not number else 0
            homes.append(Home(f"gpu {number}" if self.room.gpus else "ram", count))
            depth -= count
        ram = RESERVE_BYTES if self.room.gpus else needed[0]
        if fetched and self.room.gpus:
            count = min(depth, max(0, self.room.ram - ram) // layer)
            homes.append(Home("ram", count))
            ram, depth = ram + count * layer, depth - count
        homes.append(Home("disk", depth if fetched else 0))
        if depth and not fetched:
            needed[-1] += depth * layer  # Nowhere to go, so it does not fit.
        told_homes = tuple(home for home in homes if home.layers)
        gpus = tuple(needed) if self.room.gpus else ()
        return replace(need, homes=told_homes), Room(ram, gpus)


def _heard_bytes(prior: PriorConfig, rows: int) -> int:
    """What a window's positions are conditioned on, where a graph reads it."""
    return 4 * rows * prior.transformer.length * prior.transformer.width


def _work_bytes(prior: PriorConfig, rows: int, looks: bool) -> int:
    """What a prior's windows need for a while, beside weights and caches."""
    stack = prior.transformer
    vector = 4 * stack.width
    window = rows * stack.length * vector * _CONTEXT_COPIES
    fed = min(rows * stack.length, max(_ROWS_AT_ONCE, rows * stack.block_length))
    if not looks:
        return window + fed * vector * _STREAM_COPIES
    seen = stack.encoder_length or stack.length
    scores = 2 * 4 * stack.heads * stack.length * seen if prior.lyrics else 0
    return window + stack.length * vector * _STREAM_COPIES + scores


def _decoding_bytes(vqvae: VqVaeConfig, level: int) -> int:
    """What decoding one take works with: three times as far as the decoder reaches."""
    reach = _reach(vqvae, level)
    samples = max(vqvae.sample_rate // 2 + 2 * reach, 6 * reach)
    return samples * _sample_bytes(vqvae)


def _encoding_bytes(vqvae: VqVaeConfig) -> int:
    reach = max(_reach(vqvae, level) for level in range(vqvae.levels))
    return (_TILE_S * vqvae.sample_rate + 2 * reach) * _sample_bytes(vqvae)


def _sample_bytes(vqvae: VqVaeConfig) -> int:
    return 4 * vqvae.width * max(vqvae.multipliers) * _CODEC_COPIES


def _reach(vqvae: VqVaeConfig, level: int) -> int:
    """About how many samples to either side a sample of a level depends on."""
    depth = vqvae.depth * vqvae.multipliers[level]
    cycle = vqvae.dilation_cycle or depth
    dilations = sum(vqvae.dilation_growth ** (block % cycle) for block in range(depth))
    reach, scale = 0, 1
    for stage in range(level + 1):
        for _ in range(vqvae.downs[stage]):
            scale *= vqvae.strides[stage]
            reach += (dilations + 2) * scale
    return reach


def _refusal(closest: Plan, demand: Demand) -> Phrase:
    needed, free = closest.needed, closest.free
    kinds = [(Phrase("memory"), needed.ram, free.ram)]
    kinds += [
        (Phrase("memory of GPU {number}", number=number), n, f)
        for number, (n, f) in enumerate(zip(needed.gpus, free.gpus, strict=True))
    ]
    lacking = [
        Phrase("{needed} of {name}, and {free} are free", needed=told(n), name=name, free=told(f))
        for name, n, f in kinds
        if n > f
    ]
    one_by_one = Phrase("{takes} takes one after the other", takes=demand.takes)
    return Phrase(
        "Even with {residency} in {precision}, {least} would need {lacking}. Close other "
        "programs, or choose a smaller model.",
        residency=Phrase(closest.residency),
        precision=closest.precision,
        least=one_by_one if demand.takes > 1 else Phrase("the task"),
        lacking=reduce(lambda a, b: Phrase("{one}; {other}", one=a, other=b), lacking),
    )


def told(size_bytes: int) -> Phrase:
    """A size for a person."""
    gb, mb = size_bytes / 1e9, size_bytes / 1e6
    return Phrase("{size:.1f} GB", size=gb) if gb >= 1 else Phrase("{size:.0f} MB", size=mb)

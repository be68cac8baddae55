"""One launch: fresh processes, one per precision and one for the peer, measured by turns.

What memory a process gets decides by up to a half how fast weights stream from it, so one launch
says little and the middle of several is what counts. Within a launch slices of all processes take
turns, so that a change of the machine's mood meets them all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

from engine.bench.children import BenchmarkError, Child, Clock, Slice, own_python
from engine.bench.subjects import Subject, bytes_per_token
from engine.catalog.configs import to_json
from engine.catalog.dialects import prior_prefix
from engine.catalog.huggingface import prior_to_hf
from engine.runtime.memory import free_ram
from engine.types import Level, Precision

_OURS = "engine.bench.ours"
_READ_SHARE = 0.25
WEIGHT_BYTES: Mapping[Precision, int] = {
    Precision.SINGLE: 4,
    Precision.HALF: 2,
    Precision.BFLOAT: 2,
    Precision.INT8: 1,
}


@dataclass(frozen=True, slots=True)
class Peer:
    """Another implementation: the interpreter of its environment, and the module that serves it."""

    python: Path
    module: str = "engine.bench.theirs"


@dataclass(frozen=True, slots=True)
class Wish:
    """What to measure.

    Attributes:
        levels: TOP first.
        threads: of each process.
        device: of this engine, by name.
        rounds: slices of each process in a launch, after one to warm up.
        seconds: of a slice.
        peer: None to measure without.
    """

    levels: tuple[Level, ...]
    precisions: tuple[Precision, ...]
    batches: tuple[int, ...]
    threads: int
    rounds: int
    seconds: float
    peer: Peer | None
    device: str = "cpu"

    @property
    def clock(self) -> Clock:
        """Which time counts."""
        alone = self.threads == 1 and self.device == "cpu"
        return Clock.PROCESSOR if alone else Clock.WALL


@dataclass(frozen=True, slots=True)
class Case:
    """What one row of the result is about."""

    level: Level
    precision: Precision
    batch: int


@dataclass(slots=True)
class Reading:
    """What one launch gave for one case.

    Attributes:
        prime: priming the window to its middle; its amount is positions.
        steps, peer: slices by turns, round by round; none of the peer without one.
        reads: of as many bytes as a step reads, by turns with the steps.
        ends: a slice from the window's beginning and one from its end, where they were measured.
        same: share of codes that the peer would have drawn too, where that was compared.
        peak: the most memory that the process held until it was primed, in bytes.
        weight_bytes: of a number in the stack's matrices, as the process keeps them.
    """

    prime: Slice
    steps: list[Slice] = field(default_factory=list[Slice])
    peer: list[Slice] = field(default_factory=list[Slice])
    reads: list[Slice] = field(default_factory=list[Slice])
    ends: tuple[Slice, Slice] | None = None
    same: float | None = None
    peak: int = 0
    weight_bytes: int = 4

    def rounds(self) -> Reading:
        """The same without a round that was stopped in the middle."""
        kinds = (self.steps, self.reads, *([self.peer] if self.peer else []))
        count = min(len(slices) for slices in kinds)
        whole = {name: getattr(self, name)[:count] for name in ("steps", "reads", "peer")}
        return replace(self, **whole)


class Launch:
    """Fresh processes for a subject.

    Args:
        folder: with the subject's weights.
        work: a folder for what the processes hand each other.
        tell: called before each step that takes a while, with words for it.
    """

    def __init__(
        self, about: Subject, folder: Path, work: Path, wish: Wish, tell: Callable[[str], None]
    ) -> None:
        self._about, self._folder, self._wish = about, folder, wish
        self._window = work / "window.safetensors"
        self._tell = tell
        self._children = ExitStack()
        child = self._children.enter_context
        self._ours = {
            precision: child(Child(own_python(), _OURS, wish.threads))
            for precision in wish.precisions
        }
        self._weight_bytes: dict[Precision, int] = {}
        self._peer = wish.peer and child(Child(wish.peer.python, wish.peer.module, wish.threads))

    def measure(self, readings: dict[Case, Reading], *, whole: bool) -> None:
        """Measure everything once, and end the processes.

        Args:
            readings: filled as it goes, so that a stop loses no more than the round at hand.
            whole: also at both ends of the window, and whether the peer draws the same codes.

        Raises:
            BenchmarkError: a process failed.
        """
        with self._children:
            for level in self._wish.levels:
                self._load(level)
                same = self._same(level) if whole else {}
                for batch in self._wish.batches:
                    self._batch(level, batch, same, readings)
                if whole:
                    self._ends(level, readings)

    def _load(self, level: Level) -> None:
        """Load a prior everywhere."""
        model, threads = to_json(self._about.with_prior(level)), self._wish.threads
        for precision, ours in self._ours.items():
            if self._wish.device == "cpu":
                self._require_room(level, precision, WEIGHT_BYTES[precision])
            self._tell(f"{level.name.lower()}, {precision}: loading")
            loaded = ours.ask("load", model=model, folder=str(self._folder), precision=precision,
                              threads=threads, device=self._wish.device)  # fmt: skip
            self._weight_bytes[precision] = loaded["weight_bytes"]
        if self._peer is None:
            return
        self._require_room(level, "the peer", WEIGHT_BYTES[Precision.SINGLE])
        self._tell(f"{level.name.lower()}: loading the peer")
        next(iter(self._ours.values())).ask("write", path=str(self._window))
        config = prior_to_hf(self._about.prior(level), self._about.config.vqvae)
        self._peer.ask("load", config=config, folder=str(self._folder), work=str(self._window),
                       prefix=prior_prefix(level), threads=threads)  # fmt: skip

    def _require_room(self, level: Level, whose: str, weight_bytes: int) -> None:
        """Nothing, if there is memory for one more prior and what its largest batch reads.

        Raises:
            BenchmarkError: there is not; better said than ended by the system in the middle.
        """
        config, batch = self._about.prior(level), max(self._wish.batches)
        needed = bytes_per_token(config, self._place(level), weight_bytes, batch)
        free = free_ram()
        if needed > free:
            raise BenchmarkError(
                f"{level.name} of {whose} needs {needed / 1e9:.1f} GB beside what is measured by "
                f"turns with it, and {free / 1e9:.1f} GB of memory are free. Measure one kind of "
                "numbers at a time, a smaller batch, or without the peer."
            )

    def _same(self, level: Level) -> dict[Precision, float]:
        """For each precision the share of codes that the peer would have drawn too."""
        if self._peer is None:
            return {}
        same: dict[Precision, float] = {}
        for precision, ours in self._ours.items():
            self._tell(f"{level.name.lower()}, {precision}: comparing codes")
            codes = ours.ask("draws", place=self._place(level))["codes"]
            answer = self._peer.ask("agree", place=self._place(level), codes=codes)
            same[precision] = answer["same"] / answer["of"]
        return same

    def _batch(
        self,
        level: Level,
        batch: int,
        same: Mapping[Precision, float],
        readings: dict[Case, Reading],
    ) -> None:
        """Measure all precisions of a prior, and the peer, by turns."""
        place, wish = self._place(level), self._wish
        self._tell(f"{level.name.lower()}, batch {batch}: priming")
        if self._peer is not None:
            self._peer.ask("prime", batch=batch, place=place)
        for precision, ours in self._ours.items():
            primed = ours.measure("prime", batch=batch, place=place)
            readings[Case(level, precision, batch)] = Reading(
                primed,
                same=same.get(precision),
                peak=ours.ask("memory")["peak"],
                weight_bytes=self._weight_bytes[precision],
            )
        cases = [Case(level, precision, batch) for precision in self._ours]
        for number in range(wish.rounds + 1):
            self._tell(f"{level.name.lower()}, batch {batch}: round {number} of {wish.rounds}")
            self._round({case: readings[case] for case in cases}, warm=number > 0)
        for ours in self._ours.values():
            ours.ask("forget")

    def _round(self, readings: Mapping[Case, Reading], *, warm: bool) -> None:
        """A slice of each; kept once everything is warm."""
        seconds = self._wish.seconds
        theirs = self._peer and self._peer.measure("slice", seconds=seconds)
        for case, reading in readings.items():
            ours = self._ours[case.precision]
            config = self._about.prior(case.level)
            count = bytes_per_token(
                config, self._place(case.level), reading.weight_bytes, case.batch
            )
            step = ours.measure(
                "slice", batch=case.batch, place=self._place(case.level), seconds=seconds
            )
            read = ours.measure("read", count=count, seconds=_READ_SHARE * seconds)
            if warm:
                reading.steps.append(step)
                reading.reads.append(read)
                if theirs is not None:
                    reading.peer.append(theirs)

    def _ends(self, level: Level, readings: Mapping[Case, Reading]) -> None:
        """Measure at both ends of a window, with the smallest batch."""
        batch, context = self._wish.batches[0], self._about.prior(level).context
        places = (0, context - context // 8)
        for precision, ours in self._ours.items():
            self._tell(f"{level.name.lower()}, {precision}: both ends of the window")
            for place in places:
                ours.ask("prime", batch=batch, place=place)
            first, last = (
                [ours.measure("slice", batch=batch, place=place, seconds=self._wish.seconds)
                 for _ in range(2) for place in places][2:]
            )  # fmt: skip
            readings[Case(level, precision, batch)].ends = (first, last)
            ours.ask("forget")

    def _place(self, level: Level) -> int:
        """The middle of the window."""
        return self._about.prior(level).context // 2

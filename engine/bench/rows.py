"""Launches brought together: the middle of several, and what follows from it.

Knows arithmetic. Does not know how anything was measured.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from engine.bench.children import Clock
from engine.bench.launch import WEIGHT_BYTES, Case, Reading
from engine.bench.protocol import Json
from engine.bench.subjects import bytes_per_token
from engine.catalog.specs import PriorConfig
from engine.types import SamplingSettings


@dataclass(frozen=True, slots=True)
class Row:
    """One case, over all launches.

    Attributes:
        step_ms: a step of the whole batch.
        spread_ms: the fastest and the slowest launch.
        wall_ms: the same by the clock.
        roof_share: of the speed at which memory could be read, 0 to 1.
        read_gb_s: at which it was read, by a plain sum over as many bytes.
        primed_per_s: known codes taken in a second.
        times_real: seconds of music of this level made a second, priming included, all rows
            together.
        end_over_start: time of a step at the window's end over that at its beginning; None where
            it was not measured.
        peak_bytes: the most memory that the process held.
        weight_bytes: of a number in the stack's matrices, as they are kept.
        others: processors that anything else kept busy meanwhile.
        same: share of codes that the peer would have drawn too; None without one.
        peer_ms: a step of the peer's; None without one.
        ratio: peer_ms over step_ms, by turns; None without a peer.
        ratio_spread: of the launch with the smallest and of that with the largest.
    """

    case: Case
    step_ms: float
    spread_ms: tuple[float, float]
    wall_ms: float
    roof_share: float
    read_gb_s: float
    primed_per_s: float
    times_real: float
    end_over_start: float | None
    peak_bytes: int
    weight_bytes: int
    others: float
    same: float | None = None
    peer_ms: float | None = None
    ratio: float | None = None
    ratio_spread: tuple[float, float] | None = None

    @property
    def numbers(self) -> str:
        """The precision, and how weights are kept where that is not in as many bytes."""
        name, usual = str(self.case.precision), WEIGHT_BYTES[self.case.precision]
        return name if self.weight_bytes == usual else f"{name} in {self.weight_bytes} B"

    def json(self) -> Json:
        """For machines."""
        facts = {name: getattr(self, name) for name in self.__slots__ if name != "case"}
        case = {"level": self.case.level.name.lower(), "precision": str(self.case.precision),
                "batch": self.case.batch}  # fmt: skip
        return case | facts


def row(case: Case, config: PriorConfig, launches: Sequence[Reading], clock: Clock) -> Row:
    """What several launches say of one case."""

    def middle(values: Sequence[Sequence[float]]) -> tuple[float, float, float]:
        """The middle of the launches' middles, and the outermost of these."""
        middles = sorted(median(launch) for launch in values)
        return median(middles), middles[0], middles[-1]

    steps = [[part.seconds(clock) for part in launch.steps] for launch in launches]
    reads = [[part.seconds(clock) for part in launch.reads] for launch in launches]
    primes = [[launch.prime.seconds(clock)] for launch in launches]
    walls = [[part.wall_s / part.amount for part in launch.steps] for launch in launches]
    others = [[part.others for part in launch.steps] for launch in launches]
    step, read, prime = middle(steps), middle(reads)[0], middle(primes)[0]
    weight_bytes = launches[0].weight_bytes
    count = bytes_per_token(config, config.context // 2, weight_bytes, case.batch)
    known = [launch.same for launch in launches if launch.same is not None]
    ends = next((launch.ends for launch in launches if launch.ends), None)
    return Row(
        case=case,
        step_ms=1e3 * step[0],
        spread_ms=(1e3 * step[1], 1e3 * step[2]),
        wall_ms=1e3 * middle(walls)[0],
        roof_share=count * read / step[0],
        read_gb_s=1e-9 / read,
        primed_per_s=1 / prime,
        times_real=_times_real(case, config, step[0], prime),
        end_over_start=ends and ends[1].seconds(clock) / ends[0].seconds(clock),
        peak_bytes=max(launch.peak for launch in launches),
        weight_bytes=weight_bytes,
        others=middle(others)[0],
        same=median(known) if known else None,
        **_beside_peer(launches, clock),
    )


def _beside_peer(launches: Sequence[Reading], clock: Clock) -> Json:
    """The peer's step, and the middle of the ratios of slices that followed each other."""
    if not launches[0].peer:
        return {}
    ratios = sorted(
        median(
            theirs.seconds(clock) / ours.seconds(clock)
            for theirs, ours in zip(launch.peer, launch.steps, strict=True)
        )
        for launch in launches
    )
    steps = [median(part.seconds(clock) for part in launch.peer) for launch in launches]
    return {
        "peer_ms": 1e3 * median(steps),
        "ratio": median(ratios),
        "ratio_spread": (ratios[0], ratios[-1]),
    }


def _times_real(case: Case, config: PriorConfig, step_s: float, prime_s: float) -> float:
    """Seconds of music a second, at the usual hop: each window primes what it shares."""
    hop = SamplingSettings().levels[case.level].hop_fraction
    per_code = step_s / case.batch + (1 / hop - 1) * prime_s
    return config.hop / config.sample_rate / per_code


def song_times_real(rows: Sequence[Row]) -> Mapping[tuple[str, int], float]:
    """Seconds of music a second through all levels, for each precision and batch with all three.

    Without decoding to sound.
    """
    songs: dict[tuple[str, int], list[float]] = {}
    for entry in rows:
        key = str(entry.case.precision), entry.case.batch
        songs.setdefault(key, []).append(1 / entry.times_real)
    return {key: 1 / sum(times) for key, times in songs.items() if len(times) == 3}

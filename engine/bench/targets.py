"""What sampling shall reach, beside what was measured.

Ratios are to `transformers` 4.40.2 in single precision on the same weights, in the middle of a
window, in the same run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from engine.bench.protocol import Json
from engine.bench.rows import Row
from engine.bench.run import Report
from engine.types import Precision

_EVEN = 0.1
_TAKES, _TAKES_COST = 8, 2.5
_SOUND_SHARE = 0.1


@dataclass(frozen=True, slots=True)
class Plan:
    """A run of the benchmark that the targets need."""

    model: str
    precisions: tuple[Precision, ...]
    threads: int = 1
    batches: tuple[int, ...] = (1, _TAKES)


@dataclass(frozen=True, slots=True)
class Verdict:
    """A target and what was measured.

    Attributes:
        wanted: in words.
        measured: in words; empty where it was not measured.
        met: None where it was not measured.
    """

    what: str
    wanted: str
    measured: str
    met: bool | None

    def json(self) -> Json:
        """For machines."""
        return asdict(self)


_ALL = (Precision.SINGLE, Precision.HALF, Precision.INT8)
PLANS = (
    Plan("1920x12", (*_ALL, Precision.BFLOAT)),
    Plan("128x4", (Precision.SINGLE,)),
    Plan("256x6", (Precision.SINGLE, Precision.HALF)),
    Plan("1920x72", (Precision.HALF, Precision.BFLOAT), threads=2),
    Plan("pocket", _ALL),
)

RATIOS: Mapping[tuple[str, Precision, int], float] = {
    ("1920x12", Precision.SINGLE, 1): 2.5,
    ("1920x12", Precision.SINGLE, 8): 12,
    ("1920x12", Precision.HALF, 1): 5,
    ("1920x12", Precision.HALF, 8): 14,
    ("1920x12", Precision.BFLOAT, 1): 5,
    ("1920x12", Precision.BFLOAT, 8): 14,
    ("1920x12", Precision.INT8, 1): 8,
    ("1920x12", Precision.INT8, 8): 35,
    ("128x4", Precision.SINGLE, 1): 25,
    ("128x4", Precision.SINGLE, 8): 12,
    ("256x6", Precision.SINGLE, 1): 15,
    ("256x6", Precision.SINGLE, 8): 8,
    ("256x6", Precision.HALF, 1): 25,
    ("256x6", Precision.HALF, 8): 12,
    ("1920x72", Precision.HALF, 1): 6,
    ("1920x72", Precision.HALF, 8): 18,
    ("1920x72", Precision.BFLOAT, 1): 6,
    ("1920x72", Precision.BFLOAT, 8): 18,
}
"""At least, by model, precision and batch; for both kinds of half width the same."""


def verdicts(reports: Sequence[Report]) -> tuple[Verdict, ...]:
    """Every target that the reports can speak to."""
    return tuple(verdict for report in reports for verdict in (*_ratios(report), *_further(report)))


def _ratios(report: Report) -> list[Verdict]:
    found = {(report.name, row.case.precision, row.case.batch): row for row in report.rows}
    return [
        _at_least(f"{name}, {precision}, batch {batch}: × transformers", wanted, row.ratio)
        for (name, precision, batch), wanted in RATIOS.items()
        if (row := found.get((name, precision, batch)))
    ]


def _further(report: Report) -> list[Verdict]:
    judged = [
        _within(f"{report.name}, {_told(row)}: a step at the window's end over its beginning",
                1 - _EVEN, 1 + _EVEN, row.end_over_start)
        for row in report.rows
        if row.end_over_start is not None
    ]  # fmt: skip
    judged += _takes(report)
    if (song := report.song) is not None:
        seconds = f"{report.name}, first sound"
        judged += [
            _at_least(f"{report.name}, song of {song.seconds:.0f} s: × real time, by the clock",
                      1, song.times_real),
            _within(f"{report.name}, sound of all levels: share of the song's processor time",
                    0, _SOUND_SHARE, song.sounding_share),
            _within(f"{seconds} warm: seconds", 0, 1, song.first_sound_warm_s),
            _within(f"{seconds} cold: seconds", 0, 4, song.first_sound_cold_s),
        ]  # fmt: skip
    return judged


def _takes(report: Report) -> list[Verdict]:
    """What several takes cost over one, with weights of one byte."""
    steps = {
        (row.case.level, row.case.batch): row.step_ms
        for row in report.rows
        if row.case.precision is Precision.INT8
    }
    return [
        _within(f"{report.name}, {level.name.lower()}, int8: {_TAKES} takes over one",
                0, _TAKES_COST, steps[level, _TAKES] / steps[level, 1])
        for level, batch in steps
        if batch == 1 and (level, _TAKES) in steps
    ]  # fmt: skip


def _told(row: Row) -> str:
    return f"{row.case.level.name.lower()}, {row.case.precision}"


def _at_least(what: str, least: float, measured: float | None) -> Verdict:
    if measured is None:
        return Verdict(what, f"at least {least:g}", "", None)
    return Verdict(what, f"at least {least:g}", f"{measured:.3g}", measured >= least)


def _within(what: str, least: float, most: float, measured: float | None) -> Verdict:
    wanted = f"{least:g} to {most:g}" if least else f"at most {most:g}"
    if measured is None:
        return Verdict(what, wanted, "", None)
    return Verdict(what, wanted, f"{measured:.3g}", least <= measured <= most)

"""What `jukebox bench` found, for people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from engine.cli.console import answer

if TYPE_CHECKING:
    from engine.bench.rows import Row
    from engine.bench.run import Report
    from engine.bench.song import SongFacts
    from engine.bench.targets import Verdict

_MIB = 2**20
_HEADINGS = ("level", "numbers", "batch", "ms a step", "launches", "roof", "× real", "primed/s",
             "end/start", "peak MB")  # fmt: skip
_PEER_HEADINGS = ("peer ms", "ratio", "launches", "same codes")


def show(report: Report) -> None:
    """A report: the machine, a row for each case, and the song."""
    from engine.bench.machine import in_words, machine
    from engine.bench.rows import song_times_real

    answer(f"{report.name} on {in_words(machine())}")
    answer(
        f"{report.wish.device}, {report.wish.threads} thread(s), {report.wish.clock}, middle of "
        f"{report.launches} launches; others kept "
        f"{report.others:.1f} cores busy{'' if report.quiet else ': not a quiet machine'}"
        f"{'' if report.complete else '; stopped before all was measured'}"
    )
    _show_rows(report.rows)
    for (precision, batch), speed in song_times_real(report.rows).items():
        answer(f"whole song, {precision}, {batch} at once: {speed:.2f} × real time, by the rows")
    if report.song is not None:
        _show_song(report.song)
    if (seams := report.seams) is not None:
        answer(
            f"{seams['windows']} windows side by side: {seams['parallel_s']:.1f} s of processor "
            f"time for BOTTOM instead of {seams['exact_s']:.1f}; flux at {seams['joins']} joins "
            f"over elsewhere: {seams['parallel_ratio']:.2f} (in the exact sound: "
            f"{seams['exact_ratio']:.2f})"
        )


def show_verdicts(verdicts: Sequence[Verdict]) -> None:
    """The targets, one row each."""
    marks = {True: "met", False: "MISSED", None: "not measured"}
    rows = [(v.what, v.wanted, v.measured, marks[v.met]) for v in verdicts]
    _show_table(("target", "wanted", "measured", ""), rows)


def _show_rows(rows: Sequence[Row]) -> None:
    with_peer = any(row.ratio is not None for row in rows)
    headings = (*_HEADINGS, *(_PEER_HEADINGS if with_peer else ()))
    _show_table(headings, [(*_cells(row), *_peer_cells(row)) for row in rows])


def _cells(row: Row) -> tuple[str, ...]:
    least, most = row.spread_ms
    return (
        row.case.level.name.lower(),
        row.numbers,
        str(row.case.batch),
        f"{row.step_ms:.4g}",
        f"{least:.3g}–{most:.3g}",
        f"{row.roof_share:.0%} of {row.read_gb_s:.0f} GB/s",
        f"{row.times_real:.3g}",
        f"{row.primed_per_s:.0f}",
        "" if row.end_over_start is None else f"{row.end_over_start:.2f}",
        f"{row.peak_bytes / _MIB:.0f}",
    )


def _peer_cells(row: Row) -> tuple[str, ...]:
    if row.ratio is None or row.ratio_spread is None:
        return ()
    least, most = row.ratio_spread
    same = "" if row.same is None else f"{row.same:.0%}"
    return f"{row.peer_ms:.4g}", f"{row.ratio:.2f}", f"{least:.3g}–{most:.3g}", same


def _show_song(song: SongFacts) -> None:
    speeds = ", ".join(f"{name} {speed:.0f}" for name, speed in song.level_per_s.items())
    answer(
        f"song of {song.seconds:.0f} s: {song.took_s:.1f} s ({song.times_real:.2f} × real time), "
        f"{song.cpu_s:.1f} s of processor time ({song.times_real_cpu:.2f} ×); "
        f"codes a second: {speeds}"
    )
    answer(
        f"first sound: {song.first_sound_cold_s:.2f} s cold, {song.first_sound_warm_s:.2f} s warm; "
        f"decoding: {song.decode_times_real:.1f} × real time, {song.decode_share:.0%} of the "
        f"song's processor time, all levels {song.sounding_share:.0%}; memory: "
        f"{song.memory_start_bytes / _MIB:.0f} MB after a third, "
        f"{song.memory_end_bytes / _MIB:.0f} MB at the end"
    )


def _show_table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    table = Table(box=None, pad_edge=False)
    for heading in headings:
        left = heading in ("level", "target")
        table.add_column(heading, no_wrap=True, justify="left" if left else "right")
    for row in rows:
        table.add_row(*row)
    console = Console(width=200, no_color=True)
    with console.capture() as capture:
        console.print(table)
    for line in capture.get().splitlines():
        answer(line.rstrip())

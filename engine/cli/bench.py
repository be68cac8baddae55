"""`jukebox bench`: how fast sampling goes here, and what limits it."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from engine.api import Progress
from engine.cli.bench_tables import show, show_verdicts
from engine.cli.console import ProgressDisplay, Spoken, answer_json, say
from engine.cli.interrupts import Stopped, leaving_at_once
from engine.cli.tools import Tools
from engine.types import Level

if TYPE_CHECKING:
    from engine.bench.launch import Peer
    from engine.bench.run import Report
    from engine.bench.subjects import Subject

_SONG_S = 20.0
_SMALL_BYTES = 256 * 2**20


def bench(options: argparse.Namespace, tools: Tools) -> int:
    """Measure, and show a table. Gives the exit status.

    Raises:
        EngineError: it cannot be measured here.
    """
    from engine.bench.environment import peer_python
    from engine.bench.launch import Peer
    from engine.bench.targets import verdicts

    peer = Peer(peer_python(say)) if options.peer else None
    reports: list[Report] = []
    status = 0
    for order in _orders(options) if options.targets else [options]:
        report, status = _measured(order, tools, peer)
        reports.append(report)
        if not options.json:
            show(report)
        if status:
            say("Stopped; what was measured until then is told.")
            break
    if not options.targets:
        if options.json:
            answer_json(reports[0].json())
        return status
    judged = verdicts(reports)
    if options.json:
        answer_json({"complete": not status,
                     "reports": [report.json() for report in reports],
                     "targets": [verdict.json() for verdict in judged]})  # fmt: skip
    else:
        show_verdicts(judged)
    return status


def _orders(options: argparse.Namespace) -> list[argparse.Namespace]:
    """The options of each run that the targets need."""
    from engine.bench.targets import PLANS

    return [
        argparse.Namespace(
            **vars(options)
            | {
                "model": plan.model,
                "levels": [],
                "precision": plan.precisions,
                "batch": plan.batches,
                "threads": plan.threads,
            }
        )
        for plan in PLANS
    ]


def _measured(options: argparse.Namespace, tools: Tools, peer: Peer | None) -> tuple[Report, int]:
    """What was found, and the exit status of whoever stopped it; 0 where nobody did."""
    from engine.bench.launch import Wish
    from engine.bench.run import Bench
    from engine.bench.subjects import levels_of, subject

    about = subject(options.model, tools.store)
    wish = Wish(
        levels=levels_of([Level[name.upper()] for name in options.levels], about),
        precisions=tuple(options.precision),
        batches=tuple(options.batch),
        threads=options.threads,
        rounds=options.rounds,
        seconds=options.slice,
        peer=peer,
        device=options.device,
    )
    spoken = Spoken()
    with ProgressDisplay() as display:

        def tell(words: str) -> None:
            words = f"{about.name}: {words}"
            if display.seen:
                display.show(Progress(None, 0, 0, note=words))
            else:
                spoken.tell(words)

        song_s = _usual_song(about) if options.song is None else options.song
        bench = Bench(about, wish, options.launches, song_s, tell)
        try:
            with leaving_at_once():
                bench.run()
        except Stopped as stopped:
            return bench.report(), stopped.status
    return bench.report(), 0


def _usual_song(about: Subject) -> float:
    """Seconds of music that a small model composes soon enough; none of a large one."""
    small = about.installed is not None and about.installed.spec.size_bytes < _SMALL_BYTES
    return _SONG_S if small else 0

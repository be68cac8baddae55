"""`jukebox models gate`: whether a model may be sampled in bytes, measured on recordings."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from engine.api import Progress
from engine.audio.files import read_audio
from engine.catalog import gates
from engine.cli.console import ProgressDisplay, answer, answer_json, say
from engine.cli.tools import Tools


def gate(name: str, recordings: Sequence[Path], options: argparse.Namespace, tools: Tools) -> int:
    """Measure, tell and keep the result. Status 1 if the model loses too much.

    Raises:
        ModelError: the model is not installed, or nothing can be kept beside it.
        TaskError: no recording is long enough.
        AudioFileError: one cannot be read.
    """
    from engine.runtime.gate import measure

    model = tools.store.get(name)
    songs = [read_audio(path) for path in recordings]
    with ProgressDisplay() as display:

        def tell(words: str) -> None:
            display.show(Progress(None, 0, 0, note=words))

        found = measure(model, songs, options.windows, tell)
    gates.keep(model, found)
    if options.json:
        answer_json({"model": name, **found.json()})
    else:
        _tell(found)
    return 0 if found.passed else 1


def _tell(found: gates.Gate) -> None:
    for bits in found.levels:
        answer(
            f"{bits.level.name.lower()}: {bits.exact:.4f} bits a code in {found.compared_with}, "
            f"{bits.rounded:.4f} in {found.precision}: {bits.increase:+.2%} "
            f"({bits.windows} windows)"
        )
    allowed = "is open" if found.passed else "stays closed"
    say(f"{found.precision} {allowed}: at most {gates.TOLERANCE:.1%} more are allowed.")

"""`jukebox judge`: how good a model is, by judges that did not train it."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from engine.api import Progress
from engine.atomic import told
from engine.cli.console import ProgressDisplay, answer_json
from engine.cli.tools import Tools
from engine.errors import EngineError, TaskError

if TYPE_CHECKING:
    from engine.judges.figures import Figure
    from engine.training.base import BaseModel


class WritingError(EngineError):
    """What was found cannot be kept."""


def judge(options: argparse.Namespace, tools: Tools) -> int:
    """Judge a model, and show a table. Gives the exit status.

    Raises:
        TaskError: something is asked for that does not go.
        EngineError: it cannot be judged.
    """
    from engine.judges.figures import in_json
    from engine.training.base import find_base

    model = find_base(options.model)
    try:
        model.installed.spec.level_settings(options.temperature)
    except ValueError as error:
        raise TaskError(str(error)) from error
    try:
        figures = _figures(options, model)
        if options.card:
            _write_card(model.installed.folder, figures)
    except OSError as error:
        raise WritingError(told(error, options.data)) from error
    if options.json:
        answer_json(in_json(figures))
    else:
        _show(figures)
    return 0


def _figures(options: argparse.Namespace, model: BaseModel) -> list[Figure]:
    from engine.judges.judge import judge as figures_of
    from engine.judges.trial import Trial, Wish
    from engine.runtime.local import LocalEngine

    engine = LocalEngine([str(model.installed.folder.parent)], device="cpu")
    with ProgressDisplay() as display:

        def tell(words: str) -> None:
            display.show(Progress(None, 0, 0, note=words))

        wish = Wish(options.data, options.samples, options.temperature, options.keep, tell)
        figures = figures_of(Trial(model, engine, wish), options.parts)
    engine.close()
    return figures


def _write_card(folder: Path, figures: Sequence[Figure]) -> None:
    from engine.judges.card import with_figures
    from engine.training.export import write_checksums

    card = folder / "MODEL_CARD.md"
    card.write_text(with_figures(card.read_text("utf-8"), figures), encoding="utf-8")
    write_checksums(folder)


def _show(figures: Sequence[Figure]) -> None:
    from engine.judges.figures import HEADINGS, in_rows

    table = Table()
    for heading in HEADINGS:
        table.add_column(heading, no_wrap=heading == HEADINGS[0])
    for row in in_rows(figures):
        table.add_row(*row)
    Console().print(table)

"""`jukebox parity`: whether this engine does what the original code does, by recorded numbers.

Of small models in a golden folder, or of the released models' own weights.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from fnmatch import fnmatch
from typing import TYPE_CHECKING

from engine.cli.console import answer, answer_json, say
from engine.cli.tools import Tools
from engine.errors import TaskError

if TYPE_CHECKING:
    from engine.parity.case import Case, Check


def parity(options: argparse.Namespace, tools: Tools) -> int:
    """Run every case, one line each. Gives 0 when all pass, else 1.

    Raises:
        TaskError: there are no cases.
        ModelError: the weights asked for are missing or damaged.
    """
    from engine.parity.golden import checked

    passed = missed = 0
    for case in _cases(options, tools):
        if not fnmatch(case.name, options.only):
            continue
        for check in checked(case):
            _tell(check, options)
            passed, missed = passed + check.passed, missed + (not check.passed)
    if not passed + missed:
        where = options.installed or options.golden
        raise TaskError(f"“{where}” holds no golden cases named like “{options.only}”.")
    if options.json:
        answer_json({"passed": passed, "missed": missed})
    else:
        answer(f"{passed} of {passed + missed} results agree.")
    return 1 if missed else 0


def _cases(options: argparse.Namespace, tools: Tools) -> Iterator[Case]:
    """Those of a golden folder, or of a model's weights."""
    if (options.golden is None) == (options.installed is None):
        raise TaskError("Name a folder of golden data, or a model with --installed.")
    if options.installed is not None:
        return _of_weights(options.installed, tools)
    if not options.golden.is_dir():
        raise TaskError(f"There is no folder “{options.golden}”.")
    from engine.parity.golden import cases

    return cases(options.golden)


def _of_weights(wish: str, tools: Tools) -> Iterator[Case]:
    from engine.parity.installed import cases, left_out, weights_of

    there = weights_of(wish, tools.store)
    if note := left_out(there):
        say(f"Note: {note}")
    return cases(there)


def _tell(check: Check, options: argparse.Namespace) -> None:
    if options.json:
        error = check.error if check.error < float("inf") else None
        answer_json({"case": check.name, "passed": check.passed, "error": error,
                     "tolerance": check.tolerance, "note": check.note})  # fmt: skip
        return
    sign, note = "ok  " if check.passed else "MISS", f" ({check.note})" if check.note else ""
    answer(f"{sign} {check.name}: error {check.error:.3g}, tolerance {check.tolerance:.3g}{note}")

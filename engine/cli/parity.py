"""`jukebox parity`: whether this engine does what the original code does, by recorded numbers."""

from __future__ import annotations

import argparse
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING

from engine.cli.console import answer, answer_json
from engine.cli.tools import Tools
from engine.errors import TaskError

if TYPE_CHECKING:
    from engine.parity.case import Check


def parity(options: argparse.Namespace, tools: Tools) -> int:
    """Run every case below a folder, one line each. Gives 0 when all pass, else 1.

    Raises:
        TaskError: there are no cases.
    """
    from engine.parity.golden import cases, checked

    folder: Path = options.golden
    if not folder.is_dir():
        raise TaskError(f"There is no folder “{folder}”.")
    passed = missed = 0
    for case in cases(folder):
        if not fnmatch(case.name, options.only):
            continue
        for check in checked(case):
            _tell(check, options)
            passed, missed = passed + check.passed, missed + (not check.passed)
    if not passed + missed:
        raise TaskError(f"“{folder}” holds no golden cases named like “{options.only}”.")
    if options.json:
        answer_json({"passed": passed, "missed": missed})
    else:
        answer(f"{passed} of {passed + missed} results agree.")
    return 1 if missed else 0


def _tell(check: Check, options: argparse.Namespace) -> None:
    if options.json:
        error = check.error if check.error < float("inf") else None
        answer_json({"case": check.name, "passed": check.passed, "error": error,
                     "tolerance": check.tolerance, "note": check.note})  # fmt: skip
        return
    sign, note = "ok  " if check.passed else "MISS", f" ({check.note})" if check.note else ""
    answer(f"{sign} {check.name}: error {check.error:.3g}, tolerance {check.tolerance:.3g}{note}")

"""All cases below a golden folder, and running one of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import NoReturn

from safetensors import SafetensorError

from engine.errors import EngineError
from engine.parity import checkpoints, labels, laws, library, listing, prior, runs, sampling, vqvae
from engine.parity.case import Case, Check

_FORMS = (
    listing.cases,
    vqvae.cases,
    prior.cases,
    sampling.cases,
    runs.cases,
    labels.cases,
    checkpoints.cases,
    library.cases,
    laws.cases,
)
_BROKEN = (EngineError, ArithmeticError, AssertionError, LookupError, OSError, RuntimeError,
           SafetensorError, StopIteration, TypeError, ValueError)  # fmt: skip


def cases(root: Path) -> Iterator[Case]:
    """Every case below a folder, named by the way to it."""
    root = root.resolve()
    for folder in sorted(path for path in (root, *root.rglob("*")) if path.is_dir()):
        for form in _FORMS:
            for case in _found(form, folder):
                path = (folder.relative_to(root) / case.name).as_posix()
                yield Case(path, case.run)


def _found(form: Callable[[Path], Iterator[Case]], folder: Path) -> list[Case]:
    """The cases of one form in a folder; where they cannot even be listed, one that says so."""
    try:
        return list(form(folder))
    except _BROKEN as error:
        return [Case("files", partial(_raise, error))]


def _raise(error: Exception) -> NoReturn:
    raise error


def checked(case: Case) -> list[Check]:
    """What a case gives; one that breaks, or compares nothing, gives a check that fails."""
    checks: list[Check] = []
    try:
        checks.extend(_named(case.name, case.run()))
    except _BROKEN as error:
        checks.append(Check(case.name, math.inf, 0, f"{type(error).__name__}: {error}"))
    return checks or [Check(case.name, math.inf, 0, "nothing was compared")]


def _named(path: str, checks: Iterable[Check]) -> Iterator[Check]:
    for check in checks:
        yield Check(f"{path}: {check.name}", check.error, check.tolerance, check.note)

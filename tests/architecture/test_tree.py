"""The budgets of the house: short files, short functions, few parameters."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted(
    path
    for package in ("app", "engine", "resources", "tests")
    for path in (ROOT / package).rglob("*.py")
    if path.stat().st_size
)
PRODUCT = [path for path in SOURCES if not path.is_relative_to(ROOT / "tests")]

FILE_LINES = 400
FUNCTION_LINES = 60
PARAMETERS = 6

Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(source: Path) -> Iterator[Function]:
    """Every function and method of a file, nested ones too."""
    for node in ast.walk(ast.parse(source.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def lines(function: Function) -> int:
    """Lines from `def` to the end, the docstring left out."""
    assert function.end_lineno is not None
    total = function.end_lineno - function.lineno + 1
    first = function.body[0]
    if ast.get_docstring(function) is None or first.end_lineno is None:
        return total
    return total - (first.end_lineno - first.lineno + 1)


def parameters(function: Function) -> int:
    """Parameters that a caller fills in."""
    signature = function.args
    named = [*signature.posonlyargs, *signature.args, *signature.kwonlyargs]
    return len([each for each in named if each.arg not in ("self", "cls")])


def label(source: Path) -> str:
    return str(source.relative_to(ROOT))


@pytest.mark.parametrize("source", SOURCES, ids=label)
def test_a_file_is_short(source: Path) -> None:
    assert source.read_text("utf-8").count("\n") <= FILE_LINES


@pytest.mark.parametrize("source", PRODUCT, ids=label)
def test_functions_are_short_and_ask_for_little(source: Path) -> None:
    long = [f"{f.name}: {lines(f)} lines" for f in functions(source) if lines(f) > FUNCTION_LINES]
    greedy = [
        f"{f.name}: {parameters(f)} parameters"
        for f in functions(source)
        if parameters(f) > PARAMETERS
    ]

    assert long + greedy == []


def test_the_usual_function_is_tiny() -> None:
    assert median(lines(f) for source in PRODUCT for f in functions(source)) <= 9

"""Tasks and events are plain values, so that a pipe, a socket or a cluster can carry them."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Iterator, Mapping
from enum import Enum

import numpy as np
import pytest

from engine import api
from engine.phrases import Phrase

PLAIN = {str, int, float, bool, type(None), np.ndarray, Phrase}
CARRIED = (*typing.get_args(api.Task), *typing.get_args(api.Event))


def parts(hint: object) -> Iterator[type]:
    """The plain types that a type hint is made of; values of ours are taken apart."""
    origin = typing.get_origin(hint)
    if isinstance(hint, typing.NewType):
        yield from parts(hint.__supertype__)
    elif origin in (tuple, typing.Union, types.UnionType) or origin is Mapping:
        for inner in typing.get_args(hint):
            if inner is not Ellipsis:
                yield from parts(inner)
    elif origin is not None:
        yield origin
    elif dataclasses.is_dataclass(hint):
        yield from fields(typing.cast("type", hint))
    else:
        yield typing.cast("type", hint)


def fields(value: type) -> Iterator[type]:
    """The plain types in the fields of a dataclass."""
    for hint in typing.get_type_hints(value).values():
        yield from parts(hint)


@pytest.mark.parametrize("value", CARRIED, ids=lambda value: value.__name__)
def test_what_crosses_the_seam_is_plain(value: type) -> None:
    strange = {part for part in fields(value) if part not in PLAIN and not issubclass(part, Enum)}

    assert strange == set()


@pytest.mark.parametrize("value", CARRIED, ids=lambda value: value.__name__)
def test_what_crosses_the_seam_cannot_change(value: type) -> None:
    assert value.__dataclass_params__.frozen

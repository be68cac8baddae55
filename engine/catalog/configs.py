"""Model configurations as JSON, exactly and both ways.

Knows every field by its declared type, so a configuration that a file holds is either complete and
within range or refused in words. Knows nothing of weights, torch, or how others write it down:
`hparams` reads OpenAI's dialect, `huggingface` writes the other.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from enum import Enum
from typing import TypeVar

from engine.catalog.specs import ModelConfig, PriorConfig, VqVaeConfig
from engine.errors import ModelError

Json = dict[str, typing.Any]  # Any: JSON is whatever a file holds until it has been checked.

_MAX_INTEGER = 2**31
_MAX_ITEMS = 4096


def to_json(config: ModelConfig) -> Json:
    """A configuration as plain lists, dicts, numbers and strings; enums by lower-case name."""
    return typing.cast(Json, _plain(config))


def from_json(data: Mapping[str, typing.Any]) -> ModelConfig:
    """The configuration that `to_json` wrote.

    Raises:
        ModelError: something is missing, unknown, of the wrong kind or out of range.
    """
    return typing.cast(ModelConfig, _typed(ModelConfig, data, "model"))


_C = TypeVar("_C", VqVaeConfig, PriorConfig)


def part_from_json(kind: type[_C], data: Mapping[str, typing.Any], name: str) -> _C:
    """The configuration of one part of a model, from entries as `to_json` writes them.

    Args:
        name: of the part, for people.

    Raises:
        ModelError: something is missing, unknown, of the wrong kind or out of range.
    """
    return typing.cast(_C, _typed(kind, data, name))


def _plain(value: object) -> object:
    if isinstance(value, Enum):
        return value.name.lower()
    if isinstance(value, tuple):
        return [_plain(item) for item in typing.cast(tuple[object, ...], value)]
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    return value


def _typed(kind: object, value: object, path: str) -> object:
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is types.UnionType:
        return None if value is None else _typed(arguments[0], value, path)
    if origin is tuple:
        return _typed_tuple(arguments[0], value, path)
    assert isinstance(kind, type)
    if is_dataclass(kind):
        return _typed_dataclass(kind, value, path)
    if issubclass(kind, Enum):
        return _typed_enum(kind, value, path)
    return _typed_number(kind, value, path)


def _typed_tuple(kind: object, value: object, path: str) -> tuple[object, ...]:
    if not isinstance(value, list) or len(typing.cast(list[object], value)) > _MAX_ITEMS:
        raise ModelError(
            "The model's configuration is broken: {path} is no list of fair length.", path=path
        )
    items = typing.cast(list[object], value)
    return tuple(_typed(kind, item, f"{path}[{i}]") for i, item in enumerate(items))


def _typed_dataclass(kind: type, value: object, path: str) -> object:
    if not isinstance(value, Mapping):
        raise ModelError(
            "The model's configuration is broken: {path} is no group of entries.", path=path
        )
    entries = typing.cast(Mapping[str, object], value)
    known = {field.name: field for field in fields(kind)}
    required = {name for name, field in known.items() if field.default is MISSING}
    wrong = (entries.keys() - known.keys()) | (required - entries.keys())
    if wrong:
        names = ", ".join(sorted(map(str, wrong)))
        raise ModelError(
            "The model's configuration is broken: {path} and {names} do not fit.",
            path=path,
            names=names,
        )
    hints = typing.get_type_hints(kind)
    values = {name: _typed(hints[name], entries[name], f"{path}.{name}") for name in entries}
    try:
        return kind(**values)
    except (ValueError, ArithmeticError) as error:
        raise ModelError(
            "The model's configuration is broken: {path}: {error}", path=path, error=error
        ) from error


def _typed_enum(kind: type[Enum], value: object, path: str) -> Enum:
    by_name = {member.name.lower(): member for member in kind}
    if not isinstance(value, str) or value not in by_name:
        choices = ", ".join(by_name)
        raise ModelError(
            "The model's configuration is broken: {path} is none of {choices}.",
            path=path,
            choices=choices,
        )
    return by_name[value]


def _typed_number(kind: type, value: object, path: str) -> object:
    if kind is float and type(value) is int:
        return float(value)
    if type(value) is not kind:
        raise ModelError(
            "The model's configuration is broken: {path} is {value}, no {name}.",
            path=path,
            value=repr(value),
            name=kind.__name__,
        )
    if isinstance(value, int | float) and not 0 <= value < _MAX_INTEGER:
        raise ModelError(
            "The model's configuration is broken: {path} is {value}, out of range.",
            path=path,
            value=value,
        )
    return value

"""Tasks and events are plain values, so that a pipe, a socket or a cluster can carry them."""

from __future__ import annotations

import pickle
import types
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any, Union, get_args, get_origin, get_type_hints

import numpy as np
import pytest

from engine.api import (
    Chunk,
    Event,
    Failed,
    Problem,
    ProblemKind,
    SampleTask,
    Saved,
    Task,
)
from engine.errors import TaskError
from engine.phrases import Phrase
from engine.types import Audio, Codes, Cue, Level, ModelId, Prompt, SamplingSettings, Share, Span

PLAIN = {str, int, float, bool, type(None), np.ndarray, ModelId, Phrase}
CONTAINERS = {tuple, Mapping, Union, types.UnionType}


def strangers(annotation: Any) -> Iterator[str]:
    """What in an annotation, and in the fields of the values it names, is not a plain value."""
    if annotation in PLAIN or annotation is Ellipsis:
        return
    origin = get_origin(annotation)
    if origin is np.ndarray:
        return
    if origin in CONTAINERS:
        for argument in get_args(annotation):
            yield from strangers(argument)
    elif is_dataclass(annotation):
        hints = get_type_hints(annotation)
        for field in fields(annotation):
            yield from (f"{field.name}: {name}" for name in strangers(hints[field.name]))
    elif not (isinstance(annotation, type) and issubclass(annotation, Enum)):
        yield str(annotation)


@pytest.mark.parametrize("kind", [*get_args(Task), *get_args(Event)])
def test_every_field_is_a_plain_value(kind: type) -> None:
    assert is_dataclass(kind)
    assert list(strangers(kind)) == []


@pytest.mark.parametrize("kind", [*get_args(Task), *get_args(Event)])
def test_values_cannot_be_changed(kind: type) -> None:
    assert kind.__dataclass_params__.frozen  # type: ignore[attr-defined]
    assert "__slots__" in vars(kind)


def test_a_stranger_is_noticed() -> None:
    assert list(strangers(tuple[int, list[int]])) == ["list[int]"]


def test_a_task_survives_the_way_through_a_pipe() -> None:
    task = SampleTask(
        ModelId("any"),
        Prompt(
            "somebody",
            ("blues", "folk"),
            "la la",
            song_length=9_000,
            other_artists=(Share("somebody else", 1 / 3),),
            genre_shares=(2.0, 1.0),
            cues=(Cue(3, 4_000),),
        ),
        Codes(tuple(np.arange(level + 1, dtype=np.uint16) for level in range(3))),
        Span(256, 512),
        (Level.TOP, Level.MIDDLE),
        SamplingSettings(seed=2**62, variations=3),
    )

    assert pickle.loads(pickle.dumps(task)) == task


def test_what_a_problem_says_survives_the_way_through_a_pipe() -> None:
    error = TaskError("“{name}” is {size}. Choose another.", name="a {b}", size=Phrase("too long"))
    failed = Failed(Problem.of_error(ProblemKind.INTERNAL, error))

    arrived = pickle.loads(pickle.dumps(failed))

    assert arrived == failed
    assert (arrived.problem.message, arrived.problem.advice) == (
        "“a {b}” is too long.",
        "Choose another.",
    )
    (phrase,) = arrived.problem.said
    assert phrase.sentence == "“{name}” is {size}. Choose another."
    assert phrase.fields["size"].sentence == "too long"


def test_sound_and_codes_stay_read_only_on_the_way_through_a_pipe() -> None:
    chunk = Chunk(1, Level.TOP, 256, Audio(np.linspace(-1, 1, 5), rate=8_000))
    saved = Saved(0, Level.TOP, 0, np.arange(3, dtype=np.uint16))
    codes = Codes((np.arange(3, dtype=np.uint16),))

    arrived, kept, known = pickle.loads(pickle.dumps((chunk, saved, codes)))

    assert arrived == chunk
    assert known == codes
    assert kept.codes.tolist() == [0, 1, 2]
    with pytest.raises(ValueError, match="read-only"):
        arrived.audio.samples[0] = 0
    with pytest.raises(ValueError, match="read-only"):
        known.at(0)[0] = 0

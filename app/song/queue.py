"""The jobs that wait for the engine, as a song keeps them: JSON and back.

A job's task follows from its takes and the codes that it was given as context; what was made of it
so far lies with the takes. What comes back is checked as if it were hostile. Pure.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from app.song.song import Take, TakeId
from engine.api import SampleTask
from engine.catalog.checks import check_extent
from engine.catalog.specs import ModelSpec
from engine.errors import TaskError
from engine.types import Codes, Level, Span

_MOST_JOBS = 200
_MOST_PASSES = 2000
_MOST_TITLE = 100


@dataclass(frozen=True, slots=True, eq=False)
class PlannedJob:
    """A task that samples, and the takes that it fills.

    Attributes:
        title: what it does, in a word.
        takes: one per variation.
        passes: stretches that are made one after the other; none for the span at once.
        paused: whether it waits until somebody lets it go on.
    """

    title: str
    task: SampleTask
    takes: tuple[Take, ...]
    passes: tuple[Span, ...] = ()
    paused: bool = False


def queue_text(jobs: Sequence[PlannedJob]) -> str:
    """Jobs as JSON."""
    return json.dumps([_job_dict(job) for job in jobs])


def queue_from(text: str, takes: Sequence[Take], spec: ModelSpec) -> tuple[PlannedJob, ...]:
    """The jobs that `queue_text` was given, as far as their takes are among these.

    What makes no sense is left out: a song is worth more than its queue.
    """
    try:
        rows = json.loads(text or "[]")
    except (ValueError, RecursionError):
        return ()
    found = [_job(row, takes, spec) for row in rows[:_MOST_JOBS]] if isinstance(rows, list) else []
    return tuple(job for job in found if job is not None)


def _job_dict(job: PlannedJob) -> dict[str, Any]:
    levels = (job.task.context.at(level).astype("<u2").tobytes() for level in Level)
    return {
        "title": job.title,
        "takes": [take.id for take in job.takes],
        "context": [base64.b64encode(codes).decode("ascii") for codes in levels],
        "passes": [[span.start, span.end] for span in job.passes],
        "paused": job.paused,
    }


def _job(row: Mapping[str, Any], known: Sequence[Take], spec: ModelSpec) -> PlannedJob | None:
    try:
        takes = _takes(row["takes"], known)
        passes = tuple(Span(int(start), int(end)) for start, end in row["passes"][:_MOST_PASSES])
        job = PlannedJob(
            str(row["title"])[:_MOST_TITLE],
            _task(takes, _context(row["context"]), spec),
            takes,
            passes,
            bool(row["paused"]),
        )
        for span in passes:
            check_extent(replace(job.task, span=span), spec)
        check_extent(job.task, spec)
    except (LookupError, TypeError, ValueError, AttributeError, binascii.Error, TaskError):
        return None
    return job


def _takes(ids: Sequence[Any], known: Sequence[Take]) -> tuple[Take, ...]:
    """The takes of a job; those that are not known are like one that is."""
    there = {take.id: take for take in known}
    present = [there[each] for each in map(_id, ids) if each in there]
    if not present:
        raise ValueError("None of the takes is known.")
    return tuple(there.get(_id(each), replace(present[0], id=_id(each))) for each in ids)


def _id(value: Any) -> TakeId:  # Any: JSON is whatever a file holds until it has been checked.
    if not isinstance(value, str):
        raise TypeError("A take's id is text.")
    return TakeId(value)


def _context(levels: Sequence[str]) -> Codes:
    if len(levels) != len(Level):
        raise ValueError("The context has other levels.")
    raw = [base64.b64decode(level, validate=True) for level in levels]
    return Codes(tuple(np.frombuffer(each, "<u2").astype(np.uint16) for each in raw))


def _task(takes: tuple[Take, ...], context: Codes, spec: ModelSpec) -> SampleTask:
    take = takes[0]
    if take.settings is None or take.settings.variations != len(takes):
        raise ValueError("The takes were made in another way.")
    return SampleTask(spec.id, take.prompt, context, take.span, take.levels, take.settings)

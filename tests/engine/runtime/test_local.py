"""The engine keeps to its plan of memory, and tells in numbers where none fits."""

import sys

import pytest

from engine.api import (
    CancelToken,
    Failed,
    Finished,
    PrepareTask,
    ProblemKind,
    Progress,
    SampleTask,
    Saved,
)
from engine.catalog.store import open_model
from engine.runtime import devices, local
from engine.runtime.budget import Residency, Room, demand_of, plan
from engine.runtime.local import LocalEngine
from engine.runtime.process import ProcessEngine
from engine.types import Codes, Level, Precision, Prompt, SamplingSettings, Span
from tests.contract.hearing import engine_processes, until
from tests.engine.runtime import middling

MB = 2**20
RATE, GRID = middling.RATE, middling.HOPS[Level.TOP]
PREPARE = PrepareTask("middling")


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    root = tmp_path_factory.mktemp("models")
    middling.write(root)
    return root


def sampling(takes=1, seconds=0.3):
    end = int(seconds * RATE) // GRID * GRID
    prompt = Prompt("", (), "", 10 * RATE)
    settings = SamplingSettings(seed=3, variations=takes)
    return SampleTask(PREPARE.model, prompt, Codes.empty(), Span(0, end), tuple(Level), settings)


def events_of(engine, task):
    return list(engine.run(task, CancelToken()))


def needed_by(root, residency, task):
    """Memory with which a task is planned in just this way."""
    config = open_model(root / "middling").config
    for megabytes in range(1000, 100, -1):
        room, precisions = Room(megabytes * MB), (Precision.SINGLE,)
        found = plan(config, demand_of(task, config), room, precisions)
        if found.residency is residency:
            return room
    raise AssertionError(residency)


def test_the_first_progress_tells_the_plan(root):
    first, *_ = events_of(LocalEngine([str(root)]), PREPARE)

    assert isinstance(first, Progress)
    assert "fp32" in first.note
    assert " free memory" in first.note


@pytest.mark.parametrize("residency", [Residency.ONE, Residency.FETCHED])
def test_how_much_is_in_memory_changes_no_code(root, monkeypatch, residency):
    task = sampling(takes=2)
    *_, plenty = events_of(LocalEngine([str(root)]), task)
    room = needed_by(root, residency, task)
    monkeypatch.setattr(devices, "room", lambda device: room)

    first, *_, last = events_of(LocalEngine([str(root)], precision="fp32"), task)

    assert residency in first.note
    assert isinstance(last, Finished)
    assert last.results == plenty.results


def test_takes_that_do_not_fit_side_by_side_run_one_after_the_other(root, monkeypatch):
    task, groups = sampling(takes=4), []
    *_, plenty = events_of(LocalEngine([str(root)]), task)
    room = needed_by(root, Residency.ONE, task)
    monkeypatch.setattr(devices, "room", lambda device: Room(room.ram - 20 * MB))
    sample = local.sample

    def noted(task, model, cancel):
        groups.append(task.settings.batch_limit)
        yield from sample(task, model, cancel)

    monkeypatch.setattr(local, "sample", noted)
    *_, last = events_of(LocalEngine([str(root)], precision="fp32"), task)

    assert groups[0] < 4
    assert last.results == plenty.results


def test_preparing_loads_as_many_levels_as_fit(root, monkeypatch):
    room = needed_by(root, Residency.ONE, PREPARE)
    monkeypatch.setattr(devices, "room", lambda device: room)

    events = events_of(LocalEngine([str(root)], precision="fp32"), PREPARE)

    assert [e.level for e in events if isinstance(e, Progress)] == [None, Level.TOP]
    assert isinstance(events[-1], Finished)


@pytest.mark.parametrize(
    ("choice", "told"), [({"device": "tpu"}, "“tpu”"), ({"precision": "fp8"}, "“fp8”")]
)
def test_a_device_or_precision_that_is_not_there_is_told(root, choice, told):
    (failed,) = events_of(LocalEngine([str(root)], **choice), PREPARE)

    assert isinstance(failed, Failed)
    assert told in failed.problem.message
    assert "auto" in failed.problem.advice


@pytest.mark.skipif(sys.platform != "linux", reason="limits of this kind are Linux's")
def test_what_does_not_fit_is_refused_in_numbers_and_nobody_dies(root):
    engine = ProcessEngine(
        "tests.engine.runtime.cramped:cramped", {"root": str(root), "more_bytes": 200 * MB}
    )

    (failed,) = events_of(engine, sampling())

    assert failed.problem.kind is ProblemKind.OUT_OF_MEMORY
    assert "MB are free" in failed.problem.message
    assert "smaller model" in failed.problem.advice
    assert len(engine_processes()) == 1
    engine.close()


def test_a_child_that_the_system_kills_is_told_of_with_both_numbers(root):
    engine = ProcessEngine("engine.runtime.local:LocalEngine", {"roots": [str(root)]})
    running = engine.run(sampling(seconds=4.0), CancelToken())
    events = until(running, Saved)

    engine_processes()[0].kill()

    *_, last = running
    engine.close()
    assert isinstance(last, Failed)
    assert "SIGKILL, as systems do when memory runs out" in last.problem.message
    assert "Free now: " in last.problem.message
    assert next(e.note for e in events if isinstance(e, Progress)) in last.problem.message

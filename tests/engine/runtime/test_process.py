from __future__ import annotations

import gc
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import psutil
import pytest

from engine.api import Cancelled, CancelToken, Event, Failed, PrepareTask, ProblemKind, Saved
from engine.errors import UnknownNameError
from engine.runtime import process
from engine.runtime.fake import FAKE_MODEL, Mishap, Script
from engine.runtime.process import ProcessEngine
from tests.contract.hearing import (
    assert_results_are_what_was_saved,
    engine_processes,
    events_of,
    of_kind,
    results_of,
    sampling,
    until,
    wait_for,
)
from tests.engine.runtime.odd_engines import SlowToMake

FAKE = "engine.runtime.fake:FakeEngine"
ODD = "tests.engine.runtime.odd_engines"
PREPARE = PrepareTask(FAKE_MODEL.id)


Made = Callable[[Script], ProcessEngine]


@pytest.fixture
def made() -> Iterator[Made]:
    """Makes engines that follow a script."""
    with ExitStack() as stack:

        def make(script: Script) -> ProcessEngine:
            engine = ProcessEngine(FAKE, {"script": script})
            stack.callback(engine.close)
            return engine

        yield make


@pytest.fixture
def engine() -> Iterator[ProcessEngine]:
    engine = ProcessEngine(FAKE)
    yield engine
    engine.close()


@pytest.fixture
def odd(request: pytest.FixtureRequest) -> Iterator[ProcessEngine]:
    engine = ProcessEngine(f"{ODD}:{request.param}")
    yield engine
    engine.close()


def test_no_child_runs_before_it_is_needed_nor_after_close(engine: ProcessEngine) -> None:
    assert engine_processes() == []

    results_of(engine, sampling(FAKE_MODEL))
    assert len(engine_processes()) == 1

    engine.close()
    assert engine_processes() == []
    engine.close()
    assert results_of(engine, sampling(FAKE_MODEL))


def test_warming_up_starts_the_child_that_tasks_use(engine: ProcessEngine) -> None:
    engine.warm()
    # A child that was just started may not have come to its command line yet.
    wait_for(lambda: bool(engine_processes()))
    (warmed,) = engine_processes()
    engine.warm()

    results_of(engine, sampling(FAKE_MODEL))

    assert engine_processes() == [warmed]


@pytest.mark.parametrize("odd", ["SlowToMake"], indirect=True)
def test_neither_warming_up_nor_closing_waits_for_the_engine(odd: ProcessEngine) -> None:
    began = time.monotonic()

    odd.warm()
    odd.close()

    assert time.monotonic() - began < SlowToMake.SECONDS
    assert engine_processes() == []


def test_nothing_is_left_behind_by_children_that_lived_or_died(engine: ProcessEngine) -> None:
    results_of(engine, sampling(FAKE_MODEL))
    engine.close()
    gc.collect()
    here = psutil.Process()
    before = here.num_fds(), here.num_threads(), len(here.children())

    for _ in range(3):
        running = engine.run(sampling(FAKE_MODEL, seconds=30), CancelToken())
        until(running, Saved)
        engine_processes()[0].kill()
        assert isinstance(list(running)[-1], Failed)
        results_of(engine, sampling(FAKE_MODEL))
        engine.close()

    assert (here.num_fds(), here.num_threads(), len(here.children())) == before


def test_a_child_does_not_outlive_a_killed_parent() -> None:
    script = """
if __name__ == "__main__":
    import psutil
    from engine.api import CancelToken
    from engine.runtime.fake import Script
    from tests.engine.runtime.test_process import FAKE, FAKE_MODEL, ProcessEngine, sampling
    engine = ProcessEngine(FAKE, {"script": Script(stretch_s=0.2)})
    for event in engine.run(sampling(FAKE_MODEL, seconds=300), CancelToken()):
        print(*[child.pid for child in psutil.Process().children(True)], flush=True)
"""
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    with parent, parent.stdout:
        children = [psutil.Process(int(pid)) for pid in parent.stdout.readline().split()]
        parent.kill()

    assert children
    _, alive = psutil.wait_procs(children, timeout=5)
    assert alive == []


def test_the_child_leaves_interrupts_to_its_parent(made: Made) -> None:
    running = made(Script(stretch_s=0.02)).run(sampling(FAKE_MODEL, seconds=2), CancelToken())
    events = until(running, Saved)

    engine_processes()[0].send_signal(signal.SIGINT)
    events += running

    assert_results_are_what_was_saved(events)
    assert not isinstance(events[-1], Failed)


def test_a_child_that_dies_by_itself_is_told_with_its_status(made: Made) -> None:
    engine = made(Script(mishap=Mishap.DIE, mishap_after=2))

    events = events_of(engine, sampling(FAKE_MODEL, seconds=2))

    last = events[-1]
    assert isinstance(last, Failed)
    assert last.problem.kind is ProblemKind.ENGINE_DIED
    assert "status 1" in last.problem.message
    assert len(of_kind(events, Saved)) == 2
    assert_results_are_what_was_saved(events)
    assert results_of(engine, sampling(FAKE_MODEL))


def test_a_child_killed_between_tasks_goes_unnoticed(engine: ProcessEngine) -> None:
    results_of(engine, sampling(FAKE_MODEL))
    (child,) = engine_processes()

    child.kill()
    wait_for(lambda: child.status() == psutil.STATUS_ZOMBIE)

    assert results_of(engine, sampling(FAKE_MODEL))


def test_a_child_that_ignores_a_cancel_is_ended(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "_CANCEL_PATIENCE_S", 0.3)
    engine, cancel = made(Script(mishap=Mishap.HANG, mishap_after=1)), CancelToken()
    running = engine.run(sampling(FAKE_MODEL, seconds=2), cancel)
    events = until(running, Saved)

    cancel.cancel()
    events += running

    assert isinstance(events[-1], Cancelled)
    assert_results_are_what_was_saved(events)
    assert engine_processes() == []
    assert results_of(engine, sampling(FAKE_MODEL, seconds=0.1))


def test_leaving_a_hanging_task_ends_the_child(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "_CANCEL_PATIENCE_S", 0.3)
    engine = made(Script(mishap=Mishap.HANG, mishap_after=1))
    running = engine.run(sampling(FAKE_MODEL, seconds=2), CancelToken())
    until(running, Saved)

    running.close()  # type: ignore[attr-defined]

    assert engine_processes() == []
    assert results_of(engine, sampling(FAKE_MODEL, seconds=0.1))


def test_closing_ends_a_child_that_hangs(
    engine: ProcessEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "_LEAVE_PATIENCE_S", 0.3)
    results_of(engine, PREPARE)
    (child,) = engine_processes()
    child.suspend()

    engine.close()

    assert not child.is_running()


def test_a_second_task_waits_until_the_first_has_ended(made: Made) -> None:
    engine = made(Script(stretch_s=0.05))
    order: list[str] = []

    def work(name: str) -> None:
        for _ in engine.run(sampling(FAKE_MODEL, seconds=1), CancelToken()):
            order.append(name)

    workers = [threading.Thread(target=work, args=(name,)) for name in "ab"]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(10)

    assert len(order) > 4
    assert order == sorted(order) or order == sorted(order, reverse=True)


def test_cancelling_one_task_spares_the_next(engine: ProcessEngine) -> None:
    for _ in range(5):
        cancel = CancelToken()
        running = engine.run(sampling(FAKE_MODEL, seconds=1), cancel)
        next(running)
        cancel.cancel()
        list(running)

        assert results_of(engine, sampling(FAKE_MODEL))


@pytest.mark.parametrize("odd", ["Talkative"], indirect=True)
def test_logs_of_the_child_appear_here_in_words(
    odd: ProcessEngine, warnings_logged: list[logging.LogRecord]
) -> None:
    list(odd.run(PREPARE, CancelToken()))

    (record,) = warnings_logged
    assert (record.name, record.getMessage()) == ("engine.odd", "met a stranger")
    assert record.process != os.getpid()


@pytest.mark.parametrize("odd", ["Talkative"], indirect=True)
def test_the_child_yields_the_processor_to_the_screen(
    odd: ProcessEngine, warnings_logged: list[logging.LogRecord]
) -> None:
    niceness, _ = list[Event](odd.run(PREPARE, CancelToken()))

    assert niceness.done == min(os.nice(0) + 5, 19)  # type: ignore[union-attr]


@pytest.mark.parametrize("odd", ["Choosy"], indirect=True)
def test_a_refusal_keeps_its_kind_and_its_suggestions(odd: ProcessEngine) -> None:
    with pytest.raises(UnknownNameError) as caught:
        list(odd.run(PREPARE, CancelToken()))

    assert caught.value.suggestions == ("Beatles",)


@pytest.mark.parametrize("odd", ["Leaky", "Unloadable", "Nobody"], indirect=True)
def test_an_error_that_an_engine_lets_through_becomes_failed(odd: ProcessEngine) -> None:
    for _ in range(2):
        *_, last = odd.run(PREPARE, CancelToken())

        assert isinstance(last, Failed)
        assert last.problem.kind is ProblemKind.INTERNAL
        assert "Traceback" in last.problem.detail


def test_a_process_that_cannot_be_started_becomes_failed(
    engine: ProcessEngine,
    monkeypatch: pytest.MonkeyPatch,
    warnings_logged: list[logging.LogRecord],
) -> None:
    def refuse(*_: object) -> None:
        raise OSError("out of processes")

    with monkeypatch.context() as full:
        full.setattr("multiprocessing.context.SpawnProcess.start", refuse)
        engine.warm()
        (last,) = engine.run(sampling(FAKE_MODEL), CancelToken())

    assert isinstance(last, Failed)
    assert "out of processes" in last.problem.message
    assert [record.levelname for record in warnings_logged] == ["WARNING"]
    assert results_of(engine, sampling(FAKE_MODEL))

"""What every body of `Engine` promises of how tasks end: laws of `EngineContract`."""

from __future__ import annotations

import threading
import time
from dataclasses import replace

import pytest

from engine.api import (
    Cancelled,
    CancelToken,
    Engine,
    Event,
    Failed,
    PrepareTask,
    ProblemKind,
    Progress,
    Saved,
    Task,
)
from engine.catalog.specs import ModelSpec
from engine.errors import TaskError
from engine.types import Codes, Level, ModelId, Span
from tests.contract.hearing import (
    assert_results_are_what_was_saved,
    events_of,
    of_kind,
    results_of,
    sampling,
    saved_codes,
    until,
    wait_for,
    wait_until_engines_rest,
)


class EndingContract:
    """Promises of every engine about tasks that are cancelled, left, mistaken or go wrong."""

    def test_cancel_ends_in_a_quarter_second_and_keeps_what_was_made(
        self, engine: Engine, model: ModelSpec
    ) -> None:
        """Tried up to three times: the law is about the engine, not about a busy machine."""
        for _ in range(3):
            cancel = CancelToken()
            running = engine.run(sampling(model, seconds=30), cancel)
            events = until(running, Saved)
            began = time.monotonic()

            cancel.cancel()
            events += running

            late_s = time.monotonic() - began
            assert isinstance(events[-1], Cancelled)
            assert len(events[-1].results[0].at(Level.TOP)) > 0
            assert_results_are_what_was_saved(events)
            if late_s < 0.25:
                return
        pytest.fail(f"The last event came {late_s:.2f} s after the cancel.")

    def test_a_task_cancelled_beforehand_makes_nothing(
        self, engine: Engine, model: ModelSpec
    ) -> None:
        cancel = CancelToken()
        cancel.cancel()

        events = list(engine.run(sampling(model), cancel))

        assert events[-1] == Cancelled((Codes.empty(),))
        assert not of_kind(events, Saved)

    def test_closing_the_iterator_early_frees_the_engine(
        self, engine: Engine, model: ModelSpec
    ) -> None:
        running = engine.run(sampling(model, seconds=30), CancelToken())
        until(running, Saved)

        running.close()  # type: ignore[attr-defined]

        assert results_of(engine, sampling(model))

    def test_a_slow_reader_holds_the_engine_back(self, engine: Engine, model: ModelSpec) -> None:
        """What nobody reads is not made, save for what fits into a pipe: memory stays bounded."""
        cancel = CancelToken()
        running = engine.run(sampling(model, seconds=500), cancel)
        events = until(running, Saved)

        wait_until_engines_rest()
        cancel.cancel()
        events += running

        assert len(saved_codes(events, 0, Level.TOP)) * model.grid < 10 * model.sample_rate

    @pytest.mark.parametrize("mistake", ["off the grid", "no levels", "no upper codes"])
    def test_a_mistake_is_told_before_the_first_event_and_does_no_harm(
        self, engine: Engine, model: ModelSpec, mistake: str
    ) -> None:
        task = sampling(model)
        tasks = {
            "off the grid": replace(task, span=Span(1, task.span.end)),
            "no levels": replace(task, levels=()),
            "no upper codes": replace(task, levels=(Level.BOTTOM,)),
        }

        with pytest.raises(TaskError, match=r"\.$"):
            next(engine.run(tasks[mistake], CancelToken()))

        assert results_of(engine, task)

    def test_a_missing_model_is_told_as_one(self, engine: Engine) -> None:
        *_, last = events_of(engine, PrepareTask(ModelId("nowhere")))

        assert isinstance(last, Failed)
        assert last.problem.kind is ProblemKind.MODEL_MISSING

    def test_an_error_inside_becomes_failed(
        self, accident: tuple[Engine, Task], warnings_logged: list[object]
    ) -> None:
        engine, task = accident

        events = events_of(engine, task)

        last = events[-1]
        assert isinstance(last, Failed)
        assert last.problem.kind is not ProblemKind.ENGINE_DIED
        assert last.problem.message.endswith(".")
        assert last.problem.advice.endswith(".")
        assert_results_are_what_was_saved(events)

    def test_closing_the_engine_ends_the_task_of_another_thread(
        self, engine: Engine, model: ModelSpec
    ) -> None:
        events: list[Event] = []
        running = engine.run(sampling(model, seconds=600 * 0.99), CancelToken())
        reader = threading.Thread(target=lambda: events.extend(running))
        reader.start()
        wait_for(lambda: bool(of_kind(tuple(events), Progress)))

        engine.close()
        engine.close()
        reader.join(10)

        assert isinstance(events[-1], Cancelled)
        assert_results_are_what_was_saved(events)

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator

import pytest
from pytestqt.qtbot import QtBot

from app import language
from app.services.generation import GenerationService
from app.song.problems import in_words
from engine.api import (
    Cancelled,
    CancelToken,
    Chunk,
    Engine,
    Event,
    Failed,
    Finished,
    PrepareTask,
    SampleTask,
    Saved,
    Task,
)
from engine.errors import TaskError
from engine.runtime.fake import FakeEngine, Mishap, Script
from engine.types import Codes, Level, SamplingSettings, Span
from tests.app.kit import GRID, PROMPT, SPEC

SAMPLE = SampleTask(
    SPEC.id, PROMPT, Codes.empty(), Span(0, 200 * GRID), tuple(Level), SamplingSettings()
)


class Heard:
    """What a service told, and on which thread."""

    def __init__(self, service: GenerationService) -> None:
        self.events: list[tuple[int, Event]] = []
        service.happened.connect(self._note)

    def _note(self, job: int, event: Event) -> None:
        assert threading.current_thread() is threading.main_thread()
        self.events.append((job, event))

    def last(self, job: int) -> Event | None:
        mine = [event for number, event in self.events if number == job]
        return mine[-1] if mine else None

    def ended(self, job: int) -> bool:
        return isinstance(self.last(job), Finished | Cancelled | Failed)


@pytest.fixture
def serve(qtbot: QtBot) -> Iterator[Callable[[Engine], GenerationService]]:
    services: list[GenerationService] = []

    def make(engine: Engine) -> GenerationService:
        services.append(GenerationService(engine))
        return services[-1]

    yield make
    for service in services:
        service.close()


def test_tasks_run_one_after_the_other(serve, qtbot: QtBot) -> None:
    service = serve(FakeEngine(SPEC))
    heard = Heard(service)

    jobs = [service.submit(task) for task in (PrepareTask(SPEC.id), SAMPLE, SAMPLE)]
    qtbot.waitUntil(lambda: heard.ended(jobs[-1]))

    assert [job for job, _ in heard.events] == sorted(job for job, _ in heard.events)
    assert all(isinstance(heard.last(job), Finished) for job in jobs)


def test_codes_are_written_down_before_the_window_hears_of_them(serve, qtbot: QtBot) -> None:
    service = serve(FakeEngine(SPEC))
    heard = Heard(service)
    written: list[Event] = []
    late: list[Event] = []

    class Notes:
        def note(self, event: Event) -> None:
            assert threading.current_thread() is not threading.main_thread()
            late.extend(told for _, told in heard.events if told is event)
            written.append(event)

    job = service.submit(SAMPLE, Notes())
    qtbot.waitUntil(lambda: heard.ended(job))

    assert late == []
    assert [e for e in written if isinstance(e, Saved | Chunk)] == [
        e for _, e in heard.events if isinstance(e, Saved | Chunk)
    ]


def test_cancelling_keeps_what_was_made(serve, qtbot: QtBot) -> None:
    service = serve(FakeEngine(SPEC, Script(stretch_s=0.05)))
    heard = Heard(service)
    job = service.submit(SAMPLE)
    qtbot.waitUntil(lambda: any(isinstance(event, Saved) for _, event in heard.events))

    service.cancel(job)
    qtbot.waitUntil(lambda: heard.ended(job))

    end = heard.last(job)
    assert isinstance(end, Cancelled)
    assert len(end.results[0].at(Level.TOP)) > 0


def test_a_task_that_waits_can_be_cancelled(serve, qtbot: QtBot) -> None:
    service = serve(FakeEngine(SPEC, Script(stretch_s=0.02)))
    heard = Heard(service)
    first, second = service.submit(SAMPLE), service.submit(SAMPLE)

    service.cancel(second)
    service.cancel(first)
    qtbot.waitUntil(lambda: heard.ended(second))

    assert isinstance(heard.last(second), Cancelled)


def test_a_task_that_can_never_succeed_fails_in_words(serve, qtbot: QtBot) -> None:
    service = serve(FakeEngine(SPEC))
    heard = Heard(service)
    off_grid = SampleTask(
        SPEC.id, PROMPT, Codes.empty(), Span(1, 2), tuple(Level), SamplingSettings()
    )

    job, after = service.submit(off_grid), service.submit(SAMPLE)
    qtbot.waitUntil(lambda: heard.ended(after))

    end = heard.last(job)
    assert isinstance(end, Failed) and "grid" in end.problem.message
    assert isinstance(heard.last(after), Finished)


class Refusing:
    """An engine that refuses every task, and every other one with a bug."""

    def __init__(self) -> None:
        self._asked = 0

    def run(self, task: Task, cancel: CancelToken) -> Iterator[Event]:
        self._asked += 1
        if self._asked % 2:
            raise TaskError("There is nothing to do: the stretch of time is empty.")
        raise ZeroDivisionError("7 / 0")

    def close(self) -> None:
        """Nothing to close."""


def test_in_arabic_what_a_task_fails_of_is_told_in_arabic(
    serve, qtbot: QtBot, warnings_logged
) -> None:
    language.speak("ar")
    service = serve(Refusing())
    heard = Heard(service)

    jobs = [service.submit(SAMPLE), service.submit(SAMPLE)]
    qtbot.waitUntil(lambda: heard.ended(jobs[-1]))

    for job in jobs:
        end = heard.last(job)
        assert isinstance(end, Failed)
        words = " ".join(in_words(end.problem))
        assert re.search("[\u0600-\u06ff]", words) and not re.search("[A-Za-z]", words)
    assert len(warnings_logged) == 1


class Buggy:
    """An engine that breaks its contract. Stands for bugs that nobody foresaw."""

    def run(self, task: Task, cancel: CancelToken) -> Iterator[Event]:
        raise ZeroDivisionError("who could know")

    def close(self) -> None:
        """Nothing to close."""


def test_a_bug_is_told_and_the_thread_goes_on(serve, qtbot: QtBot, warnings_logged) -> None:
    service = serve(Buggy())
    heard = Heard(service)

    jobs = [service.submit(SAMPLE), service.submit(SAMPLE)]
    qtbot.waitUntil(lambda: heard.ended(jobs[-1]))

    for job in jobs:
        end = heard.last(job)
        assert isinstance(end, Failed) and "who could know" in end.problem.message
    assert len(warnings_logged) == 2


def test_a_failure_keeps_what_was_made(serve, qtbot: QtBot) -> None:
    service = serve(FakeEngine(SPEC, Script(mishap=Mishap.FAIL, mishap_after=3)))
    heard = Heard(service)

    job = service.submit(SAMPLE)
    qtbot.waitUntil(lambda: heard.ended(job))

    assert isinstance(heard.last(job), Failed)
    assert sum(isinstance(event, Saved) for _, event in heard.events) == 3


def test_closing_while_busy_takes_no_time(serve, qtbot: QtBot) -> None:
    service = serve(FakeEngine(SPEC, Script(stretch_s=0.5)))
    service.submit(SAMPLE)

    began = time.monotonic()
    service.close()

    assert time.monotonic() - began < 2

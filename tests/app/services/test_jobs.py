from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from pytestqt.qtbot import QtBot

from app.services.errands import Errand, Kind
from app.services.jobs import Jobs
from app.services.takes import TakeStore
from app.song.status import EngineState, JobState, Phase
from engine.api import Cancelled, EncodeTask, Event, Failed, Finished, SampleTask
from engine.runtime.fake import FakeEngine, Mishap, Script
from engine.types import Audio, Codes, Level, ModelId, SamplingSettings, Span
from tests.app.kit import GRID, PROMPT, SPEC, take

TAKE = take("a", 0, 200)
SAMPLE = SampleTask(SPEC.id, PROMPT, Codes.empty(), TAKE.span, tuple(Level), SamplingSettings())


@pytest.fixture
def work(qtbot: QtBot) -> Iterator[Callable[..., Jobs]]:
    made: list[Jobs] = []

    def start(script: Script | None = None) -> Jobs:
        made.append(Jobs(FakeEngine(SPEC, script)))
        return made[-1]

    yield start
    for jobs in made:
        jobs.close()


def store() -> TakeStore:
    made = TakeStore(SPEC)
    made.begin(TAKE)
    return made


def errand(kind: Kind = Kind.COMPOSE, into: TakeStore | None = None) -> Errand:
    return Errand(kind, kind.name.title(), SAMPLE, (TAKE,), into or store())


def test_what_is_made_comes_to_stand_in_the_take(work: Callable[..., Jobs], qtbot: QtBot) -> None:
    jobs, into = work(), store()
    sounded: list[Span] = []
    jobs.sounded.connect(lambda _store, _take, span: sounded.append(span))

    with qtbot.waitSignal(jobs.ended) as told:
        jobs.submit(errand(into=into))

    assert told.args is not None and isinstance(told.args[1], Finished)
    assert into.made_until(TAKE) == TAKE.span.end
    assert into.unheard(TAKE) == ()
    assert max(span.end for span in sounded) == TAKE.span.end


def test_the_state_tells_the_errand_and_how_far_it_is(
    work: Callable[..., Jobs], qtbot: QtBot
) -> None:
    jobs = work(Script(stretch_s=0.01))
    states: list[JobState | None] = []
    jobs.changed.connect(states.append)

    jobs.submit(errand())
    qtbot.waitUntil(lambda: bool(states) and states[-1] is None)

    shown = [state for state in states if state is not None]
    assert {state.title for state in shown} == {"Compose"}
    assert [state.done for state in shown] == sorted(state.done for state in shown)
    assert shown[-1].done == shown[-1].total > 0
    assert jobs.queue.jobs == () and jobs.queue.remaining_s == 0


def test_stopping_stops_composing_first(work: Callable[..., Jobs], qtbot: QtBot) -> None:
    jobs = work(Script(stretch_s=0.02))
    ended: list[tuple[Errand, Event]] = []
    jobs.ended.connect(lambda done, event: ended.append((done, event)))
    decode, compose = errand(Kind.DECODE), errand()
    jobs.submit(decode)
    jobs.submit(compose)

    jobs.stop()
    qtbot.waitUntil(lambda: len(ended) == 2, timeout=20_000)

    assert {done.kind: type(event) for done, event in ended} == {
        Kind.DECODE: Finished,
        Kind.COMPOSE: Cancelled,
    }


def test_codes_of_a_recording_are_attached(work: Callable[..., Jobs], qtbot: QtBot) -> None:
    jobs, into = work(), store()
    sound = Audio([0.5] * TAKE.span.length, SPEC.sample_rate)  # type: ignore[arg-type]

    with qtbot.waitSignal(jobs.ended):
        jobs.submit(Errand(Kind.ENCODE, "Encode", EncodeTask(SPEC.id, sound), (TAKE,), into))

    assert into.made_until(TAKE) == 200 * GRID


def phases(jobs: Jobs) -> list[EngineState]:
    seen: list[EngineState] = []
    jobs.engine_changed.connect(seen.append)
    return seen


def test_preparing_tells_when_the_engine_is_ready(work: Callable[..., Jobs], qtbot: QtBot) -> None:
    jobs = work()
    seen = phases(jobs)

    jobs.prepare(SPEC, store())
    assert jobs.state is None
    qtbot.waitUntil(lambda: jobs.engine_state.phase is Phase.READY)

    assert seen[0].phase is Phase.STARTING and "Tones" in seen[0].message
    assert jobs.engine_state.model == SPEC


def test_a_model_that_does_not_load_is_told_and_work_brings_it_back(
    work: Callable[..., Jobs], qtbot: QtBot
) -> None:
    from dataclasses import replace

    jobs = work()
    jobs.prepare(replace(SPEC, id=ModelId("missing")), store())
    qtbot.waitUntil(lambda: jobs.engine_state.phase is Phase.FAILED)
    assert "missing" in jobs.engine_state.message

    with qtbot.waitSignal(jobs.ended):
        jobs.submit(errand())

    assert jobs.engine_state.phase is Phase.READY


def test_a_failure_ends_the_errand(work: Callable[..., Jobs], qtbot: QtBot) -> None:
    jobs = work(Script(mishap=Mishap.FAIL, mishap_after=2))

    with qtbot.waitSignal(jobs.ended) as told:
        jobs.submit(errand())

    assert told.args is not None and isinstance(told.args[1], Failed)
    assert jobs.state is None


def test_takes_that_wait_for_more_are_known(work: Callable[..., Jobs], qtbot: QtBot) -> None:
    jobs = work(Script(stretch_s=0.05))
    jobs.submit(errand())

    assert jobs.concern({TAKE.id}) and not jobs.concern({"other"})
    with qtbot.waitSignal(jobs.ended):
        jobs.abandon()
    assert not jobs.concern({TAKE.id})

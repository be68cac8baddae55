"""The order of the line: pure, so as a model checked against a list of words."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.errands import Errand, Kind
from app.services.line import Entry, Line
from app.services.takes import TakeStore
from app.song.pace import Pace
from engine.api import Progress, SampleTask
from engine.types import Codes, Level, SamplingSettings, Span
from tests.app.kit import GRID, PROMPT, SPEC, codes_like, take

TAKE = take("a", 0, 40)
TASK = SampleTask(SPEC.id, PROMPT, Codes.empty(), TAKE.span, tuple(Level), SamplingSettings())


def store() -> TakeStore:
    made = TakeStore(SPEC)
    made.begin(TAKE)
    return made


def entry(kind: Kind) -> Entry:
    return Entry(Errand(kind, kind.name, TASK, (TAKE,), store()), None)


def line(*kinds: Kind) -> Line:
    made = Line(Pace())
    for kind in kinds:
        made.add(entry(kind))
    return made


def kinds(made: Line) -> list[Kind]:
    return [each.errand.kind for each in made.entries]


def test_composing_goes_before_rendering_and_what_is_short_before_both() -> None:
    made = line(Kind.RENDER, Kind.COMPOSE, Kind.RENDER, Kind.DECODE, Kind.COMPOSE)

    assert kinds(made) == [Kind.DECODE, Kind.COMPOSE, Kind.COMPOSE, Kind.RENDER, Kind.RENDER]


def test_what_the_composer_moved_stays_where_it_was_put() -> None:
    made = line(Kind.COMPOSE, Kind.RENDER)
    render = made.jobs[1]
    made.move(render.number, -1)

    made.add(entry(Kind.COMPOSE))

    assert kinds(made) == [Kind.RENDER, Kind.COMPOSE, Kind.COMPOSE]
    assert made.first is render


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(-7, 7)), max_size=12))
def test_moving_moves_one_job_among_the_jobs(moves: list[tuple[int, int]]) -> None:
    made = line(*[Kind.COMPOSE] * 3, Kind.DECODE, *[Kind.RENDER] * 3)
    expected = [each.number for each in made.jobs]
    for at, places in moves:
        number = expected[at]
        expected.remove(number)
        expected.insert(min(max(at + places, 0), len(expected)), number)
        made.move(number, places)

        assert [each.number for each in made.jobs] == expected
        assert len(made.entries) == 7


def test_what_is_paused_or_undone_is_passed_over() -> None:
    made = line(Kind.COMPOSE, Kind.COMPOSE, Kind.RENDER)
    made.jobs[0].paused = True
    made.jobs[1].away = True

    assert made.first is made.entries[2]
    assert len(made.jobs) == 2


def test_an_errand_knows_what_of_it_is_missing() -> None:
    errand = Errand(Kind.COMPOSE, "Compose", TASK, (TAKE,), store())
    assert sum(errand.missing().values()) == errand.codes()
    errand.store.add_codes(TAKE.id, Level.TOP, 0, codes_like(0, 10, Level.TOP))

    task = errand.next_task()

    assert errand.missing()[Level.TOP] == 30
    assert isinstance(task, SampleTask)
    assert [len(task.made[0].at(level)) for level in Level] == [0, 0, 10]


def test_passes_are_made_one_after_the_other_and_know_those_before_them() -> None:
    drafted = Codes((*Codes.empty().levels[:2], codes_like(0, 40, Level.TOP)))
    own = replace(TAKE, levels=(Level.MIDDLE,))
    task = replace(TASK, levels=(Level.MIDDLE,), context=drafted)
    passes = (Span(20 * GRID, 30 * GRID), Span(10 * GRID, 20 * GRID))
    errand = Errand(Kind.RENDER, "Render", task, (own,), store(), passes)
    first = errand.next_task()
    assert isinstance(first, SampleTask) and first.span == passes[0]

    errand.store.add_codes(own.id, Level.MIDDLE, passes[0].start, codes_like(20, 30, Level.MIDDLE))
    second = errand.next_task()

    assert isinstance(second, SampleTask) and second.span == passes[1]
    known = second.context.at(Level.MIDDLE)
    factor = GRID // SPEC.hop(Level.MIDDLE)
    assert list(known[20 * factor : 30 * factor]) == list(codes_like(20, 30, Level.MIDDLE))
    assert errand.missing() == {Level.MIDDLE: 10 * factor}


def test_the_queue_takes_as_long_as_its_jobs_that_are_not_paused() -> None:
    made = line(Kind.COMPOSE, Kind.RENDER, Kind.RENDER)
    assert made.state().remaining_s is None
    for level in Level:
        made.pace.note(SPEC.id, level, 1, 10, 1.0)
    made.jobs[1].paused = True

    state = made.state()

    one = state.jobs[0].remaining_s
    assert one == pytest.approx(state.jobs[0].total / 10)
    assert state.remaining_s == pytest.approx(2 * one)


def test_nothing_is_promised_while_the_engine_warms_up() -> None:
    pace = Pace()
    pace.note(TASK.model, Level.TOP, 1, 100, 1.0)
    made = Line(pace)
    made.add(entry(Kind.COMPOSE))
    job = made.entries[0]
    job.begin(1)

    promised: list[float | None] = []
    for done, per_second in ((10, 0.0), (20, 0.0), (30, 50.0), (40, 50.0)):
        made.measure(job, Progress(Level.TOP, done, 1000, per_second))
        promised.append(made.state().remaining_s)

    assert promised[:2] == [None, None]
    assert None not in promised[2:]

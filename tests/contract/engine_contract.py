"""What every body of `Engine` promises, as tests that a class inherits.

A body's test class derives from `EngineContract`, and from `ProcessContract` where the engine
works in a child process, and says in fixtures which engine, model and accident to test with.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine.api import (
    LAST_EVENTS,
    CancelToken,
    Chunk,
    DecodeTask,
    EncodeTask,
    Engine,
    Event,
    Failed,
    Finished,
    PrepareTask,
    ProblemKind,
    Progress,
    SampleTask,
    Saved,
    Started,
    Task,
)
from engine.catalog.specs import ModelSpec
from engine.types import Audio, Level, SamplingSettings, Span
from tests.contract.aligning import AlignmentContract
from tests.contract.ending import EndingContract
from tests.contract.hearing import (
    ALL_LEVELS,
    assert_follow,
    assert_results_are_what_was_saved,
    assert_tiles,
    engine_processes,
    events_of,
    heard,
    of_kind,
    overlaid,
    results_of,
    sampling,
    saved_codes,
    spliced,
    until,
)
from tests.contract.remembering import RememberingContract
from tests.contract.resuming import ResumingContract
from tests.contract.scoring import ScoringContract


class EngineContract(
    AlignmentContract, EndingContract, RememberingContract, ResumingContract, ScoringContract
):
    """Promises of every engine.

    Fixtures to give: `engine`, `model`, and `accident`: an engine, and a task that breaks it.
    """

    @pytest.fixture(scope="class")
    @classmethod
    def engine(cls) -> Engine:
        raise NotImplementedError

    @pytest.fixture(scope="class")
    @classmethod
    def model(cls) -> ModelSpec:
        raise NotImplementedError

    @pytest.fixture
    def accident(self) -> tuple[Engine, Task]:
        raise NotImplementedError

    @pytest.fixture(scope="class")
    @classmethod
    def full_task(cls, model: ModelSpec) -> SampleTask:
        """Two takes of a short phrase at every level."""
        settings = SamplingSettings(seed=7, variations=2)
        return sampling(model, levels=ALL_LEVELS, settings=settings)

    @pytest.fixture(scope="class")
    @classmethod
    def full_events(cls, engine: Engine, full_task: SampleTask) -> list[Event]:
        return events_of(engine, full_task)

    def test_only_the_last_event_says_how_it_ended(self, full_events: list[Event]) -> None:
        assert [isinstance(event, LAST_EVENTS) for event in full_events].count(True) == 1
        assert isinstance(full_events[-1], Finished)

    def test_the_plan_is_told_once_and_holds(
        self, full_events: list[Event], full_task: SampleTask
    ) -> None:
        (started,) = of_kind(full_events, Started)
        progress = [event for event in of_kind(full_events, Progress) if event.level is not None]
        saved = sum(len(event.codes) for event in of_kind(full_events, Saved))

        assert started.steps == saved
        assert [event.done for event in progress] == sorted(event.done for event in progress)
        assert all(event.total == started.steps for event in progress)
        assert progress[-1].done == started.steps

    def test_codes_arrive_before_the_sound_made_of_them(
        self, full_events: list[Event], model: ModelSpec
    ) -> None:
        saved_until: dict[tuple[int, Level], int] = {}
        for event in full_events:
            if isinstance(event, Saved):
                end = event.start + len(event.codes) * model.hop(event.level)
                saved_until[event.variation, event.level] = end
            elif isinstance(event, Chunk):
                end = event.start + len(event.audio.samples)
                assert end <= saved_until[event.variation, event.level]

    def test_every_moment_sounds_coarse_before_it_sounds_fine(
        self, full_events: list[Event]
    ) -> None:
        sounding = dict.fromkeys(ALL_LEVELS, 0)
        for chunk in of_kind(full_events, Chunk):
            if chunk.variation == 0:
                sounding[chunk.level] = chunk.start + len(chunk.audio.samples)
                assert sounding[Level.TOP] >= sounding[Level.MIDDLE] >= sounding[Level.BOTTOM]

    @pytest.mark.parametrize("level", ALL_LEVELS)
    @pytest.mark.parametrize("take", [0, 1])
    def test_stretches_of_codes_and_of_sound_tile_the_span(
        self,
        full_events: list[Event],
        full_task: SampleTask,
        model: ModelSpec,
        take: int,
        level: Level,
    ) -> None:
        codes = [
            (event.start, len(event.codes) * model.hop(level))
            for event in of_kind(full_events, Saved)
            if (event.variation, event.level) == (take, level)
        ]
        sound = [
            (event.start, len(event.audio.samples))
            for event in of_kind(full_events, Chunk)
            if (event.variation, event.level) == (take, level)
        ]

        assert_tiles(codes, full_task.span)
        assert_tiles(sound, full_task.span)

    def test_levels_that_need_not_sound_do_not_and_change_no_code(
        self, engine: Engine, full_events: list[Event], full_task: SampleTask
    ) -> None:
        events = events_of(engine, replace(full_task, sounded=(Level.BOTTOM,)))

        assert {chunk.level for chunk in of_kind(events, Chunk)} == {Level.BOTTOM}
        np.testing.assert_array_equal(
            heard(events, 1, Level.BOTTOM), heard(full_events, 1, Level.BOTTOM)
        )
        for level in Level:
            told = saved_codes(events, 1, level)
            np.testing.assert_array_equal(told, saved_codes(full_events, 1, level))

    def test_results_equal_what_was_saved(self, full_events: list[Event]) -> None:
        assert_results_are_what_was_saved(full_events, takes=2)

    def test_codes_lie_in_the_codebook(self, full_events: list[Event], model: ModelSpec) -> None:
        for event in of_kind(full_events, Saved):
            assert event.codes.dtype == np.uint16
            assert event.codes.max() < model.codebook_size

    @pytest.mark.parametrize("level", ALL_LEVELS)
    def test_sound_on_the_way_equals_the_decoded_results(
        self,
        engine: Engine,
        full_events: list[Event],
        full_task: SampleTask,
        level: Level,
    ) -> None:
        assert isinstance(full_events[-1], Finished)
        task = DecodeTask(full_task.model, full_events[-1].results[1], full_task.span, level)

        decoding = events_of(engine, task)

        decoded = heard(decoding, 0, level)
        assert decoding[-1] == Finished()
        assert np.abs(decoded).max() > 0
        np.testing.assert_allclose(decoded, heard(full_events, 1, level), atol=1e-5)

    def test_same_seed_gives_same_codes_and_another_seed_gives_others(
        self, engine: Engine, full_task: SampleTask, full_events: list[Event]
    ) -> None:
        assert isinstance(full_events[-1], Finished)
        other_seed = replace(full_task, settings=SamplingSettings(seed=8, variations=2))

        again, other = results_of(engine, full_task), results_of(engine, other_seed)

        assert again == full_events[-1].results
        assert all(a != b for a, b in zip(again, other, strict=True))

    def test_takes_differ_and_do_not_depend_on_their_company(
        self, engine: Engine, model: ModelSpec
    ) -> None:
        together = sampling(model, settings=SamplingSettings(seed=3, variations=3))
        in_turn = replace(together, settings=replace(together.settings, batch_limit=1))
        alone = replace(together, settings=replace(together.settings, variations=1))

        takes = results_of(engine, together)

        assert takes[0] != takes[1] != takes[2] != takes[0]
        assert results_of(engine, in_turn) == takes
        assert results_of(engine, alone) == takes[:1]

    def test_asking_for_more_adds_exactly_that(self, engine: Engine, model: ModelSpec) -> None:
        beginning = sampling(model, seconds=0.2)
        (made,) = results_of(engine, beginning)
        end = beginning.span.end
        more = replace(beginning, context=made, span=Span(end, end + 5 * model.grid))

        events = events_of(engine, more)

        assert len(saved_codes(events, 0, Level.TOP)) == 5
        assert of_kind(events, Saved)[0].start == end
        assert_results_are_what_was_saved(events)

    def test_new_music_joins_old_without_a_seam(
        self, engine: Engine, full_events: list[Event], full_task: SampleTask, model: ModelSpec
    ) -> None:
        """Whatever is redone in the middle, all that was heard is what the codes say."""
        assert isinstance(full_events[-1], Finished)
        old, grid = full_events[-1].results[0], model.grid
        inside = Span(8 * grid, full_task.span.end - 8 * grid)
        settings = SamplingSettings(seed=9)
        redo = replace(full_task, context=old, span=inside, settings=settings)

        redoing = events_of(engine, redo)

        assert isinstance(redoing[-1], Finished)
        first_take = [chunk for chunk in of_kind(full_events, Chunk) if chunk.variation == 0]
        for level in ALL_LEVELS:
            redone = [chunk for chunk in of_kind(redoing, Chunk) if chunk.level is level]
            assert_follow(redone, inside)
            codes = spliced(old, redoing[-1].results[0], inside, model)
            task = DecodeTask(model.id, codes, full_task.span, level)
            decoded = heard(events_of(engine, task), 0, level)
            kept = [chunk for chunk in first_take if chunk.level is level]
            np.testing.assert_allclose(overlaid([*kept, *redone]), decoded, atol=1e-5)

    def test_raising_quality_keeps_the_codes_above(
        self, engine: Engine, full_task: SampleTask, full_events: list[Event]
    ) -> None:
        assert isinstance(full_events[-1], Finished)
        draft, *_ = full_events[-1].results
        settings = replace(full_task.settings, variations=1)
        task = replace(full_task, context=draft, levels=(Level.MIDDLE,), settings=settings)

        (raised,) = results_of(engine, task)

        assert len(raised.at(Level.TOP)) == len(raised.at(Level.BOTTOM)) == 0
        np.testing.assert_array_equal(raised.at(Level.MIDDLE), draft.at(Level.MIDDLE))

    def test_preparing_has_no_results(self, engine: Engine, model: ModelSpec) -> None:
        events = events_of(engine, PrepareTask(model.id))

        assert of_kind(events, Started)
        assert events[-1] == Finished()

    def test_encoding_gives_codes_of_every_level_for_whole_top_codes(
        self, engine: Engine, model: ModelSpec
    ) -> None:
        tops = 40
        seconds = (tops + 0.5) * model.grid / model.sample_rate
        time_s = np.arange(round(seconds * 48_000)) / 48_000
        stereo = np.stack([np.sin(2000 * time_s), np.sin(3000 * time_s)], axis=1)

        (codes,) = results_of(engine, EncodeTask(model.id, Audio(0.5 * stereo, 48_000)))

        lengths = [len(level) for level in codes.levels]
        assert lengths == [tops * model.grid // hop for hop in model.hops]
        assert all(level.max() < model.codebook_size for level in codes.levels)


class ProcessContract(EngineContract):
    """Promises of engines that work in a child process, on top."""

    def test_a_killed_child_becomes_failed_and_the_next_task_works(
        self, engine: Engine, model: ModelSpec
    ) -> None:
        running = engine.run(sampling(model, seconds=30), CancelToken())
        events = until(running, Saved)
        (child,) = engine_processes()

        child.kill()
        events += running

        last = events[-1]
        assert isinstance(last, Failed)
        assert last.problem.kind is ProblemKind.ENGINE_DIED
        assert "SIGKILL" in last.problem.message
        assert len(last.results[0].at(Level.TOP)) > 0
        assert_results_are_what_was_saved(events)
        assert results_of(engine, sampling(model))
        assert [process.pid for process in engine_processes()] != [child.pid]

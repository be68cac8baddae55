"""A plan never asks for more than is free, and asks for as little as it must give up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.catalog.released import RELEASED, released_config
from engine.errors import MemoryPlanError
from engine.runtime.budget import Demand, Residency, Room, plan
from engine.types import Level, Precision

GB = 10**9
ALL_LEVELS = (Level.TOP, Level.MIDDLE, Level.BOTTOM)
PROCESSOR = (Precision.SINGLE, Precision.HALF)
CONFIGS = {name: released_config(name) for name in RELEASED}
sizes = st.integers(0, 60 * GB)
rooms = st.builds(Room, sizes, st.lists(sizes, max_size=3).map(tuple))
demands = st.builds(
    Demand,
    st.sets(st.sampled_from(Level)).map(lambda levels: tuple(sorted(levels, reverse=True))),
    st.integers(1, 64),
    st.integers(0, GB),
    st.booleans(),
    st.integers(1, 64),
)
some_precisions = st.sampled_from([PROCESSOR, (Precision.HALF,), (Precision.SINGLE,)])


def planned(name, demand, room, precisions):
    try:
        return plan(CONFIGS[name], demand, room, precisions)
    except MemoryPlanError:
        return None


@given(st.sampled_from(RELEASED), demands, rooms, some_precisions)
def test_a_plan_never_asks_for_more_than_is_free(name, demand, room, precisions):
    found = planned(name, demand, room, precisions)

    if found is not None:
        assert found.needed.ram <= room.ram
        assert len(found.needed.gpus) == len(room.gpus)
        assert all(n <= f for n, f in zip(found.needed.gpus, room.gpus, strict=True))
        assert 1 <= found.takes <= demand.takes
        assert min(2, demand.windows) <= found.windows <= demand.windows
        assert found.precision in precisions


@given(st.sampled_from(RELEASED), demands, rooms, some_precisions, st.integers(0, 9 * GB))
def test_what_fits_fits_with_more_memory_too(name, demand, room, precisions, more):
    larger = Room(room.ram + more, tuple(free + more for free in room.gpus))

    if planned(name, demand, room, precisions) is not None:
        assert planned(name, demand, larger, precisions) is not None


@given(st.sampled_from(RELEASED), demands, rooms, some_precisions)
def test_every_layer_has_one_home(name, demand, room, precisions):
    found = planned(name, demand, room, precisions)

    for need in found.levels if found else ():
        apart = found.residency in (Residency.SPREAD, Residency.FETCHED)
        depth = CONFIGS[name].priors[need.level].transformer.depth
        assert sum(home.layers for home in need.homes) == (depth if apart else 0)
        if found.residency is Residency.SPREAD:
            assert {home.name for home in need.homes} <= {f"gpu {n}" for n in range(3)}


@pytest.mark.parametrize("gpus", [(), (40 * GB,)])
def test_with_room_for_everything_nothing_is_given_up(gpus):
    found = planned("1b_lyrics", Demand(ALL_LEVELS, 4, GB, True), Room(64 * GB, gpus), PROCESSOR)

    assert (found.residency, found.takes, found.precision) == (Residency.ALL, 4, Precision.SINGLE)


def test_what_is_given_up_first_costs_least():
    """Half a gigabyte less each time, until the task is refused."""
    demand, given_up = Demand(ALL_LEVELS, 4, GB // 2, True), []
    for half_gigabytes in range(60, 0, -1):
        found = planned("1b_lyrics", demand, Room(half_gigabytes * GB // 2), PROCESSOR)
        step = found and (found.residency, found.precision, found.takes)
        if step not in given_up:
            given_up.append(step)

    single, half = PROCESSOR
    assert given_up[:4] == [
        (Residency.ALL, single, 4),
        (Residency.ONE, single, 4),
        (Residency.ONE, single, 2),
        (Residency.ONE, single, 1),
    ]
    assert (Residency.ONE, half, 1) in given_up
    assert [step and step[0] for step in given_up[-2:]] == [Residency.FETCHED, None]


def test_two_gpus_hold_a_level_that_neither_holds_alone():
    room = Room(8 * GB, (11 * GB, 11 * GB))

    found = planned("5b_lyrics", Demand(ALL_LEVELS, 1, GB // 2), room, (Precision.HALF,))

    assert found.residency is Residency.SPREAD
    assert [home.name for home in found.levels[0].homes] == ["gpu 0", "gpu 1"]


def test_a_refusal_tells_what_is_needed_and_what_is_free():
    demand = Demand(ALL_LEVELS, 3, GB // 2)

    with pytest.raises(MemoryPlanError, match=r"would need \d\.\d GB of memory, and 2.0 GB are"):
        plan(CONFIGS["5b"], demand, Room(2 * GB), PROCESSOR)


def test_a_task_without_priors_needs_the_autoencoder_alone():
    found = planned("5b_lyrics", Demand((), 1, GB // 2), Room(GB), PROCESSOR)

    assert found.needed.ram < GB
    assert planned("5b_lyrics", Demand((), 1, GB // 2), Room(GB // 2), PROCESSOR) is None


def test_a_plan_is_told_in_one_line():
    found = planned("1b_lyrics", Demand(ALL_LEVELS, 1, 0), Room(9 * GB), PROCESSOR)

    words = found.sentence()
    assert "of 9.0 GB free memory" in words
    assert "fp32" in words
    assert "one level in memory at a time" in words

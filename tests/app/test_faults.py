"""The fault drill: whatever is killed, and whenever, no music is lost and the song goes on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.audio.files import audio_info
from tests.app.drill import SECONDS
from tests.app.killing import (
    ByName,
    Drill,
    Outcome,
    codes_of,
    killed_engine,
    killed_program,
    undisturbed,
)

KILLS = 20
LEAST_TAKES = {"generate": 0, "render": 2}


@pytest.fixture(scope="module")
def drill() -> Iterator[Drill]:
    made = Drill()
    yield made
    made.close()


@pytest.fixture(scope="module")
def tones(drill: Drill, tmp_path_factory: pytest.TempPathFactory) -> ByName:
    """The takes of a session of tones that nothing happened to."""
    return undisturbed(drill, "thread", tmp_path_factory.mktemp("undisturbed"))


@pytest.fixture(scope="module")
def pocket(drill: Drill, tmp_path_factory: pytest.TempPathFactory) -> ByName:
    """The takes of a session of Pocket's that nothing happened to."""
    return undisturbed(drill, "pocket", tmp_path_factory.mktemp("pocket"))


def nothing_is_lost(told: Outcome, expected: ByName, folder: Path, body: str) -> None:
    assert told.missing_s <= 1
    assert told.made == {name: expected[name] for name in told.made}
    assert len(told.made) >= LEAST_TAKES.get(told.phase, 3)
    if told.phase == "export":
        assert codes_of(folder / "tune.jukebox", folder, body) == expected
    for whole in folder.glob("tune.jukebox"):
        assert codes_of(whole, folder, body) == expected
    for whole in folder.glob("tune.wav"):
        assert audio_info(whole).seconds == pytest.approx(SECONDS[body], abs=0.05)


@pytest.mark.parametrize("seed", range(KILLS - 5))
def test_a_killed_session_is_recovered_and_goes_on_as_if_nothing_had_been(
    seed: int, drill: Drill, tones: ByName, qapp: object, tmp_path: Path
) -> None:
    told = killed_program(drill, "thread", seed, tmp_path)

    nothing_is_lost(told, tones, tmp_path, "thread")


@pytest.mark.parametrize("seed", range(KILLS - 5, KILLS))
def test_a_killed_engine_is_replaced_and_the_song_is_the_same(
    seed: int, drill: Drill, tones: ByName, tmp_path: Path
) -> None:
    assert killed_engine(drill, "process", seed, tmp_path).made == tones


@pytest.mark.parametrize("seed", [0, 1, 6])
def test_a_killed_session_of_pockets_is_resumed_to_the_very_codes(
    seed: int, drill: Drill, pocket: ByName, qapp: object, tmp_path: Path
) -> None:
    """While it generates, and twice while it renders; `tests.app.killing` does so 20 times."""
    told = killed_program(drill, "pocket", seed, tmp_path)

    nothing_is_lost(told, pocket, tmp_path, "pocket")


@pytest.mark.parametrize("seed", [19])
def test_a_killed_pocket_is_replaced_and_the_song_is_the_same(
    seed: int, drill: Drill, pocket: ByName, tmp_path: Path
) -> None:
    assert killed_engine(drill, "pocket", seed, tmp_path).made == pocket

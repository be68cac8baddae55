from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.song.errors import DocumentError
from app.song.singing import Course, Singing, Sung, course, packed, unpacked
from app.song.song import Origin, Take
from engine.types import Level, Prompt
from tests.app.kit import GRID, SPEC, take

WORDS = "la le li lo"
PROMPT = Prompt("", (), WORDS, 100 * GRID)
ROOT = take("a", 0, 8, prompt=PROMPT)


def sung(start: int, *places: int, lyrics: str = WORDS, weight: float = 1.0) -> Sung:
    weights = np.full(len(places), weight, np.float32)
    return Sung.told(start * GRID, lyrics, np.array(places, np.int32), weights)


def followed(takes: tuple[Take, ...], lyrics: str, *told: tuple[Take, Sung]) -> Course:
    singing = Singing()
    for of, each in told:
        singing.add(of.id, each)
    return course(takes, singing.of, lyrics, SPEC)


def at(found: Course, code: int) -> int:
    return found.character_at((code + 0.5) * found.code_s)


@given(st.lists(st.tuples(st.integers(-1, 20_000), st.floats(0, 1)), max_size=50))
def test_what_a_song_file_keeps_is_what_was_told(told: list[tuple[int, float]]) -> None:
    places = np.array([place for place, _ in told], np.int32)
    weights = np.array([weight for _, weight in told], np.float32)
    one = Sung.told(0, "", places, weights)

    kept = unpacked(packed(one), len(told))

    assert np.array_equal(kept[0], one.places) and np.array_equal(kept[1], one.weights)


@pytest.mark.parametrize(
    ("data", "count"), [(b"x", 1), (packed(sung(0, 1, 2)), 1), (packed(sung(0, 1)), 2),
                        (packed(sung(0, 1)), -1), (packed(sung(0, 1)), 2**40)],
)  # fmt: skip
def test_hostile_words_are_refused(data: bytes, count: int) -> None:
    with pytest.raises(DocumentError):
        unpacked(data, count)


def test_words_without_end_are_not_unpacked() -> None:
    endless = packed(sung(0, *([0] * 1_000_000)))

    with pytest.raises(DocumentError, match="cut off"):
        unpacked(endless, 10)


def test_the_character_follows_the_codes() -> None:
    found = followed((ROOT,), WORDS, (ROOT, sung(0, 0, 0, 3, 4, 6, -1, 9, 9)))

    assert [at(found, code) for code in range(8)] == [0, 0, 3, 4, 6, -1, 9, 9]
    assert [word.text for line in found.lines() for word in line.words] == WORDS.split()
    assert found.character_at(-1) == found.character_at(1e9) == -1


def test_a_stray_look_does_not_run_back() -> None:
    found = followed((ROOT,), WORDS, (ROOT, sung(0, 0, 3, 0, 6, 6, 9, 9, 9)))

    assert [at(found, code) for code in range(8)] == [0, 0, 0, 6, 6, 9, 9, 9]


def test_a_child_sings_its_own_and_around_it_what_its_parent_sings() -> None:
    child = take("b", 2, 4, parent=ROOT.id, length=8 * GRID, origin=Origin.REDONE, prompt=PROMPT)
    own = followed((ROOT, child), WORDS, (ROOT, sung(0, 0, 0, 3, 3, 6, 6, 9, 9)))
    assert [at(own, code) for code in range(8)] == [0, 0, -1, -1, 6, 6, 9, 9]

    told = followed(
        (ROOT, child), WORDS, (ROOT, sung(0, 0, 0, 3, 3, 6, 6, 9, 9)), (child, sung(2, 4, 4))
    )
    assert [at(told, code) for code in range(8)] == [0, 0, 4, 4, 6, 6, 9, 9]


def test_rendering_changes_nothing_of_what_is_sung() -> None:
    better = take(
        "b", 0, 8, parent=ROOT.id, origin=Origin.RENDERED, levels=(Level.MIDDLE,), prompt=PROMPT
    )
    found = followed((ROOT, better), WORDS, (ROOT, sung(0, 0, 0, 3, 3, 6, 6, 9, 9)))

    assert at(found, 4) == 6


def test_words_that_were_written_anew_are_found_where_they_stand_now() -> None:
    told = (ROOT, sung(0, 0, 0, 3, 3, 6, 6, 9, 9))

    moved = followed((ROOT,), "[Verse]\nla le li lo lu", told)
    changed = followed((ROOT,), "la xx li lo", told)

    assert [at(moved, code) for code in (0, 2, 4)] == [8, 11, 14]
    assert [at(changed, code) for code in (0, 2, 4)] == [0, -1, 6]


def test_what_comes_later_counts() -> None:
    found = followed((ROOT,), WORDS, (ROOT, sung(0, 0, 0, 0, 0)), (ROOT, sung(2, 6, 6)))

    assert [at(found, code) for code in range(6)] == [0, 0, 6, 6, -1, -1]
    assert found.known and not followed((ROOT,), WORDS).known

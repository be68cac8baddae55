from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from app.song import ranking
from app.song.song import Fit, Origin, Song, TakeId, Verdict
from engine.api import ScoreTask
from engine.catalog.checks import check_extent
from engine.types import NO_CODE, Codes, Level, Span
from tests.app.kit import GRID, SPEC, codes_like, song, take

ROOT = take("a", 0, 40)
HOLE = Span(10 * GRID, 20 * GRID)
RIVALS = tuple(
    take(letter, 10, 20, parent=ROOT.id, length=40 * GRID, origin=Origin.REPLACED)
    for letter in "bcdef"
)
SONG = song(ROOT, *RIVALS)
NOTHING = np.empty(0, np.uint16)


def tops(*codes: int) -> Codes:
    return Codes((NOTHING, NOTHING, np.array(codes, np.uint16)))


PARENT = Codes((NOTHING, NOTHING, codes_like(0, 40, Level.TOP)))


def fits(*bits: float) -> dict[TakeId, Fit]:
    return {rival.id: Fit(each, 2.0) for rival, each in zip(RIVALS, bits, strict=True)}


def test_the_three_that_fit_best_stay_the_best_first() -> None:
    ranked = ranking.ranked(SONG, fits(5, 3, 4, 1, 2))

    assert [take.id[0] for take in ranked.takes] == ["a", "e", "f", "c"]
    assert [take.fit for take in ranked.takes[1:]] == [Fit(1, 2.0), Fit(2, 2.0), Fit(3, 2.0)]
    assert ranked.current == RIVALS[3].id


def test_what_the_composer_chose_meanwhile_stays() -> None:
    changed = [replace(RIVALS[0], starred=True), replace(RIVALS[2], verdict=Verdict.KEPT)]
    liked = song(ROOT, changed[0], RIVALS[1], changed[1], *RIVALS[3:])

    ranked = ranking.ranked(liked, fits(9, 3, 8, 1, 2))

    assert {take.id[0] for take in ranked.takes} == {"a", "b", "c", "d", "e", "f"}


def test_takes_that_others_depart_from_stay_before_them() -> None:
    child = take("9", 30, 35, parent=RIVALS[0].id, origin=Origin.CONTINUED)
    grown = song(ROOT, *RIVALS, child)

    ranked = ranking.ranked(grown, fits(9, 3, 8, 1, 2))

    assert [take.id[0] for take in ranked.takes] == ["a", "b", "c", "e", "f", "9"]
    assert ranked.current == child.id


def test_a_song_without_those_takes_is_left_alone() -> None:
    other = song(ROOT)

    assert ranking.ranked(other, fits(1, 2, 3, 4, 5)) is other


def test_rivals_are_the_takes_of_one_hole_that_nobody_judged() -> None:
    judged = replace(RIVALS[0], fit=Fit(1, None))
    shorter = take("9", 10, 15, parent=ROOT.id, length=40 * GRID, origin=Origin.REPLACED)
    mixed = song(ROOT, judged, *RIVALS[1:3], shorter)

    assert ranking.unranked(mixed, RIVALS[1].id) == RIVALS[1:3]
    assert ranking.unranked(mixed, judged.id) == ()
    assert ranking.unranked(mixed, ROOT.id) == ()


def asked(parent: Codes) -> ScoreTask | None:
    own = [tops(*range(start, start + 10), NO_CODE) for start in (100, 200)]
    return ranking.question(RIVALS[:2], own, parent, SPEC)


def test_the_engine_is_asked_about_each_and_about_what_was_there() -> None:
    task = asked(PARENT)

    assert task is not None
    check_extent(task, SPEC)
    assert task.span == Span(HOLE.end, 40 * GRID)
    assert [fill.at(Level.TOP).tolist() for fill in task.fills] == [
        list(range(100, 110)),
        list(range(200, 210)),
        list(range(10, 20)),
    ]


@pytest.mark.parametrize(("until", "judged"), [(30, 10), (20, 0)])
def test_only_music_that_is_there_is_judged(until: int, judged: int) -> None:
    task = asked(tops(*range(until)))

    assert (0 if task is None else task.span.length // GRID) == judged


def test_what_is_still_being_made_is_not_judged() -> None:
    own = [tops(*range(10)), tops(*range(9), NO_CODE)]

    assert ranking.question(RIVALS[:2], own, PARENT, SPEC) is None


def test_a_hole_in_silence_has_nothing_to_be_compared_with() -> None:
    task = asked(tops(*[NO_CODE] * 20, *range(20)))

    assert task is not None and len(task.fills) == 2
    assert ranking.fits(RIVALS[:2], [1.5, 2.5]) == {
        RIVALS[0].id: Fit(1.5, None),
        RIVALS[1].id: Fit(2.5, None),
    }


def test_ranking_never_breaks_a_song() -> None:
    ranked = ranking.ranked(SONG, fits(1, 1, 1, 1, 1))

    assert isinstance(ranked, Song) and len(ranked.takes) == 4

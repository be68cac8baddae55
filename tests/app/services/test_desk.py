from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from app.services.desk import Desk
from app.song.song import Origin, Quality, TakeId, blank_song
from engine.types import Cue, Share, Span
from tests.app.kit import GRID, SPEC, song, take

ROOT = take("a", 0, 4)
CHILD = take("b", 4, 8, parent=ROOT.id, origin=Origin.CONTINUED)


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    return Desk(blank_song(SPEC))


@pytest.fixture
def tree(qtbot: QtBot) -> Desk:
    return Desk(song(ROOT, CHILD))


def test_every_wish_is_an_edit_that_can_be_undone(desk: Desk) -> None:
    before = desk.song
    wishes = [
        lambda: desk.set_title("Tune"),
        lambda: desk.set_artist("Ada"),
        lambda: desk.set_genres(("Blues",)),
        lambda: desk.blend_artists((Share("Ada", 2), Share("Bix", 1))),
        lambda: desk.set_artist("Bix"),
        lambda: desk.blend_genres((Share("Blues", 2), Share("Choral", 1))),
        lambda: desk.set_genres(("Choral", "Waltz")),
        desk.add_genres_up,
        lambda: desk.set_lyrics("La"),
        lambda: desk.time_line(1, 500),
        lambda: desk.set_seconds(3.0),
        lambda: desk.set_takes(4),
        lambda: desk.set_quality(Quality.DRAFT),
        lambda: desk.set_seed(5),
        lambda: desk.set_temperature(0.5),
    ]
    seen = [before]
    for wish in wishes:
        wish()
        assert desk.song not in seen
        seen.append(desk.song)

    for earlier in reversed(seen[:-1]):
        desk.undo()
        assert desk.song == earlier
    assert not desk.can_undo
    for _ in wishes:
        desk.redo()
    assert desk.song == seen[-1]


def test_only_changes_are_told(desk: Desk, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(desk.song_changed):
        desk.set_artist("")
        desk.select(Span(0, 10))
    with (
        qtbot.waitSignals([desk.song_changed, desk.history_changed]),
        qtbot.assertNotEmitted(desk.takes_changed),
    ):
        desk.set_artist("Ada")


def test_selections_stay_inside_the_take(tree: Desk, qtbot: QtBot) -> None:
    with qtbot.waitSignal(tree.selection_changed) as told:
        tree.select(Span(GRID, 99 * GRID))
    assert told.args == [Span(GRID, 8 * GRID)]

    tree.choose_take(ROOT.id)
    assert tree.selection == Span(GRID, 4 * GRID)
    tree.select(Span(6 * GRID, 7 * GRID))
    assert tree.selection is None


def test_choosing_a_take_is_told_and_is_no_undo_step(tree: Desk, qtbot: QtBot) -> None:
    with qtbot.waitSignal(tree.takes_changed):
        tree.choose_take(ROOT.id)

    assert tree.take == ROOT
    assert not tree.can_undo
    tree.choose_take(TakeId("0" * 32))
    assert tree.take == ROOT


def test_takes_can_be_renamed_and_removed_and_brought_back(tree: Desk) -> None:
    tree.rename_take(CHILD.id, "  Chorus ")
    tree.rename_take(CHILD.id, "   ")
    assert tree.song.take(CHILD.id).name == "Chorus"

    tree.remove_take(ROOT.id)
    assert (tree.song.takes, tree.song_length) == ((), 0)

    tree.undo()
    tree.undo()
    assert tree.song == song(ROOT, CHILD)


def test_another_leader_leaves_the_rest_of_the_blend(desk: Desk) -> None:
    desk.blend_artists((Share("Ada", 1), Share("Bix", 1), Share("Cy", 2)))

    desk.set_artist("Cy")

    assert desk.song.prompt.artists == (Share("Cy", 0.75), Share("Bix", 0.25))


def test_a_genre_that_joins_a_blend_gets_its_part(desk: Desk) -> None:
    desk.blend_genres((Share("Blues", 3), Share("Choral", 1)))

    desk.set_genres(("Blues", "Choral", "Waltz"))

    blues, choral, waltz = desk.song.prompt.genre_shares
    assert waltz == pytest.approx(0.25)
    assert blues / choral == pytest.approx(3)


def test_words_that_are_written_anew_keep_the_times_of_their_lines(desk: Desk) -> None:
    desk.set_lyrics("one\ntwo")
    desk.time_line(5, 700)

    desk.set_lyrics("[Verse]\none\ntwo and more")

    assert desk.song.prompt.cues == (Cue(12, 700),)

    desk.forget_times()
    assert desk.song.prompt.cues == ()

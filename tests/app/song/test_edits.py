from __future__ import annotations

from app.song import edits
from app.song.song import Origin, Verdict
from engine.types import Span
from tests.app.kit import GRID, song, take

ROOT = take("a", 0, 4)
CHILD = take("b", 4, 8, parent=ROOT.id, origin=Origin.CONTINUED)
INSIDE = take("c", 2, 3, parent=CHILD.id, length=8 * GRID, origin=Origin.REDONE)
TREE = song(ROOT, CHILD, INSIDE)


def test_edits_leave_the_song_they_are_given() -> None:
    before = song(ROOT)

    edits.add_takes(edits.set_title(edits.ask(before, artist="Bix"), "New"), (CHILD,))

    assert before == song(ROOT)


def test_added_takes_make_the_first_of_them_current() -> None:
    after = edits.add_takes(song(ROOT), (CHILD, INSIDE))

    assert after.takes == (ROOT, CHILD, INSIDE)
    assert after.current == CHILD.id


def test_removing_a_take_removes_what_departs_from_it() -> None:
    after = edits.remove_takes(TREE, {CHILD.id})

    assert after.takes == (ROOT,)
    assert after.current == ROOT.id


def test_removing_another_take_keeps_the_current_one() -> None:
    other = take("d", 0, 1)
    tree = edits.choose(song(ROOT, CHILD, other), CHILD.id)

    assert edits.remove_takes(tree, {other.id}).current == CHILD.id
    assert edits.remove_takes(tree, {ROOT.id}).current == other.id
    assert edits.remove_takes(song(ROOT), {ROOT.id}).current is None


def test_a_continuation_cut_short_ends_where_it_was_cut() -> None:
    after = edits.shape_take(song(ROOT, CHILD), CHILD.id, 6 * GRID).take(CHILD.id)

    assert (after.span, after.length) == (Span(4 * GRID, 6 * GRID), 6 * GRID)


def test_a_redone_stretch_cut_short_still_goes_on_as_before() -> None:
    wide = take("c", 2, 8, parent=CHILD.id, length=8 * GRID, origin=Origin.REDONE)

    after = edits.shape_take(song(ROOT, CHILD, wide), wide.id, 5 * GRID).take(wide.id)

    assert (after.span, after.length) == (Span(2 * GRID, 5 * GRID), 8 * GRID)


def test_a_take_of_which_nothing_was_made_goes() -> None:
    assert edits.shape_take(TREE, CHILD.id, 4 * GRID).takes == (ROOT,)
    assert edits.shape_take(song(ROOT), CHILD.id, 0) == song(ROOT)


def test_the_song_is_only_ever_told_to_be_longer() -> None:
    length = TREE.prompt.song_length

    assert edits.raise_song_length(TREE, length - 1) is TREE
    assert edits.raise_song_length(TREE, length + 1).prompt.song_length == length + 1


def test_takes_are_numbered_on() -> None:
    named = edits.rename_take(song(ROOT), ROOT.id, "Take 7")

    assert edits.next_name(named) == 8
    assert edits.next_name(edits.rename_take(named, ROOT.id, "Chorus")) == 1


def test_descendants_are_all_that_hang_on_a_take() -> None:
    assert edits.descendants(TREE, ROOT.id) == {CHILD.id, INSIDE.id}


def test_a_judgement_given_twice_is_taken_back() -> None:
    once = edits.judge_take(TREE, CHILD.id, Verdict.KEPT)

    assert once.take(CHILD.id).verdict is Verdict.KEPT
    assert edits.judge_take(once, CHILD.id, Verdict.KEPT) == TREE
    assert edits.judge_take(once, CHILD.id, Verdict.REJECTED).take(CHILD.id).verdict == "rejected"
    assert edits.star_take(edits.star_take(TREE, CHILD.id), CHILD.id) == TREE


def test_siblings_are_made_alike() -> None:
    other = take("d", 4, 6, parent=ROOT.id, origin=Origin.CONTINUED)
    elsewhere = take("e", 3, 6, parent=ROOT.id, origin=Origin.CONTINUED)
    tree = song(ROOT, CHILD, INSIDE, other, elsewhere)

    assert tree.siblings(CHILD.id) == (CHILD, other)


def test_refilling_puts_new_takes_in_place_of_the_rejected_that_nothing_hangs_on() -> None:
    others = [take(letter, 4, 8, parent=ROOT.id, origin=Origin.CONTINUED) for letter in "def"]
    tree = song(ROOT, CHILD, INSIDE, *others)
    for rejected in (CHILD, others[0], others[2]):
        tree = edits.judge_take(tree, rejected.id, Verdict.REJECTED)
    new = tuple(take(letter, 4, 8, parent=ROOT.id, origin=Origin.CONTINUED) for letter in "12")

    after = edits.refill(tree, new)

    assert [one.id for one in after.takes] == [
        one.id for one in (ROOT, CHILD, INSIDE, others[1], *new)
    ]
    assert after.current == new[0].id

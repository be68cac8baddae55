from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from app.song import edits
from app.song.history import MERGE_WITHIN_S, History
from app.song.song import Song, blank_song
from tests.app.kit import SPEC, take

BLANK = blank_song(SPEC)


class Clock:
    now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def titled(title: str) -> Song:
    return replace(BLANK, title=title)


@given(st.lists(st.sampled_from("abc"), max_size=12), st.integers(0, 12))
def test_undo_then_redo_is_identity(titles: list[str], steps: int) -> None:
    history = History(BLANK)
    for title in titles:
        history.push(titled(title), "Title")
    before = history.song

    undone = 0
    while undone < steps and history.undo_label:
        history.undo()
        undone += 1
    for _ in range(undone):
        history.redo()

    assert history.song == before


def test_undo_walks_back_through_every_song() -> None:
    history = History(BLANK)
    for title in "abc":
        history.push(titled(title), title)

    walked = []
    while history.undo_label:
        walked.append((history.undo_label, history.song.title))
        history.undo()

    assert walked == [("c", "c"), ("b", "b"), ("a", "a")]
    assert history.song == BLANK


def test_a_new_edit_ends_what_could_be_redone() -> None:
    history = History(BLANK)
    history.push(titled("a"), "a")
    history.undo()
    history.push(titled("b"), "b")

    history.redo()

    assert history.song == titled("b")
    assert history.redo_label == ""


def test_typing_is_one_step_and_a_pause_begins_another() -> None:
    clock = Clock()
    history = History(BLANK, clock)
    for title in ("a", "ab", "abc"):
        history.push(titled(title), "Title", "title")
    clock.now_s += MERGE_WITHIN_S + 1
    history.push(titled("abcd"), "Title", "title")

    history.undo()
    assert history.song == titled("abc")
    history.undo()
    assert history.song == BLANK


def test_an_edit_that_changes_nothing_is_no_step() -> None:
    history = History(BLANK)
    history.push(blank_song(SPEC), "Nothing")

    assert history.undo_label == ""


def test_rewriting_drops_steps_that_no_longer_change_anything() -> None:
    made = take("a", 0, 2)
    history = History(BLANK)
    history.push(titled("x"), "Title")
    history.push(edits.add_takes(titled("x"), (made,)), "Generate")
    history.push(edits.add_takes(titled("y"), (made,)), "Title")

    history.rewrite(lambda song: edits.remove_takes(song, {made.id}))

    assert history.song == titled("y")
    history.undo()
    assert history.song == titled("x")
    history.undo()
    assert history.song == BLANK


@given(st.lists(st.sampled_from("abc"), max_size=12), st.integers(0, 12))
def test_going_to_a_step_is_undoing_or_redoing_to_it(titles: list[str], place: int) -> None:
    going, walking = History(BLANK), History(BLANK)
    for title in titles:
        going.push(titled(title), "Title")
        walking.push(titled(title), "Title")
    place = min(place, len(going.labels) - 1)
    while walking.place > place:
        walking.undo()

    going.go(place)

    assert (going.song, going.place, going.labels) == (walking.song, place, walking.labels)

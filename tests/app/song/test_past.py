from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.song import edits
from app.song.history import History
from app.song.past import MOST_STEPS, Past, by_use, past_from, past_text, whole_bytes
from app.song.song import Quality, Song, TakeId, Verdict, blank_song
from tests.app.kit import GRID, SPEC, take

BLANK = blank_song(SPEC)
LETTERS = "0123456789"


def grown(song: Song, letter: str) -> Song:
    child = take(letter, 0, 4) if song.current is None else take(letter, 0, 4, name="歌")
    return song if song.has(child.id) else edits.add_takes(song, (child,))


def starred(song: Song, letter: str) -> Song:
    return edits.star_take(song, TakeId(letter * 32)) if song.has(TakeId(letter * 32)) else song


def removed(song: Song, letter: str) -> Song:
    return edits.remove_takes(song, {TakeId(letter * 32)})


WAYS: tuple[Callable[[Song, str], Song], ...] = (
    grown,
    grown,
    starred,
    removed,
    edits.write_lyrics,
    edits.set_title,
)


def worked(deeds: list[tuple[int, str]], undone: int) -> History:
    history = History(BLANK)
    for way, letter in deeds:
        history.push(WAYS[way](history.song, letter), WAYS[way].__name__)
    for _ in range(undone):
        history.undo()
    return history


DEEDS = st.lists(st.tuples(st.integers(0, 5), st.sampled_from(LETTERS)), max_size=40)


@given(DEEDS, st.integers(0, 10))
def test_what_was_done_comes_back_as_it_was(deeds: list[tuple[int, str]], undone: int) -> None:
    past = worked(deeds, undone).past

    again = past_from(past_text(past), past.song)

    assert [step.song for step in again.steps] == [step.song for step in past.steps]
    assert [step.label for step in again.steps] == [step.label for step in past.steps]
    assert again.at == past.at


@given(DEEDS, st.integers(0, 10))
def test_a_resumed_history_undoes_and_redoes_to_the_very_songs(
    deeds: list[tuple[int, str]], undone: int
) -> None:
    before = worked(deeds, undone)
    again = History.resumed(past_from(past_text(before.past), before.song))

    for history in (before, again):
        history.undo()
        history.undo()
        history.redo()
    assert again.song == before.song and again.place == before.place
    assert (again.undo_label, again.redo_label) == (before.undo_label, before.redo_label)


def test_what_is_done_next_never_melts_into_what_was_done_before_closing() -> None:
    history = History(BLANK)
    history.push(edits.set_title(BLANK, "a"), "Title", "title")
    again = History.resumed(past_from(past_text(history.past), history.song))

    again.push(edits.set_title(BLANK, "ab"), "Title", "title")

    assert again.labels == ("", "Title", "Title")


def test_each_take_is_described_once_however_many_steps_there_are() -> None:
    history = History(BLANK)
    for letter in LETTERS:
        history.push(grown(history.song, letter), "Generate")
    for number in range(300):
        history.push(edits.set_title(history.song, f"Title {number}"), "Title")

    text = past_text(history.past)

    assert len(json.loads(text)["takes"]) == len(LETTERS)
    assert len(text) < 60_000


def test_takes_that_are_alike_but_not_the_same_object_are_described_once() -> None:
    history = worked([(0, "1"), (0, "2"), (5, "3")], 0)
    history.rewrite(lambda song: replace(song, takes=tuple(map(replace, song.takes))))

    again = past_from(past_text(history.past), history.song)

    assert len(json.loads(past_text(history.past))["takes"]) == 2
    assert again.song == history.song


def test_takes_of_every_step_are_there_once_and_those_of_the_song_as_they_are_now() -> None:
    history = worked([(0, "1"), (0, "2"), (2, "1"), (3, "2")], 0)

    takes = history.past.takes

    assert [each.id[0] for each in takes] == ["1", "2"]
    assert takes[0].starred
    assert [each.id[0] for each in by_use(history.past)] == ["1", "2"]


def test_the_steps_closest_to_the_present_are_kept_as_far_as_there_is_room() -> None:
    history = History(BLANK)
    for letter in LETTERS:
        history.push(grown(history.song, letter), letter)
        history.push(removed(history.song, letter), f"-{letter}")
    history.go(10)
    size = whole_bytes(take("1", 0, 4), SPEC.hops)

    kept = history.past.within(3 * size + 7 * 300, lambda one: whole_bytes(one, SPEC.hops))

    assert kept.song == history.song
    assert [step.label for step in kept.steps] == ["-2", "3", "-3", "4", "-4", "5", "-5"]
    assert kept.at == 4


def test_long_words_count_as_what_they_are() -> None:
    history = History(BLANK)
    for number in range(20):
        history.push(edits.write_lyrics(BLANK, f"{number}" * 10_000), "Lyrics")

    kept = history.past.within(100_000, lambda one: 0)

    assert 4 <= len(kept.steps) <= 10
    assert kept.steps[-1].song == history.song


def test_the_past_of_a_song_that_was_changed_by_others_is_left_out() -> None:
    past = worked([(0, "1"), (0, "2")], 0).past
    other = edits.set_title(past.song, "Changed by an older program")

    assert past_from(past_text(past), other) == Past.of(other)


@pytest.mark.parametrize(
    "change",
    [
        {"steps": []},
        {"steps": None},
        {"takes": None},
        {"takes": [{}]},
        {"at": 17},
        {"at": -1},
        {"at": "0"},
        {"format_version": 999},
        {"format_version": None},
    ],
    ids=str,
)
def test_a_damaged_past_is_left_out_and_the_song_stays(change: dict[str, object]) -> None:
    past = worked([(0, "1"), (2, "1")], 0).past
    damaged = json.dumps(json.loads(past_text(past)) | change)

    assert past_from(damaged, past.song) == Past.of(past.song)


@pytest.mark.parametrize(
    "change",
    [
        {"takes": [0, [99], 0]},
        {"takes": [0, ["x"], 0]},
        {"takes": [0, [0, 0], 0]},
        {"takes": 5},
        {"current": "f" * 32},
        {"current": []},
        {"prompt": {}},
        {"model": "another"},
    ],
    ids=str,
)
def test_a_damaged_step_leaves_the_past_out(change: dict[str, object]) -> None:
    past = worked([(0, "1"), (0, "2"), (2, "1")], 0).past
    rows = json.loads(past_text(past))
    rows["steps"][1] |= change

    assert past_from(json.dumps(rows), past.song) == Past.of(past.song)


@pytest.mark.parametrize("text", ["", "{", "[]", "7", "[" * 100_000])
def test_no_past_at_all_is_the_song_alone(text: str) -> None:
    assert past_from(text, BLANK) == Past.of(BLANK)


def test_a_past_of_an_older_document_is_upgraded() -> None:
    """As the fourth version wrote songs: without fits, and without how much is heard."""
    past = worked([(0, "1"), (2, "1")], 0).past
    rows = json.loads(past_text(past))
    rows["format_version"] = 4
    for one in rows["takes"]:
        del one["fit"]
    for row in rows["steps"]:
        row.get("settings", {}).pop("heard_s", None)

    assert past_from(json.dumps(rows), past.song).steps[1].song == past.steps[1].song


def test_no_more_steps_are_read_than_a_history_has() -> None:
    rows = json.loads(past_text(Past.of(BLANK)))
    rows["steps"] = rows["steps"] * (MOST_STEPS + 1)

    assert past_from(json.dumps(rows), BLANK) == Past.of(BLANK)


def test_levels_and_verdicts_of_takes_survive() -> None:
    history = History(BLANK)
    draft = take("1", 0, 4, levels=Quality.DRAFT.levels)
    history.push(edits.add_takes(BLANK, (draft,)), "Generate")
    history.push(edits.judge_take(history.song, draft.id, Verdict.KEPT), "Keep")
    history.push(removed(history.song, "1"), "Remove Take")

    again = past_from(past_text(history.past), history.song)

    assert again.steps[2].song.takes[0].verdict is Verdict.KEPT
    assert again.steps[1].song.takes == (draft,)
    assert draft.span.length == 4 * GRID

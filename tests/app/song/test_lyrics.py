from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from app.song import lyrics
from engine.types import Cue, Prompt

WORDS = "[Verse 1]\nover the hill\nand far away\n\n[Chorus]\nsing [softly] with me\n"
SUNG = "over the hill\nand far away\n\nsing [softly] with me\n"

texts = st.text("ab \n[]", max_size=40)


def prompt(words: str, *cues: tuple[int, int], length: int = 1000) -> Prompt:
    return Prompt("", (), words, length, cues=tuple(Cue(*cue) for cue in cues))


def test_headers_name_sections_and_are_not_sung() -> None:
    assert [section.name for section in lyrics.sections(WORDS)] == ["Verse 1", "Chorus"]
    assert lyrics.sung(WORDS).text == SUNG


def test_brackets_inside_a_line_are_words() -> None:
    assert lyrics.sung("sing [softly] now").text == "sing [softly] now"
    assert lyrics.sections("[a] b\n[ab\n]") == ()


@given(texts)
def test_every_sung_character_is_where_it_says(text: str) -> None:
    told = lyrics.sung(text)

    assert [text[place] for place in told.origins] == list(told.text)
    assert lyrics.placed(told.text, text).tolist() == told.origins.tolist()
    assert lyrics.sections(told.text) == () or "[" in told.text


@given(texts, texts, texts)
def test_what_an_edit_leaves_alone_is_found_again(head: str, middle: str, tail: str) -> None:
    before, after = head + middle + tail, head + tail
    places = lyrics.moved(before, after)

    assert len(places) == len(before) + 1
    for place, now in enumerate(places[:-1]):
        assert now in (lyrics.NOWHERE, len(after)) or after[now] == before[place]
    kept = places[places != lyrics.NOWHERE]
    assert (np.diff(kept) > 0).all()


@given(texts)
def test_nothing_moves_where_nothing_was_changed(text: str) -> None:
    assert lyrics.moved(text, text).tolist() == list(range(len(text) + 1))


def test_a_line_keeps_its_time_while_others_are_edited() -> None:
    before = prompt("one\ntwo\nthree", (4, 100), (8, 200))

    assert lyrics.rewritten(before, "one and a half\ntwo\nthree").cues == (
        Cue(15, 100),
        Cue(19, 200),
    )
    assert lyrics.rewritten(before, "one\nthree").cues == (Cue(4, 200),)
    assert lyrics.rewritten(before, "one\ntwo more\nthree").cues == (Cue(4, 100), Cue(13, 200))


@given(texts, texts, st.lists(st.integers(0, 40), max_size=5, unique=True))
def test_cues_stay_in_order_whatever_is_written(before: str, after: str, places: list[int]) -> None:
    cues = tuple((place, place * 10) for place in sorted(places))

    lyrics.told_prompt(lyrics.rewritten(prompt(before, *cues), after))


def test_the_model_is_told_cues_where_the_words_are_then() -> None:
    told = lyrics.told_prompt(prompt(WORDS, (0, 50), (WORDS.index("sing"), 500)))

    assert told.lyrics == SUNG
    assert told.cues == (Cue(0, 50), Cue(SUNG.index("sing"), 500))


def test_a_line_takes_the_time_it_is_given_and_keeps_its_turn() -> None:
    words = "one\ntwo\nthree"
    asked = lyrics.timed(prompt(words), 5, 300)
    assert asked.cues == (Cue(4, 300),)

    assert lyrics.timed(asked, 9, 100).cues == (Cue(4, 300), Cue(8, 300))
    assert lyrics.timed(asked, 0, 900).cues == (Cue(0, 300), Cue(4, 300))
    assert lyrics.timed(asked, 4, 5000).cues == (Cue(4, 999),)
    assert lyrics.timed(asked, 6, None).cues == ()


def test_lines_begin_after_each_break() -> None:
    assert lyrics.line_starts("ab\n\nc") == (0, 3, 4)
    assert lyrics.line_at("ab\n\nc", 3) == (3, 3)
    assert lyrics.line_at("ab\n\nc", 1) == (0, 2)

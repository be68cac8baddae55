"""The words of a song as they are written: lines, sections, and what of them is sung.

A line that is nothing but a name in brackets, such as “[Verse 2]”, begins a section. It helps the
writer and is not sung: the model is told the words without such lines. Pure. Knows text; knows
nothing of models and of the screen.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from engine.types import Cue, Prompt, Span

NOWHERE = -1
"""The place of a character that is not there."""

_HEADER = re.compile(r"^[ \t]*\[(?P<name>[^\[\]\n]{1,60})\][ \t]*(?:\n|\Z)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the words under a header.

    Attributes:
        name: what stands in the brackets.
        start: position of the header's line.
        words: position of the first line below it.
    """

    name: str
    start: int
    words: int


@dataclass(frozen=True, slots=True, eq=False)
class SungText:
    """What the model is told of the words as written.

    Attributes:
        origins: (characters,) the position in the words as written of each character of `text`.
    """

    text: str
    origins: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class LyricView:
    """Which words a model has in view while it makes a stretch.

    Attributes:
        start, end: the part of the words as they are written now.
        fresh: the stretch, in samples of the song.
        whole: whether these are all words of the song.
    """

    start: int
    end: int
    fresh: Span
    whole: bool


def sections(lyrics: str) -> tuple[Section, ...]:
    """The sections of the words, in order; what comes before the first header is in none."""
    return tuple(
        Section(header["name"].strip(), header.start(), header.end())
        for header in _HEADER.finditer(lyrics)
    )


def sung(lyrics: str) -> SungText:
    """The words without the lines that only name sections."""
    kept = np.ones(len(lyrics), bool)
    for section in sections(lyrics):
        kept[section.start : section.words] = False
    origins = np.flatnonzero(kept).astype(np.int32)
    return SungText("".join(lyrics[place] for place in origins), origins)


def line_at(lyrics: str, place: int) -> tuple[int, int]:
    """Where the line with a place begins and ends, its line break not included."""
    start = lyrics.rfind("\n", 0, place) + 1
    end = lyrics.find("\n", start)
    return start, len(lyrics) if end < 0 else end


def line_starts(lyrics: str) -> tuple[int, ...]:
    """Where each line begins."""
    lengths = (len(line) + 1 for line in lyrics.split("\n"))
    return tuple(accumulate(lengths, initial=0))[:-1]


def moved(before: str, after: str) -> NDArray[np.int32]:
    """For each character of a text its place in the text that it was edited to.

    Lines that are in both stay; in a line that was changed, what both begin and end with.

    Returns:
        (characters of `before` and its end,) places, `NOWHERE` for none.
    """
    old, new = before.split("\n"), after.split("\n")
    places = np.full(len(before) + 2, NOWHERE, np.int32)
    starts = line_starts(before), line_starts(after)
    for was, now in _kept_lines(old, new):
        line = _moved_in_line(old[was], new[now])
        shown = line != NOWHERE
        room = places[starts[0][was] : starts[0][was] + len(line)]
        room[shown] = line[shown] + starts[1][now]
    return places[: len(before) + 1]


def placed(told: str, lyrics: str) -> NDArray[np.int32]:
    """For each character that a model was told, its place in the words as they are written now.

    Returns:
        (characters,) places, `NOWHERE` where the words have changed since.
    """
    now = sung(lyrics)
    places = moved(told, now.text)[:-1]
    places[places >= len(now.origins)] = NOWHERE
    found = places != NOWHERE
    places[found] = now.origins[places[found]]
    return places


def told_prompt(prompt: Prompt) -> Prompt:
    """A prompt as the model is told: no headers, and cues where their words are then."""
    words = sung(prompt.lyrics)
    cues: list[Cue] = []
    for cue in prompt.cues:
        place = bisect_left(words.origins, cue.place)
        if place < len(words.text) and (not cues or place > cues[-1].place):
            cues.append(Cue(place, cue.at))
    return replace(prompt, lyrics=words.text, cues=tuple(cues))


def rewritten(prompt: Prompt, lyrics: str) -> Prompt:
    """A prompt with other words; lines that are still there keep their times."""
    places = moved(prompt.lyrics, lyrics)
    inside = [cue for cue in prompt.cues if cue.place < len(prompt.lyrics)]
    kept = (Cue(int(places[cue.place]), cue.at) for cue in inside if places[cue.place] >= 0)
    return replace(prompt, lyrics=lyrics, cues=tuple(kept))


def timed(prompt: Prompt, place: int, at: int | None) -> Prompt:
    """A prompt in which the line with a place shall be sung at a moment; at none for None.

    Lines keep their order: the moment is moved between those of the timed lines around it.
    """
    start, _ = line_at(prompt.lyrics, place)
    others = [cue for cue in prompt.cues if line_at(prompt.lyrics, cue.place)[0] != start]
    if at is None:
        return replace(prompt, cues=tuple(others))
    earliest = max((cue.at for cue in others if cue.place < start), default=0)
    latest = min((cue.at for cue in others if cue.place > start), default=prompt.song_length - 1)
    cue = Cue(start, min(max(at, earliest), max(latest, earliest)))
    return replace(prompt, cues=tuple(sorted((*others, cue), key=lambda each: each.place)))


def _kept_lines(old: list[str], new: list[str]) -> Iterator[tuple[int, int]]:
    """The lines that are in both texts, changed or not, by their numbers."""
    head = _common(old, new)
    tail = _common(old[head:][::-1], new[head:][::-1])
    yield from ((line, line) for line in range(head))
    middle = old[head : len(old) - tail], new[head : len(new) - tail]
    matcher = SequenceMatcher(None, *middle, autojunk=False)
    for kind, first, end, new_first, new_end in matcher.get_opcodes():
        if kind in ("equal", "replace"):
            pairs = zip(range(first, end), range(new_first, new_end), strict=False)
            yield from ((head + was, head + now) for was, now in pairs)
    yield from ((len(old) - back, len(new) - back) for back in range(tail, 0, -1))


def _moved_in_line(old: str, new: str) -> NDArray[np.int32]:
    """For each character of a line, and its end, its place in the line that it became."""
    head = _common(old, new)
    tail = _common(old[head:][::-1], new[head:][::-1])
    places = np.full(len(old) + 1, NOWHERE, np.int32)
    places[:head] = np.arange(head)
    places[len(old) - tail :] = np.arange(len(new) - tail, len(new) + 1)
    return places


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """How many items both begin with."""
    shorter = min(len(one), len(other))
    return next((n for n in range(shorter) if one[n] != other[n]), shorter)

"""When words are sung: from places in the lyrics at moments in the music to words, LRC and SRT.

Knows text and time. Does not know where places come from; the engine tells them as `Aligned`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

import numpy as np
from numpy.typing import NDArray

_SHORTEST_S = 0.5


@dataclass(frozen=True, slots=True)
class SungWord:
    """A word and when it is sung.

    Attributes:
        text: the word, with the punctuation that touches it.
        place: position of its first character in the lyrics as written.
        start_s, end_s: seconds of the song.
    """

    text: str
    place: int
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class SungLine:
    """A line of the lyrics of which at least one word is sung.

    Attributes:
        text: the whole line.
        words: those that are sung.
    """

    text: str
    words: tuple[SungWord, ...]

    @property
    def start_s(self) -> float:
        """Seconds of the song at which its first sung word starts."""
        return self.words[0].start_s

    @property
    def end_s(self) -> float:
        """Seconds of the song at which its last sung word ends."""
        return self.words[-1].end_s


def sung_words(
    lyrics: str,
    places: NDArray[np.integer],
    weights: NDArray[np.floating],
    start_s: float,
    code_s: float,
) -> tuple[SungWord, ...]:
    """The words that are sung, in order, each once, at times that never run backwards.

    Of all ways through the lyrics from front to back, the one on which the most weight lies; what
    is not on it is taken for a stray look. Takes about 5 µs per code.

    Args:
        lyrics: as written.
        places, weights: (codes,) as in `engine.api.Aligned`.
        start_s: moment of the first code in the song.
        code_s: seconds per code.
    """
    moments = [
        (int(places[code]), start_s + code_s * code) for code in _way_forward(places, weights)
    ]
    words: list[SungWord] = []
    position = 0
    for match in re.finditer(r"\S+", lyrics):
        while position < len(moments) and moments[position][0] < match.start():
            position += 1
        first = position
        while position < len(moments) and moments[position][0] < match.end():
            position += 1
        if position > first:
            start, last = moments[first][1], moments[position - 1][1]
            words.append(SungWord(match.group(), match.start(), start, last + code_s))
    return tuple(words)


def sung_places(places: NDArray[np.integer], weights: NDArray[np.floating]) -> NDArray[np.int32]:
    """The character that was sung last at each code, by the way of `sung_words`.

    Args:
        places, weights: (codes,) as in `engine.api.Aligned`.

    Returns:
        (codes,) positions that never run backwards; −1 before the first.
    """
    way = np.array(_way_forward(places, weights), np.int64)
    result = np.full(len(places), -1, np.int32)
    result[way] = places[way]
    return np.maximum.accumulate(result)


def sung_lines(lyrics: str, words: Sequence[SungWord]) -> tuple[SungLine, ...]:
    """The lines of the lyrics of which any word is sung."""
    lines: list[SungLine] = []
    for match in re.finditer(r"[^\n]+", lyrics):
        inside = tuple(word for word in words if match.start() <= word.place < match.end())
        if inside:
            lines.append(SungLine(match.group().strip(), inside))
    return tuple(lines)


def lrc(lines: Sequence[SungLine]) -> str:
    """The lines as an LRC file: lyrics that players show as the song goes."""
    return "".join(f"[{_minutes(line.start_s)}]{line.text}\n" for line in lines)


def srt(lines: Sequence[SungLine]) -> str:
    """The lines as an SRT file: subtitles; each stays for half a second at least, if it can."""
    blocks = (
        f"{number}\n{_hours(start)} --> {_hours(end)}\n{text}\n"
        for number, (start, end, text) in enumerate(_shown(lines), start=1)
    )
    return "\n".join(blocks)


def _shown(lines: Sequence[SungLine]) -> Iterator[tuple[float, float, str]]:
    for line, following in zip_longest(lines, lines[1:]):
        end = max(line.end_s, line.start_s + _SHORTEST_S)
        yield line.start_s, end if following is None else min(end, following.start_s), line.text


def _way_forward(places: NDArray[np.integer], weights: NDArray[np.floating]) -> list[int]:
    """The codes of the heaviest subsequence whose places never decrease; −1 counts as no place."""
    best = np.zeros(int(places.max(initial=-1)) + 1)
    ends = np.full(len(best), -1)
    before = np.full(len(places), -1)
    for code in np.flatnonzero(places >= 0):
        place = places[code]
        from_place = int(best[: place + 1].argmax())
        before[code] = ends[from_place]
        best[place] = best[from_place] + weights[code]
        ends[place] = code
    code = int(ends[best.argmax()]) if len(best) else -1
    way: list[int] = []
    while code >= 0:
        way.append(code)
        code = int(before[code])
    return way[::-1]


def _minutes(seconds: float) -> str:
    hundredths = round(seconds * 100)
    return f"{hundredths // 6000:02}:{hundredths // 100 % 60:02}.{hundredths % 100:02}"


def _hours(seconds: float) -> str:
    thousandths = round(seconds * 1000)
    minutes, rest = divmod(thousandths, 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest // 1000:02},{rest % 1000:03}"

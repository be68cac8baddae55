"""What was done to a song, as a value: its steps, and the same as JSON and back.

What comes back is checked as if it were hostile. Pure; knows nothing of files, and of what takes
are made of.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from app.language import tr
from app.song.codes import chain
from app.song.document import FORMAT_VERSION, Json, from_dict, head_dict, take_dict, takes_from
from app.song.errors import DocumentError
from app.song.song import Origin, Song, Take

MOST_STEPS = 500
MOST_PAST_BYTES = 12 * 2**20
"""The room in a song file for what was done: some twenty minutes of music that is not in it."""

_MOST_LABEL = 200
_STEP_BYTES, _TAKE_BYTES = 300, 1000
"""About what a step and a take need as text, their words aside."""

Weigh = Callable[[Take], int]


@dataclass(frozen=True, slots=True)
class Step:
    """A song, and the words for what led to it.

    Attributes:
        merge: edits in quick succession with the same word here are one step; "" never merges.
        at_s: when, on a clock that only runs forward.
    """

    song: Song
    label: str
    merge: str = ""
    at_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Past:
    """Every song there was, in order, and which of them is the present one.

    Attributes:
        steps: one or more.
        at: place of the present one; what comes after it was undone.
    """

    steps: tuple[Step, ...]
    at: int

    @classmethod
    def of(cls, song: Song) -> Past:
        """A song to which nothing was done."""
        return cls((Step(song, ""),), 0)

    @property
    def song(self) -> Song:
        """The present one."""
        return self.steps[self.at].song

    @property
    def takes(self) -> tuple[Take, ...]:
        """Every take there is once, those of the present song first and as they are there."""
        found = {take.id: take for take in self.song.takes}
        for step in self.steps:
            for take in step.song.takes:
                found.setdefault(take.id, take)
        return tuple(found.values())

    def within(self, most_bytes: int, weigh: Weigh) -> Past:
        """The steps around the present one, as far as there is room for them on either side.

        Args:
            weigh: how many bytes a take costs that is not in the present song.
        """
        room = _Room(self, most_bytes, weigh)
        first = last = self.at
        while room.sides:
            for side in sorted(room.sides):
                place = first - 1 if side < 0 else last + 1
                if room.takes_in(place, side):
                    first, last = min(first, place), max(last, place)
        return Past(self.steps[first : last + 1], self.at - first)


def by_use(past: Past) -> tuple[Take, ...]:
    """All takes: those heard in the current one, the others, the newest first, those undone."""
    song = past.song
    heard = () if song.current is None else chain(song, song.current)
    others = (*reversed(song.takes), *past.takes)
    return tuple({take.id: take for take in (*heard, *others)}.values())


def text_bytes(take: Take) -> int:
    """About what the description of a take needs."""
    return _TAKE_BYTES + len(take.prompt.lyrics)


def whole_bytes(take: Take, hops: Sequence[int]) -> int:
    """About what a take needs with all that it is made of, at eleven bits a code.

    Args:
        hops: samples per code, BOTTOM first.
    """
    codes = sum(take.span.length // hops[level] for level in take.levels)
    recorded = 4 * take.span.length if take.origin is Origin.IMPORTED else 0
    return text_bytes(take) + codes * 11 // 8 + recorded


class _Room:
    """What of a past there is room for, going away from the present on both sides."""

    def __init__(self, past: Past, most_bytes: int, weigh: Weigh) -> None:
        self._past, self._left, self._weigh = past, most_bytes, weigh
        self._known = {take.id for take in past.song.takes}
        self.sides = {-1, 1}

    def takes_in(self, place: int, side: int) -> bool:
        """Whether there is room for the next step on a side; if not, that side is closed."""
        steps = self._past.steps
        if not 0 <= place < len(steps):
            self.sides.remove(side)
            return False
        song, beside = steps[place].song, steps[place - side].song
        fresh = [take for take in song.takes if take.id not in self._known]
        words = 0 if song.prompt == beside.prompt else len(song.prompt.lyrics)
        cost = _STEP_BYTES + words + sum(map(self._weigh, fresh))
        if cost > self._left:
            self.sides.remove(side)
            return False
        self._left -= cost
        self._known.update(take.id for take in fresh)
        return True


def past_text(past: Past) -> str:
    """Steps as JSON: every take is in it once, and of each step what sets it apart."""
    pool = _Pool()
    rows: list[dict[str, Any]] = []
    head: dict[str, Any] = {}
    before: tuple[Take, ...] = ()
    for step in past.steps:
        now, takes = head_dict(step.song), step.song.takes
        row = {key: value for key, value in now.items() if key not in head or head[key] != value}
        row |= {"label": step.label, "current": step.song.current}
        rows.append(row | {"takes": pool.difference(before, takes)})
        head, before = now, takes
    return json.dumps(
        {"format_version": FORMAT_VERSION, "takes": pool.rows, "steps": rows, "at": past.at}
    )


def past_from(text: str, song: Song) -> Past:
    """The past that `past_text` was given, if it leads to `song`.

    What makes no sense is left out: a song is worth more than what was done to it.
    """
    try:
        past = _past(json.loads(text or "{}"))
    except (DocumentError, LookupError, TypeError, ValueError, AttributeError, RecursionError):
        return Past.of(song)
    alike = past.song == song and all(step.song.model == song.model for step in past.steps)
    return past if alike else Past.of(song)


class _Pool:
    """Takes by number, in terms of JSON: each is there once, also where it was made twice."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []
        self._by_text: dict[str, int] = {}
        self._by_identity: dict[int, int] = {}

    def difference(self, before: Sequence[Take], now: Sequence[Take]) -> list[Any]:
        """How many takes stay in front, the numbers of those that follow, how many stay behind."""
        most = min(len(before), len(now))
        front = next((n for n in range(most) if before[n] is not now[n]), most)
        most -= front
        behind = next((n for n in range(most) if before[-1 - n] is not now[-1 - n]), most)
        return [front, [self._number(take) for take in now[front : len(now) - behind]], behind]

    def _number(self, take: Take) -> int:
        number = self._by_identity.get(id(take))
        if number is None:
            row = take_dict(take)
            number = self._by_text.setdefault(json.dumps(row), len(self.rows))
            self._by_identity[id(take)] = number
            if number == len(self.rows):
                self.rows.append(row)
        return number


def _past(data: Json) -> Past:
    rows, version = data["steps"], data["format_version"]
    if not isinstance(rows, list) or not 0 < len(rows) <= MOST_STEPS:
        raise DocumentError(tr("A history has up to {most} steps.", most=MOST_STEPS))
    bare = {"format_version": version, "takes": [], "current": None}
    pool = takes_from(_head(rows[0]) | bare | {"takes": data["takes"]})
    head: dict[str, Any] = {}
    takes: tuple[Take, ...] = ()
    steps: list[Step] = []
    for row in rows:
        head |= _head(row)
        takes = _changed(takes, row["takes"], pool)
        song = replace(from_dict(head | bare), takes=takes, current=row["current"])
        steps.append(Step(song, str(row["label"])[:_MOST_LABEL]))
    at = data["at"]
    if not isinstance(at, int) or not 0 <= at < len(steps):
        raise DocumentError(tr("A history without a present step."))
    return Past(tuple(steps), at)


def _head(row: Json) -> dict[str, Any]:
    """What of a step describes its song, but for the takes."""
    return {key: value for key, value in row.items() if key not in ("label", "current", "takes")}


def _changed(
    before: tuple[Take, ...], difference: Sequence[Any], pool: Sequence[Take]
) -> tuple[Take, ...]:
    """The takes of a step, by those of the one before it and the difference."""
    front, numbers, behind = difference
    if front == len(before) and not numbers:
        return before
    fresh = [pool[number] for number in numbers]
    return (*before[:front], *fresh, *before[len(before) - behind :])

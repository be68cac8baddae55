"""Edits of a song: each gives another song and leaves the first as it was.

Pure. Edits that would change nothing give the same song.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace

from app.song.song import Origin, Song, Take, TakeId
from engine.types import Span

Edit = Callable[[Song], Song]


def set_title(song: Song, title: str) -> Song:
    """The song under another title."""
    return replace(song, title=title)


def ask(song: Song, **changes: str | int | tuple[str, ...]) -> Song:
    """The song with another prompt; `changes` are fields of `Prompt`.

    Raises:
        ValueError: a value is outside what a prompt can hold.
    """
    return replace(song, prompt=replace(song.prompt, **changes))  # pyright: ignore[reportArgumentType] — one type for all


def adjust(song: Song, **changes: object) -> Song:
    """The song with other settings for what is made next; `changes` are fields of `Settings`.

    Raises:
        ValueError: a value is outside its range.
    """
    return replace(song, settings=replace(song.settings, **changes))  # pyright: ignore[reportArgumentType] — one type for all


def use_model(song: Song, blank: Song) -> Song:
    """The song, still without takes, for the model of a blank one, and as long as that is."""
    prompt = replace(song.prompt, song_length=blank.prompt.song_length)
    return replace(song, model=blank.model, prompt=prompt)


def raise_song_length(song: Song, length: int) -> Song:
    """The song told to be at least `length` samples long."""
    if song.prompt.song_length >= length:
        return song
    return replace(song, prompt=replace(song.prompt, song_length=length))


def add_takes(song: Song, takes: tuple[Take, ...]) -> Song:
    """The song with more takes, the first of them current."""
    return replace(song, takes=(*song.takes, *takes), current=takes[0].id)


def choose(song: Song, take_id: TakeId) -> Song:
    """The song with another take current.

    Raises:
        KeyError: it is not in the song.
    """
    return replace(song, current=song.take(take_id).id)


def rename_take(song: Song, take_id: TakeId, name: str) -> Song:
    """The song with a take under another name.

    Raises:
        KeyError: it is not in the song.
    """
    return _with(song, replace(song.take(take_id), name=name))


def shape_take(song: Song, take_id: TakeId, made_until: int) -> Song:
    """The song with a take cut to what was made of it; a song without it is left alone.

    Nothing made at all removes the take, and with it those that depart from it.
    """
    if not song.has(take_id):
        return song
    take = song.take(take_id)
    if made_until <= take.span.start:
        return remove_takes(song, {take_id})
    span = Span(take.span.start, min(made_until, take.span.end))
    return _with(song, replace(take, span=span, length=_length(take, span)))


def remove_takes(song: Song, ids: Collection[TakeId]) -> Song:
    """The song without some takes and all that depart from them.

    When the current take goes, the closest one that it departed from becomes current, or else
    the last one left.
    """
    gone = _with_descendants(song, ids)
    left = tuple(take for take in song.takes if take.id not in gone)
    return replace(song, takes=left, current=_heir(song, gone))


def descendants(song: Song, take_id: TakeId) -> frozenset[TakeId]:
    """All takes that depart from one, or from one that does."""
    return _with_descendants(song, {take_id}) - {take_id}


def next_name(song: Song) -> int:
    """The number of the next take, larger than that of any take still called by its number."""
    numbers = [int(name[5:]) for name in (take.name for take in song.takes) if _numbered(name)]
    return max(numbers, default=0) + 1


def _numbered(name: str) -> bool:
    return name.startswith("Take ") and name[5:].isascii() and name[5:].isdigit()


def _with(song: Song, changed: Take) -> Song:
    takes = (changed if take.id == changed.id else take for take in song.takes)
    return replace(song, takes=tuple(takes))


def _length(take: Take, span: Span) -> int:
    """A take made inside its parent still goes on to the end; others end with what was made."""
    return take.length if take.origin in (Origin.REDONE, Origin.RENDERED) else span.end


def _with_descendants(song: Song, ids: Collection[TakeId]) -> frozenset[TakeId]:
    found = set(ids)
    for take in song.takes:
        if take.parent in found:
            found.add(take.id)
    return frozenset(found)


def _heir(song: Song, gone: frozenset[TakeId]) -> TakeId | None:
    heir = song.chosen
    while heir is not None and heir.id in gone:
        heir = None if heir.parent is None else song.take(heir.parent)
    if heir is not None or song.current is None:
        return None if heir is None else heir.id
    left = [take.id for take in song.takes if take.id not in gone]
    return left[-1] if left else None

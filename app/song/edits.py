"""Edits of a song: each gives another song and leaves the first as it was.

Pure. Edits that would change nothing give the same song.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from app.language import tr
from app.song.lyrics import rewritten, timed
from app.song.song import Song, Take, TakeId, Verdict
from engine.text.blends import parts_of_genres, with_artists, with_genres
from engine.types import Share, Span

Edit = Callable[[Song], Song]


def set_title(song: Song, title: str) -> Song:
    """The song under another title."""
    return replace(song, title=title)


def ask(song: Song, **changes: str | int | tuple[str, ...] | tuple[Share, ...]) -> Song:
    """The song with another prompt; `changes` are fields of `Prompt`.

    Raises:
        ValueError: a value is outside what a prompt can hold.
    """
    return replace(song, prompt=replace(song.prompt, **changes))  # pyright: ignore[reportArgumentType] — one type for all


def ask_artist(song: Song, artist: str) -> Song:
    """The song with another artist, who leads the blend if there is one."""
    others = (share for share in song.prompt.other_artists if not _same(share.name, artist))
    return ask(song, artist=artist, other_artists=tuple(others))


def ask_genre_names(song: Song, genres: tuple[str, ...]) -> Song:
    """The song with other genres; in a blend a new one gets as much as one gets on average."""
    before = {share.name: share.weight for share in parts_of_genres(song.prompt)}
    if not before:
        return ask(song, genres=genres)
    average = 1 / max(len(genres), 1)
    return ask_genres(song, [Share(name, before.get(name, average)) for name in genres])


def ask_artists(song: Song, artists: Sequence[Share]) -> Song:
    """The song with a blend of artists, or one of them, or any.

    Raises:
        ValueError: they are no blend.
    """
    return replace(song, prompt=with_artists(song.prompt, artists))


def ask_genres(song: Song, genres: Sequence[Share]) -> Song:
    """The song with a blend of genres, or one of them, or any.

    Raises:
        ValueError: they are no blend.
    """
    return replace(song, prompt=with_genres(song.prompt, genres))


def write_lyrics(song: Song, lyrics: str) -> Song:
    """The song with other words; lines that are still there keep their times."""
    return replace(song, prompt=rewritten(song.prompt, lyrics))


def time_line(song: Song, place: int, at: int | None) -> Song:
    """The song with a time for the line with that place, or without one; see `timed`."""
    return replace(song, prompt=timed(song.prompt, place, at))


def adjust(song: Song, **changes: object) -> Song:
    """The song with other settings for what is made next; `changes` are fields of `Settings`.

    Raises:
        ValueError: a value is outside its range.
    """
    return replace(song, settings=replace(song.settings, **changes))  # pyright: ignore[reportArgumentType] — one type for all


def use_model(song: Song, blank: Song) -> Song:
    """The song, still without takes, for the model of a blank one, as long and drawn as that is."""
    prompt = replace(song.prompt, song_length=blank.prompt.song_length)
    settings = replace(song.settings, temperature=blank.settings.temperature)
    return replace(song, model=blank.model, prompt=prompt, settings=settings)


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


def judge_take(song: Song, take_id: TakeId, verdict: Verdict) -> Song:
    """The song with another judgement of a take; given twice, it is taken back.

    Raises:
        KeyError: it is not in the song.
    """
    take = song.take(take_id)
    return _with(song, replace(take, verdict=Verdict.OPEN if take.verdict is verdict else verdict))


def star_take(song: Song, take_id: TakeId) -> Song:
    """The song with a star on a take, or without the one it has.

    Raises:
        KeyError: it is not in the song.
    """
    take = song.take(take_id)
    return _with(song, replace(take, starred=not take.starred))


def refill(song: Song, takes: tuple[Take, ...]) -> Song:
    """The song with new takes in place of their rejected siblings.

    Rejected takes from which others depart stay.
    """
    added = add_takes(song, takes)
    gone = {take.id for take in replaceable(added, takes[0].id)}
    return remove_takes(added, gone)


def replaceable(song: Song, take_id: TakeId) -> tuple[Take, ...]:
    """The rejected siblings of a take, itself included, from which nothing departs."""
    return tuple(
        take
        for take in song.siblings(take_id)
        if take.verdict is Verdict.REJECTED and not descendants(song, take.id)
    )


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
    shaped = replace(take, span=span, length=_length(take, span))
    return song if shaped == take else _with(song, shaped)


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
    return max((_number(take.name) for take in song.takes), default=0) + 1


def numbered_name(number: int) -> str:
    """What a take is called before somebody names it."""
    return tr("Take {number}", number=number)


def _number(name: str) -> int:
    digits = name.rpartition(" ")[2]
    number = int(digits) if digits.isascii() and digits.isdigit() else 0
    return number if name == numbered_name(number) else 0


def _with(song: Song, changed: Take) -> Song:
    takes = (changed if take.id == changed.id else take for take in song.takes)
    return replace(song, takes=tuple(takes))


def _same(one: str, other: str) -> bool:
    return one.strip().casefold() == other.strip().casefold()


def _length(take: Take, span: Span) -> int:
    """A take made inside its parent still goes on to the end; others end with what was made."""
    return take.length if take.origin.inside else span.end


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

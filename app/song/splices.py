"""Takes that are put together from music that is there: cut, pasted, merged.

Each is a take of its own that departs from the current one, so that nothing is lost and undo is as
ever. Within its span it has codes of its own, and it sounds as those codes decode in their new
place; where its parent goes on around it, the two fade into each other. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from app.language import mark, tr
from app.song.clips import Clip, Kin, joined, silence
from app.song.edits import next_name, numbered_name
from app.song.errors import OrderError
from app.song.song import Origin, Quality, Song, Take, new_take_id
from engine.catalog.specs import ModelSpec
from engine.types import Codes, Level, Span


@dataclass(frozen=True, slots=True)
class Splice:
    """A take, and what it is made of.

    Attributes:
        label: what was done, in a word or two.
        matter: the codes and recorded sound of its span.
        fresh: where the music that was put in lies; empty where some was taken out.
    """

    label: str
    take: Take
    matter: Clip
    fresh: Span


def on_grid(span: Span, length: int, spec: ModelSpec) -> Span:
    """The nearest stretch on the grid, within a take of `length` samples; at least one code long.

    Raises:
        OrderError: the take is shorter than a code.
    """
    last = spec.snap_down(length)
    if not last:
        raise OrderError(tr("There is nothing here to copy or to cut."))
    start = min(_nearest(span.start, spec), last - spec.grid)
    return Span(start, min(max(_nearest(span.end, spec), start + spec.grid), last))


def check_kin(clip: Clip, kin: Kin) -> None:
    """Nothing, if a clip can be used in a song of this model.

    Raises:
        OrderError: it was made with another one.
    """
    if clip.kin != kin:
        raise OrderError(
            tr(
                "This music was copied from a song of {other}, and its codes mean nothing to "
                "{title}. Export it as a sound file and import that.",
                other=_told(clip.kin),
                title=_told(kin),
            )
        )


def without(song: Song, spec: ModelSpec, span: Span, around: tuple[Clip | None, Clip | None]) -> (
    Splice
):  # fmt: skip
    """The current take with a stretch taken out, and what follows moved to its place.

    Args:
        around: the last code before the stretch, and all that follows it; None where there is
            nothing.

    Raises:
        OrderError: nothing would be left.
    """
    before, rest = around
    if rest is not None:
        return _splice(mark("Cut"), song, span.start, rest, Span(span.start, span.start))
    if before is None:
        raise OrderError(tr("That would leave nothing of the take. Remove the take instead."))
    start = span.start - spec.grid
    return _splice(mark("Cut"), song, start, before, Span(span.start, span.start))


def inserted(song: Song, spec: ModelSpec, clip: Clip, at: int, rest: Clip | None) -> Splice:
    """The current take up to `at`, then a clip, then the rest.

    Raises:
        OrderError: the song has no room.
    """
    matter = clip if rest is None else joined((clip, rest))
    _check_room(at + matter.length, spec)
    return _splice(mark("Paste"), song, at, matter, Span(at, at + clip.length))


def laid_over(song: Song, spec: ModelSpec, clip: Clip, at: int, label: str) -> Splice:
    """The current take with a clip in the place of what it has from `at` on.

    Raises:
        OrderError: the song has no room.
    """
    _check_room(at + clip.length, spec)
    made = _splice(label, song, at, clip, Span(at, at + clip.length))
    parent = song.chosen
    length = made.take.length if parent is None else max(parent.length, made.take.length)
    return replace(made, take=replace(made.take, length=length))


def drafted(song: Song, spec: ModelSpec, clip: Clip) -> Splice:
    """The current take with a stretch as coarse as a draft; its parent keeps what is finer.

    Raises:
        OrderError: the stretch is no better than that anyway.
    """
    if clip.levels == Quality.DRAFT.levels and not clip.recorded:
        raise OrderError(tr("This stretch is a draft already."))
    empty = silence(clip.length, spec)
    levels = (*empty.codes.levels[: Level.TOP], clip.codes.at(Level.TOP))
    coarse = replace(clip, codes=Codes(levels), recorded=())
    return laid_over(song, spec, coarse, clip.start, mark("Back to Draft"))


def moved_back(song: Song, spec: ModelSpec, whole: Clip, by: int) -> Splice:
    """The current take, `whole`, with a hole of `by` samples before it.

    Raises:
        OrderError: the song has no room.
    """
    _check_room(by + whole.length, spec)
    made = _splice(mark("Extend"), song, 0, joined((silence(by, spec), whole)), Span(0, by))
    return replace(made, take=replace(made.take, parent=None))


def _splice(label: str, song: Song, at: int, matter: Clip, fresh: Span) -> Splice:
    parent = song.chosen
    take = Take(
        id=new_take_id(),
        parent=None if parent is None else parent.id,
        span=Span(at, at + matter.length),
        length=at + matter.length,
        levels=matter.levels,
        origin=Origin.EDITED,
        prompt=song.prompt if parent is None else parent.prompt,
        settings=None,
        name=numbered_name(next_name(song)),
        made=datetime.now(UTC),
    )
    return Splice(label, take, matter, fresh)


def _told(kin: Kin) -> str:
    """A model's title, and the beginning of its fingerprint, since titles may be alike."""
    return f"{kin.title} ({kin.weights[:8]})" if kin.weights else kin.title


def _check_room(end: int, spec: ModelSpec) -> None:
    if end >= spec.max_song_length:
        raise OrderError(
            tr(
                "The song would be {length:.0f} s long, and {title} knows songs of up to "
                "{longest:.0f} s. Cut something first.",
                length=end / spec.sample_rate,
                title=spec.title,
                longest=spec.max_song_length / spec.sample_rate,
            )
        )


def _nearest(moment: int, spec: ModelSpec) -> int:
    return spec.snap_down(moment + spec.grid // 2)

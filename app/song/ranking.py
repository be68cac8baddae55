"""Which of several takes of a hole leads best into the music that was kept after it.

A model composes forwards and cannot know what is to follow. But it can tell afterwards how much it
would have expected that: the takes after which the kept music is least surprising come first. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from app.song import edits
from app.song.codes import covers
from app.song.song import Fit, Origin, Song, Take, TakeId, Verdict
from engine.api import ScoreTask
from engine.catalog.specs import ModelSpec
from engine.types import NO_CODE, Codes, Level, Span

KEPT = 3
"""Takes of a hole that stay."""

_LISTENED_S = 3.0
"""How much of the kept music is judged: what is farther away hardly depends on the hole."""


def unranked(song: Song, take_id: TakeId) -> tuple[Take, ...]:
    """The takes of the same hole as this one, if nobody asked yet how they fit."""
    like = song.take(take_id)
    if like.origin is not Origin.REPLACED or like.fit is not None or like.parent is None:
        return ()
    return tuple(
        take for take in song.siblings(take_id) if take.span == like.span and take.fit is None
    )


def question(
    takes: Sequence[Take], own: Sequence[Codes], parent: Codes, spec: ModelSpec
) -> ScoreTask | None:
    """What to ask the engine about takes of one hole.

    None while they are being made, and where nothing follows the hole.

    The answers come in the order of the takes; one more tells of what their parent has in the
    hole, where that is music too.

    Args:
        own: each take's own codes.
        parent: codes of what they depart from, from the first sample of the song.
    """
    hole = takes[0].span
    kept = _kept(hole, parent, spec)
    if not kept.length:
        return None
    tops = [codes.at(Level.TOP)[: hole.length // spec.grid] for codes in own]
    if any(NO_CODE in top for top in tops):
        return None
    before = parent.at(Level.TOP)[hole.start // spec.grid : hole.end // spec.grid]
    if NO_CODE not in before:
        tops.append(before)
    nothing = np.empty(0, np.uint16)
    fills = [Codes((nothing, nothing, top)) for top in tops]
    prompt = takes[0].prompt
    prompt = replace(prompt, song_length=max(prompt.song_length, kept.end))
    return ScoreTask(spec.id, prompt, parent, kept, tuple(fills))


def fits(takes: Sequence[Take], surprises: Sequence[float]) -> Mapping[TakeId, Fit]:
    """How each take fits, from the answers to `question`: mean bits, in their order."""
    before = surprises[len(takes)] if len(surprises) > len(takes) else None
    return {take.id: Fit(bits, before) for take, bits in zip(takes, surprises, strict=False)}


def ranked(song: Song, found: Mapping[TakeId, Fit]) -> Song:
    """The song in which takes of a hole know how they fit, the best first, the worst gone.

    Those stay in any case that were kept or starred, or from which others depart; then all keep
    their places.
    """
    here = [take for take in song.takes if take.id in found]
    if not here:
        return song
    order = sorted(here, key=lambda take: found[take.id].bits)
    shown = here if any(edits.descendants(song, take.id) for take in here) else order
    places = iter([replace(take, fit=found[take.id]) for take in shown])
    takes = tuple(next(places) if take.id in found else take for take in song.takes)
    current = order[0].id if song.current in found else song.current
    gone = {take.id for take in order[KEPT:] if _may_go(song, take)}
    return edits.remove_takes(replace(song, takes=takes, current=current), gone)


def _may_go(song: Song, take: Take) -> bool:
    chosen = take.starred or take.verdict is Verdict.KEPT
    return not chosen and not edits.descendants(song, take.id)


def _kept(hole: Span, parent: Codes, spec: ModelSpec) -> Span:
    """The music after a hole that is judged: a few seconds, half a window at most."""
    most = min(spec.snap_down(round(_LISTENED_S * spec.sample_rate)),
               spec.contexts[Level.TOP] // 2 * spec.grid)  # fmt: skip
    for end in range(hole.end + most, hole.end, -spec.grid):
        if covers(parent, Level.TOP, Span(hole.end, end), spec):
            return Span(hole.end, end)
    return Span(hole.end, hole.end)

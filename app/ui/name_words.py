"""Sentences about names that a model, or some levels of it, do not know."""

from __future__ import annotations

from collections.abc import Sequence

from app.language import mark, tr
from app.song.names import NameIndex
from app.ui.name_notes import NameNote
from app.ui.words import LEVEL_NAMES
from engine.catalog.names import HalfKnownName
from engine.types import Level

_UNKNOWN = {
    "artist": mark("This model knows no artist “{name}”."),
    "genre": mark("This model knows no genre “{name}”."),
}
_HALF_KNOWN = {
    "artist": mark("{levels}: “{name}” is not known there; the model hears any artist instead."),
    "genre": mark("{levels}: “{name}” is not known there; the model hears any genre instead."),
}
_MOST_CHARACTERS = 40


def note_of(name: str, known: NameIndex) -> str:
    """In a list: what somebody calls a name, and the qualities in which it is not heard."""
    gaps = known.gaps.get(name, ())
    own = [tr("“{name}”", name=mine[:_MOST_CHARACTERS]) for mine in known.own(name)[:1]]
    return " · ".join([*own, *([tr("not in {levels}", levels=_levels(gaps))] if gaps else ())])


def unknown_note(kind: str, name: str, known: NameIndex, elsewhere: Sequence[str] = ()) -> NameNote:
    """What is said of a name that no level knows, and which names are near.

    Args:
        kind: "artist" or "genre".
        elsewhere: the titles of other models that know it.
    """
    near = known.near(name)
    words = [tr(_UNKNOWN[kind], name=name[:_MOST_CHARACTERS])]
    if elsewhere:
        words.append(tr("{models} knows it.", models=", ".join(elsewhere)))
    words.append(tr("Did you mean:") if near else tr("Pick one from the list."))
    return NameNote(name, " ".join(words), "problem", near)


def half_known_notes(
    half_known: Sequence[HalfKnownName], kind: str, known: NameIndex
) -> tuple[NameNote, ...]:
    """What is said of each name of a kind that some levels do not know, and what they hear."""
    gaps: dict[tuple[str, tuple[str, ...]], list[Level]] = {}
    for each in half_known:
        if each.kind == kind:
            gaps.setdefault((each.name, each.unheard), []).append(each.level)
    return tuple(
        NameNote(name, _half_known(kind, name, unheard, levels), "warning", known.near_whole(name))
        for (name, unheard), levels in gaps.items()
    )


def _half_known(kind: str, name: str, unheard: Sequence[str], levels: Sequence[Level]) -> str:
    shown = name[:_MOST_CHARACTERS]
    if kind == "genre" and " ".join(unheard).casefold() != name.casefold():
        return tr(
            "{levels}: the model does not hear “{words}” of “{name}”.",
            levels=_levels(levels),
            words=" ".join(unheard)[:_MOST_CHARACTERS],
            name=shown,
        )
    return tr(_HALF_KNOWN[kind], levels=_levels(levels), name=shown)


def _levels(levels: Sequence[Level]) -> str:
    """Qualities as the list of takes names them, the coarsest first."""
    return " + ".join(tr(LEVEL_NAMES[level]) for level in sorted(levels, reverse=True))

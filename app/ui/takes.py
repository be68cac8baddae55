"""Takes in the words of the list: what each was made by, where it is new, how good it is."""

from __future__ import annotations

from app.session import Session
from app.song.song import Take, TakeId
from app.ui import clock
from app.ui.take_list import TakeRow
from app.ui.words import LEVEL_NAMES, ORIGIN_NAMES
from engine.types import Level, Span


def rows(session: Session) -> tuple[TakeRow, ...]:
    """One row per take, parents before children."""
    return tuple(_row(session, take) for take in session.song.takes)


def begins(session: Session, take_id: TakeId) -> int:
    """The first sample of a take that is its own."""
    return next((take.span.start for take in session.song.takes if take.id == take_id), 0)


def _row(session: Session, take: Take) -> TakeRow:
    rate = session.model.sample_rate if session.model else 1
    start, end = clock.moment(take.span.start / rate), clock.moment(take.span.end / rate)
    seed = "" if take.settings is None else str(take.settings.seed)
    cells = (
        take.name,
        ORIGIN_NAMES[take.origin],
        f"{start} – {end}",
        quality_words(session.quality(take.id)),
        clock.duration(take.length / rate),
        seed,
    )
    return TakeRow(take.id, take.parent or "", cells, _tip(take))


def quality_words(quality: tuple[tuple[Span, Level], ...]) -> str:
    """The qualities in a take, the best first; “…” while there is none yet."""
    found = sorted({level for _, level in quality})
    return " + ".join(LEVEL_NAMES[level] for level in found) or "…"


def _tip(take: Take) -> str:
    """All that is known of a take."""
    prompt = take.prompt
    parts = [
        take.name,
        f"Made {take.made.astimezone():%d %B %Y, %H:%M}",
        f"Artist: {prompt.artist or 'any'}",
        f"Genres: {', '.join(prompt.genres) or 'any'}",
    ]
    return "\n".join(parts)

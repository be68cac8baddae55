"""Takes in the words of the list: what each was made by, where it is new, how good it is."""

from __future__ import annotations

from collections.abc import Mapping

from app.language import tr
from app.session import Session
from app.song.song import Fit, Take, TakeId, Verdict
from app.ui import clock
from app.ui.take_commands import NUMBERED
from app.ui.take_list import TakeRow
from app.ui.words import LEVEL_NAMES, ORIGIN_NAMES, VERDICT_NAMES
from engine.text.blends import genre_words, worded
from engine.types import Level, Span


def rows(session: Session) -> tuple[TakeRow, ...]:
    """One row per take, parents before children."""
    keys = _keys(session)
    return tuple(_row(session, take, keys) for take in session.song.takes)


def _keys(session: Session) -> dict[TakeId, str]:
    """The digits that choose the takes made like the current one."""
    current = session.song.current
    siblings = () if current is None else session.song.siblings(current)
    if len(siblings) == 1:
        return {}
    return {take.id: str(n) for n, take in enumerate(siblings[:NUMBERED], start=1)}


def begins(session: Session, take_id: TakeId) -> int:
    """The first sample of a take that is its own."""
    return next((take.span.start for take in session.song.takes if take.id == take_id), 0)


def _row(session: Session, take: Take, keys: Mapping[TakeId, str]) -> TakeRow:
    rate = session.model.sample_rate if session.model else 1
    start, end = clock.moment(take.span.start / rate), clock.moment(take.span.end / rate)
    seed = "" if take.settings is None else str(take.settings.seed)
    cells = (
        take.name,
        keys.get(take.id, ""),
        _made_by(take),
        tr("{start} – {end}", start=start, end=end),
        quality_words(session.quality(take.id)) or _coming_words(session, take),
        clock.duration(take.length / rate),
        seed,
    )
    rejected = take.verdict is Verdict.REJECTED
    return TakeRow(take.id, take.parent or "", cells, _tip(take), _mark(take), rejected)


def _made_by(take: Take) -> str:
    """How a take came to be, and how well it fits where that was asked."""
    origin = tr(ORIGIN_NAMES[take.origin])
    if take.fit is None:
        return origin
    return tr("{origin} · {bits:.2f} bits", origin=origin, bits=take.fit.bits)


def _fit_words(fit: Fit) -> str:
    """What a fit means, in a sentence."""
    if fit.before is None:
        return tr("What follows surprises the model by {bits:.2f} bits per code.", bits=fit.bits)
    return tr(
        "What follows surprises the model by {bits:.2f} bits per code; "
        "after what stood here before, by {before:.2f}. Less is better.",
        bits=fit.bits,
        before=fit.before,
    )


def _mark(take: Take) -> str:
    """The icon of what the composer thinks of a take."""
    if take.starred:
        return "star"
    return {Verdict.KEPT: "check", Verdict.REJECTED: "close"}.get(take.verdict, "")


def quality_words(quality: tuple[tuple[Span, Level], ...]) -> str:
    """The qualities in a take, the best first; "" while there is none yet."""
    found = sorted({level for _, level in quality})
    return " + ".join(tr(LEVEL_NAMES[level]) for level in found)


def _coming_words(session: Session, take: Take) -> str:
    """The quality of a take that has no sound yet: “…” while it is made, else what it will have."""
    coming = any(take.id in job.takes for job in session.jobs.queue.jobs)
    return "…" if coming else tr(LEVEL_NAMES[min(take.levels)])


def _tip(take: Take) -> str:
    """All that is known of a take."""
    prompt = take.prompt
    when = f"{take.made.astimezone():%Y-%m-%d %H:%M}"
    parts = [
        take.name,
        tr("Made {when}", when=when),
        tr("Artist: {name}", name=worded(prompt.artists) or tr("any")),
        tr("Genres: {names}", names=genre_words(prompt) or tr("any")),
    ]
    if take.fit is not None:
        parts.append(_fit_words(take.fit))
    if take.verdict is not Verdict.OPEN:
        parts.append(tr(VERDICT_NAMES[take.verdict]))
    return "\n".join(parts)

"""Bytes in the words of the screen. Pure."""

from __future__ import annotations

from app.language import mark, say, tr
from app.ui import clock
from engine.installing.progress import Phase, Progress
from engine.installing.survey import Standing, State

PHASES = {
    Phase.DOWNLOADING: mark("Fetching"),
    Phase.CHECKING: mark("Checking"),
    Phase.CONVERTING: mark("Converting"),
    Phase.COPYING: mark("Copying"),
}


def size(count: int) -> str:
    """Bytes, such as “6.7 GB” or “22 MB”."""
    if count >= 1e9:
        return tr("{amount:.1f} GB", amount=count / 1e9)
    return (
        tr("{amount:.0f} MB", amount=count / 1e6)
        if count >= 1e6
        else tr("{amount:.0f} kB", amount=count / 1e3)
    )


def progress(moment: Progress | None) -> str:
    """How far something is: what, how much, how fast, how long; or what it waits for."""
    if moment is None:
        return tr("Starting…")
    phase = tr(PHASES[moment.phase])
    if moment.note:
        return f"{phase} · {say(moment.note)}"
    parts = [phase, tr("{done} of {total}", done=size(moment.done), total=size(moment.total))]
    if moment.per_second is not None:
        parts.append(tr("{size}/s", size=size(round(moment.per_second))))
    if moment.remaining_s is not None:
        parts.append(clock.remaining(moment.remaining_s))
    return " · ".join(parts)


def standing(model: Standing) -> str:
    """What a model takes, what of it is here, and what its licence is, in one line."""
    licence = model.licence.split(";")[0]
    known = model.known
    if model.state is State.DAMAGED:
        parts = [size(model.size_bytes), tr("damaged")]
    elif model.state is State.INSTALLED:
        parts = [
            size(model.size_bytes),
            "" if model.ours else tr("comes with the program"),
            licence,
        ]
    elif known is None:
        parts = [size(model.size_bytes), tr("import not finished")]
    elif model.state is State.BEGUN:
        whole = size(known.download_bytes)
        parts = [
            tr("{fetched} of {whole} fetched", fetched=size(model.fetched_bytes), whole=whole),
            licence,
        ]
    else:
        whole = size(known.download_bytes)
        parts = [
            tr("{whole} to fetch", whole=whole),
            tr("{size} installed", size=size(model.size_bytes)),
            licence,
        ]
    return " · ".join(part for part in parts if part)

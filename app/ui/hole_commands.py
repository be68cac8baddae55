"""The commands that make music in the middle, at the ends and beside what is there.

Decides nothing itself: each command is an intent of the session.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from app.language import mark, tr
from app.session import Session
from app.song.snapping import Snap
from app.ui.actions import Command

SNAPS: dict[Snap, tuple[str, str]] = {
    Snap.FREE: (mark("Snap to Noth&ing"), mark("Edges stay where they are put")),
    Snap.BEAT: (mark("Snap to &Beats"), mark("Edges go to the nearest beat")),
    Snap.ZERO: (mark("Snap to &Quiet"), mark("Edges go to the quietest moment nearby")),
    Snap.GRID: (mark("Snap to the &Model's Grid"), mark("Edges go to whole codes of the model")),
}
"""The words of each way to snap: in a menu, and what it does."""


def hole_commands(session: Session, prompt_problem: Callable[[], str]) -> tuple[Command, ...]:
    """What makes music in places of its own."""
    return (
        Command(
            "replaceInside",
            tr("&Replace the Middle"),
            session.replace_selection,
            ("Ctrl+Shift+R",),
            "replace-inside",
            tr(
                "Make eight drafts for the selected stretch, and keep the three after which the "
                "music that follows is likeliest"
            ),
            enabled=lambda: session.can_replace_selection and not prompt_problem(),
        ),
        Command(
            "extendEnd",
            tr("Extend at the E&nd"),
            session.extend_end,
            ("Ctrl+Shift+T",),
            tip=tr("Compose on from the end of the take, as far as the model knows songs"),
            enabled=lambda: session.can_continue and not prompt_problem(),
        ),
        Command(
            "extendStart",
            tr("Extend at the &Beginning"),
            session.extend_start,
            ("Ctrl+Alt+T",),
            tip=tr(
                "Models compose forwards only: this makes eight beginnings, and keeps the three "
                "after which your music is likeliest"
            ),
            enabled=lambda: session.can_continue and not prompt_problem(),
        ),
        Command(
            "branch",
            tr("Br&anch at the Playhead"),
            session.branch,
            ("Ctrl+B",),
            tip=tr("Keep the take up to the playhead, and compose on from there"),
            enabled=lambda: (
                session.can_continue and session.transport.playhead > 0 and not prompt_problem()
            ),
        ),
        Command(
            "redoFrom",
            tr("Re&do from the Playhead"),
            lambda: session.redo_from(session.transport.playhead),
            ("Ctrl+Alt+R",),
            "redo-inside",
            tr("Keep the take up to the playhead, and compose the rest of it anew"),
            enabled=lambda: session.can_redo_from_playhead and not prompt_problem(),
        ),
        Command(
            "hearAll",
            tr("&Hear as Much as Possible"),
            lambda: session.set_heard(None),
            tip=tr("Let the model hear all of the music before that fits into its window"),
            enabled=lambda: session.song.settings.heard_s is not None,
        ),
    )


def snap_commands(session: Session) -> tuple[Command, ...]:
    """What the edges of a selection are drawn to."""
    return tuple(_snap_command(session, snap, *words) for snap, words in SNAPS.items())


def _snap_command(session: Session, snap: Snap, text: str, tip: str) -> Command:
    return Command(
        f"snap-{snap}",
        tr(text),
        lambda: session.prefer(replace(session.preferences, snap=snap)),
        tip=tr(tip),
        checked=lambda: session.snap is snap,
    )

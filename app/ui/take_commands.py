"""The commands that compare, judge and sort takes.

Decides nothing itself: each command is an intent of the session.
"""

from __future__ import annotations

from collections.abc import Callable

from app.language import tr
from app.session import Session
from app.song.song import TakeId, Verdict
from app.ui.actions import Command

NUMBERED = 8
"""Takes made alike that a digit chooses."""


def take_commands(session: Session, rename_take: Callable[[], object]) -> tuple[Command, ...]:
    """What is done with takes."""
    return (
        *_judging(session),
        Command(
            "otherTake",
            tr("&Compare with the One Before"),
            session.choose_other,
            ("B",),
            tip=tr("Go back and forth between this take and the one before, at the same moment"),
            enabled=lambda: session.other_take is not None,
        ),
        Command(
            "matchLoudness",
            tr("Compare at E&qual Loudness"),
            lambda: session.match_loudness(not session.preferences.match_loudness),
            ("Ctrl+Alt+B",),
            tip=tr("Turn the louder of two takes down to the softer one while they are compared"),
            checked=lambda: session.preferences.match_loudness,
        ),
        *(_numbered(session, number) for number in range(1, NUMBERED + 1)),
        Command(
            "renameTake",
            tr("Re&name Take"),
            rename_take,
            ("F2",),
            "rename",
            enabled=lambda: session.song.current is not None,
        ),
        Command(
            "removeTake",
            tr("Re&move Take"),
            _with_current(session, session.remove_take),
            (),
            "delete",
            tr("Take this take out of the song; undo brings it back"),
            enabled=lambda: session.song.current is not None,
        ),
    )


def _judging(session: Session) -> tuple[Command, ...]:
    return (
        Command(
            "star",
            tr("&Star"),
            _with_current(session, session.star_take),
            ("S",),
            tip=tr("Mark this take as one of the best"),
            enabled=lambda: session.take is not None,
            checked=lambda: session.take is not None and session.take.starred,
        ),
        Command(
            "keep",
            tr("&Keep"),
            _with_current(session, lambda take: session.judge_take(take, Verdict.KEPT)),
            ("K",),
            tip=tr("Keep this take"),
            enabled=lambda: session.take is not None,
            checked=lambda: _judged(session, Verdict.KEPT),
        ),
        Command(
            "reject",
            tr("Re&ject"),
            _with_current(session, lambda take: session.judge_take(take, Verdict.REJECTED)),
            ("J",),
            tip=tr("Reject this take; Refill makes another in its place"),
            enabled=lambda: session.take is not None,
            checked=lambda: _judged(session, Verdict.REJECTED),
        ),
        Command(
            "refill",
            tr("Re&fill"),
            session.refill,
            ("Ctrl+J",),
            "generate",
            tr("Make new takes in place of the rejected ones"),
            enabled=lambda: session.can_refill,
        ),
    )


def _numbered(session: Session, number: int) -> Command:
    return Command(
        f"take{number}",
        tr("Take &{number} of Those Made Alike", number=number),
        lambda: session.choose_sibling(number),
        (str(number),),
        tip=tr("Hear take {number} of those made together, at the same moment", number=number),
        enabled=lambda: len(_siblings(session)) >= number,
    )


def _siblings(session: Session) -> tuple[object, ...]:
    current = session.song.current
    return () if current is None else session.song.siblings(current)


def _judged(session: Session, verdict: Verdict) -> bool:
    return session.take is not None and session.take.verdict is verdict


def _with_current(session: Session, intent: Callable[[TakeId], object]) -> Callable[[], object]:
    def run() -> None:
        if session.song.current is not None:
            intent(session.song.current)

    return run

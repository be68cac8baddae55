"""The commands that choose artists and genres.

Decides nothing itself: each command is an intent of the session.
"""

from __future__ import annotations

import secrets

from app.language import tr
from app.session import Session
from app.ui.actions import Command


def name_commands(session: Session) -> tuple[Command, ...]:
    """What is asked for by chance."""
    return (
        Command(
            "surprise",
            tr("S&urprise Me"),
            lambda: session.draw_names(secrets.randbelow(2**31)),
            ("Ctrl+U",),
            "dice",
            tr("Ask for an artist and a genre by chance; undo brings back what was asked for"),
            enabled=lambda: len(session.artists) > 1,
        ),
    )

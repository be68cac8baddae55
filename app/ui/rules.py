"""When commands can be given.

Pure questions about a session. The session refuses what cannot be done; these rules keep the
window from offering it.
"""

from __future__ import annotations

from app.session import Session
from app.song.song import Quality
from engine.types import Span


def can_generate(session: Session) -> bool:
    """There is a model, and nothing is being made."""
    return session.job is None and session.model is not None


def can_continue(session: Session) -> bool:
    """There is sound to go on from."""
    return can_generate(session) and session.song_length > 0


def can_redo_inside(session: Session) -> bool:
    """A stretch of sound is selected."""
    selection = session.selection
    return can_continue(session) and selection is not None and selection.length > 0


def can_render(session: Session, quality: Quality) -> bool:
    """Something in the selection, or in the whole take, is below that quality."""
    take = session.song.current
    if take is None or not can_continue(session):
        return False
    whole = session.selection or Span(0, session.song_length)
    return any(
        level > quality.finest and span.intersection(whole).length > 0
        for span, level in session.quality(take)
    )

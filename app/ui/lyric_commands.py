"""What can be done with the words of the song."""

from __future__ import annotations

from collections.abc import Callable

from app.language import tr
from app.session import Session
from app.ui.actions import Command
from app.ui.questions import Questions


def lyric_commands(
    session: Session, ask: Questions, cursor: Callable[[], int]
) -> tuple[Command, ...]:
    """Times of lines, and words that are sung.

    Args:
        cursor: the place in the words at which the cursor stands.
    """
    return (
        Command(
            "lineHere",
            tr("Sing This &Line at the Playhead"),
            lambda: session.time_line(cursor(), session.transport.playhead),
            ("Ctrl+Alt+L",),
            tip=tr(
                "Have the words around the line with the cursor in view of the model at that time"
            ),
            enabled=lambda: bool(session.song.prompt.lyrics.strip()),
        ),
        Command(
            "lineAnywhere",
            tr("&Forget the Line's Time"),
            lambda: session.time_line(cursor(), None),
            ("Ctrl+Alt+Shift+L",),
            enabled=lambda: bool(session.song.prompt.cues),
        ),
        Command(
            "forgetTimes",
            tr("Forget &All Times of Lines"),
            session.forget_times,
            tip=tr("Let the words spread evenly over the song again"),
            enabled=lambda: bool(session.song.prompt.cues),
        ),
        Command(
            "findWords",
            tr("Find the &Words in the Take"),
            session.find_words,
            tip=tr("Listen for the words of the song, and when each is sung"),
            enabled=lambda: session.can_find_words,
        ),
        Command(
            "exportWords",
            tr("Export Words with &Times…"),
            ask.export_words,
            tip=tr("Write the lines with their times as LRC or SRT"),
            enabled=lambda: bool(session.timed_lines),
        ),
    )

"""The commands that show and hide the lanes under the waveform.

Decides nothing itself: each command is an intent of the session.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from app.language import mark, tr
from app.session import Session
from app.ui.actions import Command
from engine.types import Level


def lane_commands(session: Session, show: Callable[[], object]) -> tuple[Command, ...]:
    """Which lanes are shown; `show` is called when that has changed."""

    def spectrogram() -> None:
        wanted = not session.preferences.spectrogram
        session.prefer(replace(session.preferences, spectrogram=wanted))
        show()

    def surprise() -> None:
        wanted = not session.preferences.surprise
        session.prefer(replace(session.preferences, surprise=wanted))
        show()

    return (
        Command(
            "showSpectrogram",
            tr("Sp&ectrogram"),
            spectrogram,
            ("Ctrl+Alt+S",),
            tip=tr("Show under the waveform how loud each pitch is"),
            checked=lambda: session.preferences.spectrogram,
        ),
        Command(
            "showSurprise",
            tr("S&urprise"),
            surprise,
            ("Ctrl+Alt+U",),
            tip=tr("Show under the waveform how little the model expected what is there"),
            checked=lambda: session.preferences.surprise,
        ),
        *(_level_command(session, level, show) for level in _LEVELS),
    )


def _level_command(session: Session, level: Level, show: Callable[[], object]) -> Command:
    def choose() -> None:
        session.prefer(replace(session.preferences, surprise=True, surprise_level=level))
        show()

    text, tip = _LEVELS[level]
    return Command(
        f"surprise-{level.name}",
        tr(text),
        choose,
        tip=tr(tip),
        checked=lambda: session.preferences.surprise_level is level,
    )


_LEVELS = {
    Level.TOP: (mark("Surprise of the &Draft"), mark("How little the model expected the draft")),
    Level.MIDDLE: (mark("Surprise of &Mid"), mark("The same of what makes it mid quality")),
    Level.BOTTOM: (mark("Su&rprise of Full"), mark("The same of what makes it full quality")),
}

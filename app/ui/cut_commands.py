"""The commands that move music about: cut, copy, paste.

Decides nothing itself: each command is an intent of the session.
"""

from __future__ import annotations

from app.language import tr
from app.session import Session
from app.ui.actions import Command
from app.ui.clipboard import Clipboard


def cut_commands(session: Session, clipboard: Clipboard) -> tuple[Command, ...]:
    """What is done with a stretch of music and the clipboard."""

    def pastes() -> bool:
        return session.can_paste and clipboard.holds_music

    return (
        Command(
            "cut",
            tr("Cu&t"),
            lambda: session.cut_selection(clipboard.put),
            ("Ctrl+X",),
            "cut",
            tr("Copy the selection, take it out, and move what follows to its place"),
            enabled=lambda: session.can_cut,
        ),
        Command(
            "copy",
            tr("&Copy"),
            lambda: session.pack_selection(clipboard.put),
            ("Ctrl+C",),
            "copy",
            tr("Copy the music of the selection, or of the whole take"),
            enabled=lambda: session.can_copy,
        ),
        Command(
            "paste",
            tr("&Paste"),
            lambda: session.paste(clipboard.music),
            ("Ctrl+V",),
            "paste",
            tr("Put what was copied in place of the selection, or at the playhead"),
            enabled=pastes,
        ),
        Command(
            "pasteOver",
            tr("Paste &Over"),
            lambda: session.paste_over(clipboard.music),
            ("Ctrl+Shift+V",),
            tip=tr("Lay what was copied over what is there, and move nothing"),
            enabled=pastes,
        ),
        Command(
            "merge",
            tr("Paste at the &Same Moment"),
            lambda: session.paste_same_moment(clipboard.music),
            ("Ctrl+Alt+V",),
            tip=tr("Lay what was copied over this take, at the moment where it comes from"),
            enabled=lambda: pastes() and session.take is not None,
        ),
        Command(
            "delete",
            tr("&Delete"),
            session.delete_selection,
            ("Ctrl+K",),
            tip=tr("Take the selection out, and move what follows to its place"),
            enabled=lambda: session.can_cut,
        ),
    )

"""Every command of the program, in the order of the menus, with the rule for when it can be given.

Decides nothing itself: each command is an intent of the session, or a question of a dialog.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from app.session import Session
from app.song.song import Quality
from app.ui import examples
from app.ui.actions import Command
from app.ui.questions import Questions
from app.ui.timeline.view import Timeline
from engine.types import Span


def file_commands(
    session: Session, ask: Questions, leave: Callable[[], object]
) -> tuple[Command, ...]:
    """Songs and sound files."""
    return (
        Command("new", "&New Song", ask.new, ("Ctrl+N",), "new", "Begin another song"),
        Command("open", "&Open Song…", ask.open, ("Ctrl+O",), "open", "Open a song file"),
        Command("save", "&Save Song", ask.save, ("Ctrl+S",), "save", "Save the song"),
        Command(
            "saveAs",
            "Save Song &As…",
            ask.save_as,
            ("Ctrl+Shift+S",),
            tip="Save the song with all of its takes under another name",
        ),
        Command(
            "import",
            "&Import Recording…",
            ask.import_audio,
            ("Ctrl+Shift+I",),
            "import",
            "Bring in a recording to compose on from",
        ),
        Command(
            "export",
            "&Export…",
            ask.export,
            ("Ctrl+E", "Ctrl+Shift+E"),
            "export",
            "Write the take, or the selection, to a sound file",
            enabled=lambda: session.song_length > 0,
        ),
        Command("leave", "&Quit", leave, ("Ctrl+Q",)),
    )


def edit_commands(session: Session, rename_take: Callable[[], object]) -> tuple[Command, ...]:
    """What changes the song without making music."""
    return (
        Command(
            "undo",
            "&Undo",
            session.undo,
            ("Ctrl+Z",),
            "undo",
            enabled=lambda: session.can_undo,
            wording=lambda: f"&Undo {session.undo_label}".rstrip(),
        ),
        Command(
            "redo",
            "&Redo",
            session.redo,
            ("Ctrl+Shift+Z", "Ctrl+Y"),
            "redo",
            enabled=lambda: session.can_redo,
            wording=lambda: f"&Redo {session.redo_label}".rstrip(),
        ),
        Command(
            "selectAll",
            "Select &All",
            lambda: session.select(Span(0, session.song_length)),
            ("Ctrl+A",),
            enabled=lambda: session.song_length > 0,
        ),
        Command(
            "selectNone",
            "Select &Nothing",
            lambda: session.select(None),
            ("Ctrl+Shift+A",),
            enabled=lambda: session.selection is not None,
        ),
        Command(
            "renameTake",
            "Re&name Take",
            rename_take,
            ("F2",),
            "rename",
            enabled=lambda: session.song.current is not None,
        ),
        Command(
            "removeTake",
            "Re&move Take",
            lambda: _remove_take(session),
            (),
            "delete",
            "Take this take out of the song; undo brings it back",
            enabled=lambda: session.song.current is not None,
        ),
    )


def music_commands(session: Session, prompt_problem: Callable[[], str]) -> tuple[Command, ...]:
    """What makes music."""
    return (
        Command(
            "generate",
            "&Generate",
            session.generate,
            ("Ctrl+Return",),
            "generate",
            "Compose new takes from the prompt on the left",
            enabled=lambda: session.can_generate and not prompt_problem(),
        ),
        Command(
            "stop",
            "&Stop",
            session.stop,
            ("Ctrl+.",),
            "stop",
            "Stop what is being made; what is there stays",
            enabled=lambda: session.job is not None,
        ),
        Command(
            "continue",
            "&Continue",
            session.continue_selection,
            ("Ctrl+T",),
            "continue",
            "Keep the take up to the end of the selection, and compose on from there",
            enabled=lambda: session.can_continue and not prompt_problem(),
        ),
        Command(
            "redoInside",
            "R&edo Inside",
            session.redo_selection,
            ("Ctrl+R",),
            "redo-inside",
            "Compose the selected stretch anew, and keep what is around it",
            enabled=lambda: session.can_redo_selection and not prompt_problem(),
        ),
        *_render_commands(session),
        Command(
            "example",
            "Use the E&xample",
            lambda: examples.use_first(session),
            (),
            "example",
            "Fill in an artist, genres and words to begin with",
        ),
    )


def _render_commands(session: Session) -> tuple[Command, ...]:
    return (
        Command(
            "renderMid",
            "Render to &Mid",
            lambda: session.render_selection(Quality.MID),
            ("Ctrl+M",),
            "render",
            "Raise the selection, or the whole take, to mid quality",
            enabled=lambda: session.can_render(Quality.MID),
        ),
        Command(
            "renderFull",
            "Render to &Full",
            lambda: session.render_selection(Quality.FULL),
            ("Ctrl+Shift+M",),
            "render",
            "Raise the selection, or the whole take, to full quality",
            enabled=lambda: session.can_render(Quality.FULL),
        ),
    )


def transport_commands(session: Session) -> tuple[Command, ...]:
    """What sounds."""
    return (
        Command(
            "play",
            "&Play or Pause",
            session.toggle_play,
            ("Space",),
            "play",
            "Play the selection, or from the playhead; again to pause",
            enabled=lambda: session.song_length > 0,
        ),
        Command(
            "stopPlaying",
            "&Stop Playing",
            lambda: _stop_playing(session),
            ("X",),
            "stop",
            "Stop, and go back to the start",
            enabled=lambda: session.transport.playing or session.transport.playhead > 0,
        ),
        Command("toStart", "To the &Start", lambda: session.seek(0), ("Ctrl+Home",), "to-start"),
        Command(
            "loop",
            "&Loop",
            lambda: session.set_loop(not session.transport.looping),
            ("Ctrl+L",),
            "loop",
            "Repeat the selection, or the whole take",
            checked=lambda: session.transport.looping,
        ),
        Command(
            "playAsItComes",
            "Play New Music as It &Comes",
            lambda: _play_as_it_comes(session),
            tip="Begin to play with the first sound of what is being made",
            checked=lambda: session.preferences.play_as_it_comes,
        ),
    )


def view_commands(timeline: Timeline) -> tuple[Command, ...]:
    """What is on screen."""
    return (
        Command("zoomIn", "Zoom &In", timeline.zoom_in, ("Ctrl++", "Ctrl+="), "zoom-in"),
        Command("zoomOut", "Zoom &Out", timeline.zoom_out, ("Ctrl+-",), "zoom-out"),
        Command("zoomFit", "Zoom to &Fit", timeline.zoom_to_fit, ("Ctrl+0", "Ctrl+F"), "zoom-fit"),
        Command(
            "zoomSelection",
            "Zoom to &Selection",
            timeline.zoom_to_selection,
            ("Ctrl+3",),
            "zoom-selection",
            enabled=lambda: timeline.selection is not None,
        ),
    )


def help_commands(
    show_shortcuts: Callable[[], object], show_about: Callable[[], object]
) -> tuple[Command, ...]:
    """What explains the program."""
    return (
        Command("shortcuts", "&Keyboard Shortcuts", show_shortcuts, ("F1",)),
        Command("about", "&About Jukebox Studio", show_about),
    )


def _remove_take(session: Session) -> None:
    if session.song.current is not None:
        session.remove_take(session.song.current)


def _play_as_it_comes(session: Session) -> None:
    preferences = session.preferences
    session.prefer(replace(preferences, play_as_it_comes=not preferences.play_as_it_comes))


def _stop_playing(session: Session) -> None:
    session.pause()
    session.seek(0)

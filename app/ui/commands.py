"""Every command of the program, in the order of the menus, with the rule for when it can be given.

Decides nothing itself: each command is an intent of the session, or a question of a dialog.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from app.language import tr
from app.session import Session
from app.song.song import Quality
from app.ui import examples
from app.ui.actions import Command
from app.ui.name_commands import name_commands
from app.ui.questions import Questions
from app.ui.timeline.view import Timeline
from engine.types import Span


def file_commands(
    session: Session, ask: Questions, leave: Callable[[], object]
) -> tuple[Command, ...]:
    """Songs and sound files."""
    return (
        Command("new", tr("&New Song"), ask.new, ("Ctrl+N",), "new", tr("Begin another song")),
        Command("open", tr("&Open Song…"), ask.open, ("Ctrl+O",), "open", tr("Open a song file")),
        Command("save", tr("&Save Song"), ask.save, ("Ctrl+S",), "save", tr("Save the song")),
        Command(
            "saveAs",
            tr("Save Song &As…"),
            ask.save_as,
            ("Ctrl+Shift+S",),
            tip=tr("Save the song with all of its takes under another name"),
        ),
        Command(
            "duplicate",
            tr("&Duplicate Song"),
            ask.duplicate,
            tip=tr("Go on with a copy, and leave the song file as it was last saved"),
        ),
        Command(
            "saveCopy",
            tr("Save Small &Copy…"),
            ask.save_copy,
            tip=tr("Put a copy somewhere, without sound that can be made again from its codes"),
        ),
        *_sound_file_commands(session, ask),
        Command("leave", tr("&Quit"), leave, ("Ctrl+Q",)),
    )


def _sound_file_commands(session: Session, ask: Questions) -> tuple[Command, ...]:
    """Sound in and out."""
    return (
        Command(
            "import",
            tr("&Import Recording…"),
            ask.import_audio,
            ("Ctrl+Shift+I",),
            "import",
            tr("Bring in a recording to compose on from"),
        ),
        Command(
            "record",
            tr("Record fro&m a Microphone…"),
            ask.record,
            ("R",),
            "record",
            tr("Record something to compose on from"),
            enabled=lambda: session.model is not None,
        ),
        Command(
            "export",
            tr("&Export…"),
            ask.export,
            ("Ctrl+E", "Ctrl+Shift+E"),
            "export",
            tr("Write the take, or the selection, to a sound file"),
            enabled=lambda: session.song_length > 0,
        ),
        Command(
            "exportRecordings",
            tr("Export Ori&ginal Recordings…"),
            ask.export_recordings,
            tip=tr("Write what was imported to a folder, exactly as it was given"),
            enabled=lambda: bool(session.recordings),
        ),
    )


def edit_commands(session: Session) -> tuple[Command, ...]:
    """What changes the song without making music."""
    return (
        Command(
            "undo",
            tr("&Undo"),
            session.undo,
            ("Ctrl+Z",),
            "undo",
            enabled=lambda: session.can_undo,
            wording=lambda: _undo_words(session.undo_label),
        ),
        Command(
            "redo",
            tr("&Redo"),
            session.redo,
            ("Ctrl+Shift+Z", "Ctrl+Y"),
            "redo",
            enabled=lambda: session.can_redo,
            wording=lambda: _redo_words(session.redo_label),
        ),
        Command(
            "selectAll",
            tr("Select &All"),
            lambda: session.select(Span(0, session.song_length)),
            ("Ctrl+A",),
            enabled=lambda: session.song_length > 0,
        ),
        Command(
            "selectNone",
            tr("Select &Nothing"),
            lambda: session.select(None),
            ("Ctrl+Shift+A",),
            enabled=lambda: session.selection is not None,
        ),
    )


def music_commands(session: Session, prompt_problem: Callable[[], str]) -> tuple[Command, ...]:
    """What makes music."""
    return (
        Command(
            "generate",
            tr("&Generate"),
            session.generate,
            ("Ctrl+Return",),
            "generate",
            tr("Compose new takes from the prompt on the left"),
            enabled=lambda: session.can_generate and not prompt_problem(),
        ),
        Command(
            "stop",
            tr("&Stop"),
            session.stop,
            ("Ctrl+.",),
            "stop",
            tr("Stop what is being made; what is there stays"),
            enabled=lambda: session.job is not None,
        ),
        Command(
            "continue",
            tr("&Continue"),
            session.continue_selection,
            ("Ctrl+T",),
            "continue",
            tr("Keep the take up to the end of the selection, and compose on from there"),
            enabled=lambda: session.can_continue and not prompt_problem(),
        ),
        Command(
            "redoInside",
            tr("R&edo Inside"),
            session.redo_selection,
            ("Ctrl+R",),
            "redo-inside",
            tr("Compose the selected stretch anew, and keep what is around it"),
            enabled=lambda: session.can_redo_selection and not prompt_problem(),
        ),
        *_render_commands(session),
        *name_commands(session),
        Command(
            "example",
            tr("Fill In an E&xample"),
            lambda: examples.use_first(session),
            (),
            "example",
            tr("Fill in an artist, genres and words to begin with"),
        ),
    )


def _render_commands(session: Session) -> tuple[Command, ...]:
    return (
        Command(
            "renderMid",
            tr("Render to &Mid"),
            lambda: session.render_selection(Quality.MID),
            ("Ctrl+M",),
            "render",
            tr("Raise the selection, or the whole take, to mid quality"),
            enabled=lambda: session.can_render(Quality.MID),
        ),
        Command(
            "renderFull",
            tr("Render to &Full"),
            lambda: session.render_selection(Quality.FULL),
            ("Ctrl+Shift+M",),
            "render",
            tr("Raise the selection, or the whole take, to full quality"),
            enabled=lambda: session.can_render(Quality.FULL),
        ),
        Command(
            "renderStereo",
            tr("Render in S&tereo"),
            session.render_in_stereo,
            (),
            "render",
            tr("Raise the take to full quality three times, to be heard left, centre and right"),
            enabled=lambda: session.can_render_in_stereo,
        ),
        Command(
            "draft",
            tr("Back to &Draft"),
            session.draft_selection,
            (),
            "render",
            tr("Hear the selection, or the whole take, as the draft it was; nothing is lost"),
            enabled=lambda: session.can_draft,
        ),
    )


def model_commands(ask: Questions, show_models: Callable[[], object]) -> tuple[Command, ...]:
    """What makes music possible, and what its artists and genres are called."""
    return (
        Command(
            "ownNames",
            tr("Nic&knames…"),
            ask.own_names,
            tip=tr("Say what you call artists and genres, to find them by that"),
        ),
        Command(
            "models",
            tr("M&odels…"),
            show_models,
            ("Ctrl+Shift+L",),
            tip=tr("Install, check and remove models"),
        ),
    )


def transport_commands(session: Session) -> tuple[Command, ...]:
    """What sounds."""
    return (
        Command(
            "play",
            tr("&Play or Pause"),
            session.toggle_play,
            ("Space",),
            "play",
            tr("Play the selection, or from the playhead; again to pause"),
            enabled=lambda: session.song_length > 0,
        ),
        Command(
            "stopPlaying",
            tr("&Stop Playing"),
            lambda: _stop_playing(session),
            ("X",),
            "stop",
            tr("Stop, and go back to the start"),
            enabled=lambda: session.transport.playing or session.transport.playhead > 0,
        ),
        Command(
            "toStart", tr("&To the Start"), lambda: session.seek(0), ("Ctrl+Home",), "to-start"
        ),
        Command(
            "loop",
            tr("&Loop"),
            lambda: session.set_loop(not session.transport.looping),
            ("Ctrl+L",),
            "loop",
            tr("Repeat the selection, or the whole take"),
            checked=lambda: session.transport.looping,
        ),
        Command(
            "playAsItComes",
            tr("Play New Music as It &Comes"),
            lambda: _play_as_it_comes(session),
            tip=tr("Begin to play with the first sound of what is being made"),
            checked=lambda: session.preferences.play_as_it_comes,
        ),
        Command(
            "hearStereo",
            tr("&Hear in Stereo"),
            lambda: session.hear_stereo(not session.preferences.stereo),
            ("Ctrl+Alt+H",),
            tip=tr(
                "Hear the three takes of a stereo rendering left, centre and right, or one alone"
            ),
            enabled=lambda: session.sides is not None,
            checked=lambda: session.preferences.stereo,
        ),
    )


def view_commands(timeline: Timeline) -> tuple[Command, ...]:
    """What is on screen."""
    return (
        Command("zoomIn", tr("Zoom &In"), timeline.zoom_in, ("Ctrl++", "Ctrl+="), "zoom-in"),
        Command("zoomOut", tr("Zoom &Out"), timeline.zoom_out, ("Ctrl+-",), "zoom-out"),
        Command(
            "zoomFit", tr("Zoom to &Fit"), timeline.zoom_to_fit, ("Ctrl+0", "Ctrl+F"), "zoom-fit"
        ),
        Command(
            "zoomSelection",
            tr("Zoom to &Selection"),
            timeline.zoom_to_selection,
            ("Ctrl+3",),
            "zoom-selection",
            enabled=lambda: timeline.selection is not None,
        ),
    )


def help_commands(
    ask: Questions,
    show_tour: Callable[[], object],
    show_shortcuts: Callable[[], object],
    show_about: Callable[[], object],
) -> tuple[Command, ...]:
    """What explains the program."""
    return (
        Command(
            "tour",
            tr("Three-Step &Tour"),
            show_tour,
            icon="tour",
            tip=tr("See in three steps how a song is made"),
        ),
        Command(
            "exampleSong",
            tr("Open the E&xample Song"),
            ask.open_example,
            icon="play",
            tip=tr("Hear a song that the bundled model made, and take it apart"),
        ),
        Command("shortcuts", tr("&Keyboard Shortcuts"), show_shortcuts, ("F1",)),
        Command("about", tr("&About Jukebox Studio"), show_about),
    )


def _undo_words(label: str) -> str:
    return tr("&Undo {step}", step=tr(label)) if label else tr("&Undo")


def _redo_words(label: str) -> str:
    return tr("&Redo {step}", step=tr(label)) if label else tr("&Redo")


def _play_as_it_comes(session: Session) -> None:
    preferences = session.preferences
    session.prefer(replace(preferences, play_as_it_comes=not preferences.play_as_it_comes))


def _stop_playing(session: Session) -> None:
    session.pause()
    session.seek(0)

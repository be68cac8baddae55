"""Starts the program: arguments, log, look, window. Music-making is set off after that.

`python -m app` and `jukebox-studio` are this.
"""

from __future__ import annotations

import argparse
import logging
import multiprocessing
import signal
import sys
from pathlib import Path

from app import crash, display
from app.folders import data_folder
from app.version import program_version

DESCRIPTION = "Compose music with Jukebox."
EXIT_NO_DISPLAY = 2

log = logging.getLogger(__name__)


def main(arguments: list[str] | None = None) -> int:
    """Run the program until its window is closed.

    Returns:
        The exit status: 2 when no window can be shown here.
    """
    multiprocessing.freeze_support()
    options = _parser().parse_args(arguments)
    problem = display.problem()
    if problem:
        sys.stderr.write(f"{problem}\n")
        return EXIT_NO_DISPLAY
    return _run(options)


def _run(options: argparse.Namespace) -> int:
    from PySide6.QtWidgets import QApplication

    signal.signal(signal.SIGINT, signal.SIG_DFL)
    app = QApplication(sys.argv[:1])
    app.setApplicationName("jukebox-studio")
    app.setApplicationDisplayName("Jukebox Studio")
    app.setOrganizationName("jukebox-studio")
    app.setDesktopFileName("jukebox-studio")
    from app import build
    from app.garbage import GarbageCollection

    folder = data_folder()
    window = build.build(build.EngineKind(options.engine), folder)
    crash.install(folder / "logs", window.show_problem)
    if options.debug_rects:
        build.write_rects(options.debug_rects, window)
    window.show()
    GarbageCollection(window)
    window.begin(options.file and options.file.absolute())
    return app.exec()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("jukebox-studio", description=DESCRIPTION)
    parser.add_argument(
        "file", nargs="?", type=Path, help="a song (.jukebox), or a recording to compose on from"
    )
    parser.add_argument(
        "--engine",
        choices=["process", "in-process", "fake"],
        default="process",
        help="where music is made: in a process of its own (as usual), in this one, or nowhere: "
        "“fake” plays tones, for trying out the window",
    )
    parser.add_argument(
        "--debug-rects", type=Path, metavar="FILE", help="keep the places of all widgets in a file"
    )
    parser.add_argument("--version", action="version", version=program_version())
    return parser


if __name__ == "__main__":
    sys.exit(main())

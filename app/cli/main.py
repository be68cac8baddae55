"""Which commands work on song files, and how mistakes about songs end."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from functools import partial
from typing import NoReturn

from app.cli import commands, parser
from app.song.errors import SongError
from engine import cli
from engine.cli.main import Command
from engine.cli.tools import Tools
from engine.errors import TaskError

_COMMANDS = {
    "compose": commands.compose,
    "continue": commands.go_on,
    "upsample": commands.upsample,
    "resume": commands.resume,
    "export": commands.export,
}


def main(arguments: Sequence[str] | None = None, tools: Tools | None = None) -> int:
    """Do what the arguments say, and give the exit status; see `engine.cli.main`."""
    return cli.main(arguments, tools, _more())


def run() -> NoReturn:
    """The console script."""
    cli.run(_more())


def _more() -> cli.More:
    known = {name: partial(_in_words, command) for name, command in _COMMANDS.items()}
    return cli.More(known, parser.add_songs)


def _in_words(command: Command, options: argparse.Namespace, tools: Tools) -> int:
    """Do a command; what is wrong with a song is told like any other mistake."""
    try:
        return command(options, tools)
    except SongError as error:
        raise TaskError(str(error)) from error

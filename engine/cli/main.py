"""Which command is run, and how each kind of mistake ends. Torch loads only when music is made."""

from __future__ import annotations

import argparse
import importlib.metadata
import logging
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import NoReturn

from engine.cli.compose import compose
from engine.cli.console import forgive_odd_characters, say
from engine.cli.doctor import doctor
from engine.cli.interrupts import Stopped
from engine.cli.listing import models
from engine.cli.parity import parity
from engine.cli.parser import parser
from engine.cli.tools import Tools, usual_tools
from engine.cli.transcode import decode, encode
from engine.errors import (
    AudioFileError,
    CodesFileError,
    EngineError,
    ModelError,
    TaskError,
)

_COMMANDS: Mapping[str, Callable[[argparse.Namespace, Tools], int]] = {
    "compose": compose,
    "encode": encode,
    "decode": decode,
    "models": models,
    "doctor": doctor,
    "parity": parity,
}

_MISTAKES = (TaskError, AudioFileError, CodesFileError, ModelError)


def main(arguments: Sequence[str] | None = None, tools: Tools | None = None) -> int:
    """Do what the arguments say, and give the exit status.

    Args:
        arguments: of the command line; None for those of this process.
        tools: None for the models of this installation and an engine in this process.
    """
    logging.basicConfig(level=logging.WARNING, format="jukebox: %(message)s")
    forgive_odd_characters()
    try:
        options = parser(f"jukebox {_version()}").parse_args(arguments)
        return _COMMANDS[options.command](options, tools or usual_tools())
    except SystemExit as leave:
        return leave.code if isinstance(leave.code, int) else 2
    except _MISTAKES as error:
        say(f"jukebox: {error}")
        return 2
    except EngineError as error:
        say(f"jukebox: {error}")
        return 1
    except BrokenPipeError:
        _look_away()
        return 1
    except Stopped as stopped:
        say("Stopped; nothing was written.")
        return stopped.status
    except KeyboardInterrupt:
        say("Stopped.")
        return 130


def run() -> NoReturn:
    """The console script. Does not take torch apart, which takes longer than stopping may."""
    status = main()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def _look_away() -> None:
    """Nobody reads the result any more, so what is left of it goes nowhere, without a complaint."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _version() -> str:
    try:
        return importlib.metadata.version("jukebox-studio")
    except importlib.metadata.PackageNotFoundError:
        return "from source"

"""Which command is run, and how each kind of mistake ends. Torch loads only when music is made."""

from __future__ import annotations

import argparse
import importlib.metadata
import logging
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NoReturn

from engine.cli.align import align
from engine.cli.bench import bench
from engine.cli.compose import compose
from engine.cli.console import forgive_odd_characters, say
from engine.cli.doctor import doctor
from engine.cli.interrupts import Stopped
from engine.cli.judge import judge
from engine.cli.listing import models
from engine.cli.lyrics import lyrics
from engine.cli.parity import parity
from engine.cli.parser import Commands, parser
from engine.cli.tools import Tools, usual_tools
from engine.cli.train import train
from engine.cli.transcode import decode, encode
from engine.errors import (
    AudioFileError,
    CodesFileError,
    EngineError,
    ModelError,
    TaskError,
)

Command = Callable[[argparse.Namespace, Tools], int]

_COMMANDS: Mapping[str, Command] = {
    "compose": compose,
    "lyrics": lyrics,
    "align": align,
    "encode": encode,
    "decode": decode,
    "models": models,
    "doctor": doctor,
    "parity": parity,
    "train": train,
    "bench": bench,
    "judge": judge,
}

_RUN_OPTIONS = {"device", "precision"}
_MISTAKES = (TaskError, AudioFileError, CodesFileError, ModelError)


@dataclass(frozen=True, slots=True)
class More:
    """What a program on top of the engine adds to the command line.

    Attributes:
        commands: by name; they go before those of the engine.
        options: adds their options to the parser of the whole command line.
    """

    commands: Mapping[str, Command] = field(default_factory=dict[str, Command])
    options: Callable[[Commands], None] = lambda commands: None


def main(
    arguments: Sequence[str] | None = None, tools: Tools | None = None, more: More | None = None
) -> int:
    """Do what the arguments say, and give the exit status.

    Args:
        arguments: of the command line; None for those of this process.
        tools: None for the models of this installation and an engine in this process.
        more: commands that are not the engine's.
    """
    more = more or More()
    logging.basicConfig(level=logging.WARNING, format="jukebox: %(message)s")
    forgive_odd_characters()
    try:
        options = parser(f"jukebox {_version()}", more.options).parse_args(arguments)
        choice = {name: vars(options)[name] for name in _RUN_OPTIONS & vars(options).keys()}
        command = {**_COMMANDS, **more.commands}[options.command]
        return command(options, tools or usual_tools(**choice))
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


def run(more: More | None = None) -> NoReturn:
    """The console script. Does not take torch apart, which takes longer than stopping may."""
    status = main(more=more)
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

"""The options of `jukebox`, with help that teaches."""

from __future__ import annotations

import argparse
import math
from pathlib import Path
from typing import NoReturn

from engine.cli.orders import QUALITIES
from engine.types import MAX_VARIATIONS

_MAX_SECONDS = 1_000_000

_INTRODUCTION = """\
Compose music with Jukebox: raw audio, singing included, from an artist, genres and lyrics.

  jukebox compose song.flac --genre folk --lyrics "Over the hills and far away" --seconds 20
  jukebox compose more.flac --prime riff.wav --prime-seconds 6 --seconds 10
  jukebox models pocket        the artists and genres that can be asked for
  jukebox doctor               what works on this computer, and what to do about the rest

“jukebox COMMAND --help” explains a command. Results go to standard output, everything else to
standard error. Exit status: 0 done, 1 it went wrong, 2 it cannot be done as asked, 130 stopped.
"""

_COMPOSE = """\
Compose a song and write it to OUT: .wav, .flac, .mp3, .ogg or .opus. OUT appears when it is
complete; a file of that name is replaced. Ctrl+C stops and keeps what was made.

  jukebox compose song.flac --artist "marlow finch" --genre folk --lyrics-file words.txt
  jukebox compose idea.wav --seconds 8 --quality draft --takes 4      four quick tries
  jukebox compose idea.wav --seconds 8 --seed 7                       the same song every time
  jukebox compose intro.wav --seconds 15 --song-length 180            the beginning of a long song
  jukebox compose more.flac --prime riff.wav --prime-seconds 6        go on from a recording
"""

_ENCODE = """\
Turn a recording into the codes of a model, the language in which it composes. CODES is a
safetensors file with the codes of each level.

  jukebox encode riff.wav riff.codes
"""

_DECODE = """\
Turn a file of codes into sound: what the model hears of a recording, or what was composed.

  jukebox decode riff.codes back.wav                 the finest level there is
  jukebox decode riff.codes coarse.wav --level top   as a draft sounds
"""

_MODELS = """\
List the models with size and licence, or tell what one of them can be asked for.

  jukebox models
  jukebox models pocket
  jukebox models fabricate 1b_lyrics models/random-1b    random weights of the real shapes

A fabricated model makes noise: it is for tests of size and speed. MODEL is 1b_lyrics, 5b or
5b_lyrics, and takes 6, 12 or 15 GB on the disk.
"""

_DOCTOR = """\
Look at Python, torch, devices, memory, models, sound and display, and say what works and what to
do about the rest. Exit status 1 when composing does not work here.
"""


_PARITY = """\
Run every recorded case below a folder of golden data and say how far each result of this engine
is from that of the original code. Exit status 1 when one is missed.

  jukebox parity golden
  jukebox parity golden --only "C_top*sampling*"     the cases of that name
"""


class Parser(argparse.ArgumentParser):
    """Tells mistakes in one line."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and leave with status 2."""
        line = " ".join(message.split())
        self.exit(2, f"{self.prog}: {line}. See “{self.prog} --help”.\n")


def parser(version: str) -> Parser:
    """The parser of the whole command line; the command's name lands in `command`."""
    whole = Parser("jukebox", description=_INTRODUCTION, formatter_class=_Teaching)
    whole.add_argument("--version", action="version", version=version)
    commands = whole.add_subparsers(dest="command", metavar="COMMAND", required=True)
    _add_compose(_command(commands, "compose", "compose a song", _COMPOSE))
    _add_encode(_command(commands, "encode", "sound to codes", _ENCODE))
    _add_decode(_command(commands, "decode", "codes to sound", _DECODE))
    models = _command(commands, "models", "list models and what they know", _MODELS)
    models.add_argument("words", metavar="MODEL", nargs="*", help="tell of this one")
    _command(commands, "doctor", "what works here, and what to do", _DOCTOR)
    golden = _command(commands, "parity", "compare with the original, case by case", _PARITY)
    golden.add_argument("golden", metavar="DIR", type=_path, help="a folder of golden data")
    golden.add_argument("--only", metavar="NAMES", default="*", help="a pattern: * is anything")
    return whole


class _Teaching(argparse.RawDescriptionHelpFormatter):
    """Keeps the examples as they are written."""


def _command(
    commands: argparse._SubParsersAction[Parser],  # pyright: ignore[reportPrivateUsage]
    name: str,
    summary: str,
    description: str,
) -> Parser:
    command = commands.add_parser(
        name, help=summary, description=description, formatter_class=_Teaching
    )
    command.add_argument("--json", action="store_true", help="the result as one line of JSON")
    return command


def _add_compose(command: Parser) -> None:
    add = command.add_argument
    add("out", metavar="OUT", type=_path, help="the file to write; takes add -2, -3, …")
    add("--model", metavar="ID", help="which model (default: pocket; see “jukebox models”)")
    add("--artist", metavar="A", default="", help="an artist the model knows (default: any)")
    add("--genre", metavar="G", nargs="+", action="extend", default=[],
        help="one or more genres the model knows (default: any)")  # fmt: skip
    lyrics = command.add_mutually_exclusive_group()
    lyrics.add_argument("--lyrics", metavar="TEXT", default="", help="the words of the whole song")
    lyrics.add_argument("--lyrics-file", metavar="F", type=_path, help="a UTF-8 file of words")
    add("--seconds", metavar="S", type=_seconds, default=20.0,
        help="how much new music to make (default: 20)")  # fmt: skip
    add("--song-length", metavar="S", type=_seconds,
        help="length of the whole song of which this is the beginning: decides how the words "
        "spread and when it ends (default: what is made)")  # fmt: skip
    add("--takes", metavar="N", type=_takes, default=1, help="how many versions (default: 1)")
    add("--seed", metavar="N", type=_whole, help="the same seed makes the same song")
    add("--quality", choices=tuple(QUALITIES), default="full",
        help="draft: coarse and quick; mid; full: all three levels (default)")  # fmt: skip
    add("--prime", metavar="AUDIO", type=_path, help="a recording to go on from, kept in OUT")
    add("--prime-seconds", metavar="S", type=_seconds,
        help="how much of its beginning (default: all of it)")  # fmt: skip
    add("--temperature", metavar="T", type=_number,
        help="above 0; less is safer, more is wilder (default: 0.98 to 0.99)")  # fmt: skip


def _add_encode(command: Parser) -> None:
    command.add_argument("audio", metavar="AUDIO", type=_path, help="the recording")
    command.add_argument("codes", metavar="CODES", type=_path, help="the file to write")
    command.add_argument("--model", metavar="ID", help="whose codes (default: pocket)")


def _add_decode(command: Parser) -> None:
    command.add_argument("codes", metavar="CODES", type=_path, help="a file that encode wrote")
    command.add_argument("out", metavar="OUT", type=_path, help="the sound file to write")
    command.add_argument("--level", choices=("top", "middle", "bottom"),
                         help="coarse, medium or fine (default: the finest there is)")  # fmt: skip


def _path(text: str) -> Path:
    if not text or "\0" in text:
        raise argparse.ArgumentTypeError("a file needs a name")
    return Path(text)


def _number(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise argparse.ArgumentTypeError(f"“{text[:40]}” is no number")
    return number


def _seconds(text: str) -> float:
    seconds = _number(text)
    if not 0 < seconds <= _MAX_SECONDS:
        raise argparse.ArgumentTypeError(
            f"seconds lie above 0 and up to {_MAX_SECONDS}, and “{text[:40]}” does not"
        )
    return seconds


def _whole(text: str) -> int:
    if not text.removeprefix("-").isdecimal() or len(text) > 40:
        raise argparse.ArgumentTypeError(f"“{text[:40]}” is no whole number")
    return int(text)


def _takes(text: str) -> int:
    takes = _whole(text)
    if not 1 <= takes <= MAX_VARIATIONS:
        raise argparse.ArgumentTypeError(f"takes: 1 to {MAX_VARIATIONS}, not {takes}")
    return takes

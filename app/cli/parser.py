"""The options of the commands that work on song files, with help that teaches."""

from __future__ import annotations

from engine.cli.orders import QUALITIES
from engine.cli.parser import Commands, Parser, add_command, add_run
from engine.cli.values import a_path, a_percentage, a_whole, some_seconds, some_takes

_CONTINUE = """\
Go on with a take of a song: SONG is a .jukebox file, as the window saves it. The new takes are in
it when the command ends, beside all that was there. Ctrl+C stops and keeps what was made.

  jukebox continue tune.jukebox --seconds 15
  jukebox continue tune.jukebox --take "Take 3" --at 12.5 --takes 4 --quality draft
"""

_UPSAMPLE = """\
Raise a take of a song, or a stretch of it, to a better quality, without changing the music.

  jukebox upsample tune.jukebox
  jukebox upsample tune.jukebox --start 10 --end 20 --quality mid
  jukebox upsample tune.jukebox --stereo
"""

_RESUME = """\
Finish what a song waits for: takes that were begun and stopped half-way, by the window or by a
command, even a killed one. The same comes of it as if nothing had stopped it.

  jukebox resume tune.jukebox
"""

_EXPORT = """\
Write a take of a song to a sound file: .wav, .flac, .mp3, .ogg or .opus. The song is only read.

  jukebox export tune.jukebox tune.flac
  jukebox export tune.jukebox chorus.wav --take "Take 3" --start 10 --end 20 --loudness -14
  jukebox export tune.jukebox wide.wav --stereo 60 --rate 48000
  jukebox export tune.jukebox tune.flac --all-takes
"""


def add_songs(commands: Commands) -> None:
    """Add the commands that work on songs, and `--song` to `compose`."""
    commands.choices["compose"].add_argument(
        "--song", metavar="SONG", type=a_path,
        help="a .jukebox file for the takes, instead of OUT; a new one if there is none",
    )  # fmt: skip
    onward = _command(commands, "continue", "go on with a take of a song", _CONTINUE)
    onward.add_argument("--at", metavar="S", type=some_seconds,
                        help="keep so much of the take (default: all of it)")  # fmt: skip
    _add_making(onward)
    better = _command(commands, "upsample", "raise a take to a better quality", _UPSAMPLE)
    _add_stretch(better)
    better.add_argument("--quality", choices=("mid", "full"), default="full",
                        help="how good (default: full)")  # fmt: skip
    better.add_argument("--stereo", action="store_true",
                        help="three times in full: for the middle, left, right")  # fmt: skip
    add_run(better)
    rest = add_command(commands, "resume", "finish what a song waits for", _RESUME)
    rest.add_argument("song", metavar="SONG", type=a_path, help="a .jukebox file")
    add_run(rest)
    out = _command(commands, "export", "write a take to a sound file", _EXPORT)
    out.add_argument("out", metavar="OUT", type=a_path, help="the sound file to write")
    _add_stretch(out)
    out.add_argument("--loudness", metavar="LUFS", type=float,
                     help="so loud, −70 to −5 (default: as it is)")  # fmt: skip
    out.add_argument("--rate", metavar="HZ", type=int,
                     help="samples a second, 8,000 to 192,000 (default: its own)")  # fmt: skip
    out.add_argument("--stereo", metavar="WIDTH", type=a_percentage,
                     help="one of “upsample --stereo”: 0 (its middle) to 100")  # fmt: skip
    out.add_argument("--all-takes", action="store_true",
                     help="each take, to a file named after OUT and the take")  # fmt: skip
    add_run(out)


def _command(commands: Commands, name: str, summary: str, description: str) -> Parser:
    command = add_command(commands, name, summary, description)
    command.add_argument("song", metavar="SONG", type=a_path, help="a .jukebox file")
    command.add_argument("--take", metavar="NAME", help="which take (default: the current one)")
    return command


def _add_making(command: Parser) -> None:
    add = command.add_argument
    add("--seconds", metavar="S", type=some_seconds, help="how much (default: as the song says)")
    add("--takes", metavar="N", type=some_takes, help="how many versions (default: 1)", default=1)
    add("--seed", metavar="N", type=a_whole, help="the same seed makes the same music")
    add("--quality", choices=tuple(QUALITIES), help="how good (default: as the song says)")
    add_run(command)


def _add_stretch(command: Parser) -> None:
    add = command.add_argument
    add("--start", metavar="S", type=some_seconds, help="from there (default: its start)")
    add("--end", metavar="S", type=some_seconds, help="to there (default: its end)")

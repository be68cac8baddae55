"""The options of `jukebox`, with help that teaches."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn, TypeAlias

from engine.cli.orders import QUALITIES
from engine.cli.values import a_number, a_path, a_whole, some_seconds, some_takes, some_windows
from engine.types import Precision

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
  jukebox compose both.wav --artist "marlow finch:2, otis bell:1"     two voices in one
  jukebox compose intro.wav --seconds 15 --song-length 180            the beginning of a long song
  jukebox compose more.flac --prime riff.wav --prime-seconds 6        go on from a recording
"""

_LYRICS = """\
Tell what a model is told of a song, before anything is made: which number each level hears for the
artist and the genres, which characters of the lyrics it drops, and which are in view while each
stretch of music is sampled. Takes the same words as compose.

  jukebox lyrics --lyrics-file words.txt --seconds 60
  jukebox lyrics --artist "marlow finch" --genre folk --lyrics "Over the hills" --json
"""

_ALIGN = """\
Write when each word is sung: OUT is .lrc, .srt or .json. MUSIC is a recording or a file that encode
wrote; the lyrics, artist and genre are what it was made with, or could have been.

  jukebox align song.flac song.lrc --lyrics-file words.txt
  jukebox align song.codes song.srt --lyrics-file words.txt --song-length 180
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
List the models with size and licence, tell what one of them can be asked for, or bring models in
and take them away.

  jukebox models
  jukebox models pocket
  jukebox models install 1b_lyrics      fetch it; stopped or broken off, the same again goes on
  jukebox models import DIR --as mine   OpenAI's .pth.tar files, or Hugging Face's layout
  jukebox models verify                 compare every file with its checksum
  jukebox models gate pocket *.flac     may it be sampled in int8? Needs music it has not learnt
  jukebox models remove 1b_lyrics
  jukebox models fabricate 1b_lyrics models/random-1b    random weights of the real shapes

A licence is shown and accepted before anything is fetched. Files come from huggingface.co and from
OpenAI. HF_ENDPOINT names a mirror, HF_TOKEN an account, HTTPS_PROXY a proxy.

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
  jukebox parity --installed 1b_lyrics               the released weights, by public numbers
  jukebox parity --installed jukebox-1b-lyrics       the same of a folder as it came from the hub
"""

_TRAIN = """\
Make a model by a recipe: songs, vqvae, codes, prior, polish, export, evaluate and curves, one after
the other, or only the STAGES named. A stage that was stopped goes on where it stood. The last line
on standard output is one of JSON, with the figures.

  jukebox train pocket --data training                 the bundled model, from nothing
  jukebox train pocket --smoke --data try              the same in two minutes, to no purpose
  jukebox train pocket vqvae --level top --minutes 30 --data training

On music of your own: MUSIC holds recordings and metadata.jsonl, a line of JSON for each of them
(file, artist, genres; lyrics and words with times where there are any).

  jukebox train new --music MUSIC --data mine --title "Mine"
  jukebox train mine/recipe.toml codes prior export --data mine --base pocket --out models/mine

With --base, training begins from the weights of a model, and what is not trained comes from it.
Several GPUs: accelerate launch -m engine.cli train …
"""


_JUDGE = """\
Say how good a model is, by judges that did not train it, on the held-out songs of a dataset
(DATA/heldout). PARTS: likelihood, samples, codec, lyrics, continuing. What is found of the songs
and of the VQ-VAE is kept in DATA/judged. Needs the extra “judge”.

  jukebox judge pocket --data training
  jukebox judge models/mine likelihood --data mine
  jukebox judge models/mine samples --samples 8 --keep heard --data mine
"""


class Parser(argparse.ArgumentParser):
    """Tells mistakes in one line."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and leave with status 2."""
        line = " ".join(message.split())
        self.exit(2, f"{self.prog}: {line}. See “{self.prog} --help”.\n")


_BENCH = """\
Measure how fast sampling goes here: per prior, kind of numbers and batch the time of a step in the
middle of a window, its share of what memory allows, known codes taken a second and memory; and for
a model that can compose a song, the first sound, cold and warm. Every launch is a fresh process.
Whoever stops it is told what was measured until then.

  jukebox bench                                        Pocket
  jukebox bench --model 1920x12 --batch 1 8 --peer     random weights in the layout of the 1B
                                                       upsamplers, beside transformers 4.40.2
  jukebox bench --model models/1b_lyrics --levels bottom --threads 2

  jukebox bench --targets --peer                       all that this project set out to reach

--peer makes an environment for that library in your cache folder the first time: about 1 GB.
"""


Commands: TypeAlias = "argparse._SubParsersAction[Parser]"  # pyright: ignore[reportPrivateUsage]
"""The commands of a command line, to which others can be added with `add_command`."""


def parser(version: str, more: Callable[[Commands], None] = lambda commands: None) -> Parser:
    """The parser of the whole command line; the command's name lands in `command`.

    Args:
        more: adds commands that are not the engine's, and options to those that are.
    """
    whole = Parser("jukebox", description=_INTRODUCTION, formatter_class=_Teaching)
    whole.add_argument("--version", action="version", version=version)
    commands = whole.add_subparsers(dest="command", metavar="COMMAND", required=True)
    _add_compose(add_command(commands, "compose", "compose a song", _COMPOSE))
    _add_song(add_command(commands, "lyrics", "what a model is told of a song", _LYRICS))
    _add_align(add_command(commands, "align", "when each word is sung", _ALIGN))
    _add_encode(add_command(commands, "encode", "sound to codes", _ENCODE))
    _add_decode(add_command(commands, "decode", "codes to sound", _DECODE))
    models = add_command(commands, "models", "list models and what they know", _MODELS)
    _add_models(models)
    add_command(commands, "doctor", "what works here, and what to do", _DOCTOR)
    golden = add_command(commands, "parity", "compare with the original, case by case", _PARITY)
    golden.add_argument("golden", metavar="DIR", nargs="?", type=a_path, help="golden data")
    golden.add_argument("--installed", metavar="MODEL", help="an installed model, or its folder")
    golden.add_argument("--only", metavar="NAMES", default="*", help="a pattern: * is anything")
    _add_bench(add_command(commands, "bench", "measure the speed here", _BENCH))
    _add_train(add_command(commands, "train", "make a model by a recipe", _TRAIN))
    _add_judge(add_command(commands, "judge", "say how good a model is", _JUDGE))
    more(commands)
    return whole


class _Teaching(argparse.RawDescriptionHelpFormatter):
    """Keeps the examples as they are written."""


def add_command(commands: Commands, name: str, summary: str, description: str) -> Parser:
    """Another command, whose result can be had as JSON."""
    command = commands.add_parser(
        name, help=summary, description=description, formatter_class=_Teaching
    )
    command.add_argument("--json", action="store_true", help="the result as one line of JSON")
    return command


def _add_lyrics(command: Parser) -> None:
    """Which words, by whom, and how long the song is."""
    add = command.add_argument
    add("--model", metavar="ID", help="which model (default: pocket; see “jukebox models”)")
    add("--artist", metavar="A", default="",
        help="an artist the model knows, or a blend: “A:2, B:1” (default: any)")  # fmt: skip
    add("--genre", metavar="G", nargs="+", action="extend", default=[],
        help="one or more genres the model knows, or a blend: folk:2 rock:1 "
        "(default: any)")  # fmt: skip
    lyrics = command.add_mutually_exclusive_group()
    lyrics.add_argument("--lyrics", metavar="TEXT", default="", help="the words of the whole song")
    lyrics.add_argument("--lyrics-file", metavar="F", type=a_path, help="a UTF-8 file of words")
    add("--song-length", metavar="S", type=some_seconds,
        help="length of the whole song of which this is the beginning: decides how the words "
        "spread and when it ends (default: what there is of it)")  # fmt: skip


def _add_song(command: Parser) -> None:
    _add_lyrics(command)
    command.add_argument("--seconds", metavar="S", type=some_seconds, default=20.0,
                         help="how much new music to make (default: 20)")  # fmt: skip


def _add_align(command: Parser) -> None:
    command.add_argument("music", metavar="MUSIC", type=a_path, help="a recording, or codes")
    command.add_argument("out", metavar="OUT", type=a_path, help="the file to write")
    _add_lyrics(command)
    add_run(command)


def _add_compose(command: Parser) -> None:
    add = command.add_argument
    add("out", metavar="OUT", type=a_path, nargs="?",
        help="the file to write; takes add -2, -3, …")  # fmt: skip
    _add_song(command)
    add("--words", metavar="F", type=a_path,
        help="also write when each word is sung: .lrc, .srt or .json")  # fmt: skip
    add("--takes", metavar="N", type=some_takes, default=1, help="how many versions (default: 1)")
    add("--seed", metavar="N", type=a_whole, help="the same seed makes the same song")
    add("--quality", choices=tuple(QUALITIES), default="full",
        help="draft: coarse and quick; mid; full: all three levels (default)")  # fmt: skip
    add("--prime", metavar="AUDIO", type=a_path, help="a recording to go on from, kept in OUT")
    add("--prime-seconds", metavar="S", type=some_seconds,
        help="how much of its beginning (default: all of it)")  # fmt: skip
    add("--temperature", metavar="T", type=a_number,
        help="above 0; less is safer, more is wilder (default: the model's own)")  # fmt: skip
    add("--parallel-windows", metavar="K", type=some_windows, default=1,
        help="draw K windows of the finer levels at once: faster, above all on a GPU, and "
        "approximate; beyond 1, K changes no sound (default: 1, exact)")  # fmt: skip
    add_run(command)


def add_run(command: Parser) -> None:
    """Where, and in which numbers, music is made."""
    add = command.add_argument
    add("--device", metavar="D", default="auto",
        help="cpu, mps, cuda, cuda:1, … (default: the fastest there is)")  # fmt: skip
    add("--precision", choices=("auto", *Precision), default="auto",
        help="of the large matrices (default: by device and free memory)")  # fmt: skip


def _add_models(command: Parser) -> None:
    add = command.add_argument
    add("words", metavar="MODEL", nargs="*", help="tell of this one, or do something; see above")
    add("--accept-licence", action="store_true", help="install: I have read and accept it")
    add("--as", metavar="ID", dest="as_name", help="import: under this name (default: its own)")
    add("--yes", action="store_true", help="remove: do not ask")
    add("--windows", metavar="N", type=a_whole, default=32,
        help="gate: measured per level (default: 32)")  # fmt: skip


def _add_encode(command: Parser) -> None:
    command.add_argument("audio", metavar="AUDIO", type=a_path, help="the recording")
    command.add_argument("codes", metavar="CODES", type=a_path, help="the file to write")
    command.add_argument("--model", metavar="ID", help="whose codes (default: pocket)")
    add_run(command)


def _add_decode(command: Parser) -> None:
    command.add_argument("codes", metavar="CODES", type=a_path, help="a file that encode wrote")
    command.add_argument("out", metavar="OUT", type=a_path, help="the sound file to write")
    command.add_argument("--level", choices=("top", "middle", "bottom"),
                         help="coarse, medium or fine (default: the finest there is)")  # fmt: skip
    add_run(command)


def _add_bench(command: Parser) -> None:
    add = command.add_argument
    add("--model", metavar="MODEL", default="pocket",
        help="an installed model, a model's folder, or WIDTHxDEPTH (default: pocket)")  # fmt: skip
    add("--levels", nargs="+", choices=("top", "middle", "bottom"), default=[],
        help="which priors (default: all)")  # fmt: skip
    add("--precision", nargs="+", type=Precision, choices=tuple(Precision), metavar="P",
        default=[Precision.SINGLE], help="fp32, fp16, bf16, int8 (default: fp32)")  # fmt: skip
    add("--batch", nargs="+", type=some_takes, metavar="N", default=[1],
        help="takes at once (default: 1)")  # fmt: skip
    add("--threads", type=some_takes, metavar="N", default=1, help="to compute with (default: 1)")
    add("--device", metavar="D", default="cpu", help="cpu, cuda, mps (default: cpu)")
    add("--launches", type=some_takes, metavar="N", default=3,
        help="fresh processes, the middle of which counts (default: 3)")  # fmt: skip
    add("--rounds", type=some_takes, metavar="N", default=5, help="slices a launch (default: 5)")
    add(
        "--slice",
        type=some_seconds,
        metavar="S",
        default=0.2,
        help="seconds of each (default: 0.2)",
    )
    add("--song", type=a_number, metavar="S",
        help="compose S seconds; 0 for none (default: 20 with a small model)")  # fmt: skip
    add("--peer", action="store_true", help="beside transformers 4.40.2 in single precision")
    add("--targets", action="store_true",
        help="all that the targets need, and whether they are met; takes long")  # fmt: skip


def _add_train(command: Parser) -> None:
    add = command.add_argument
    add("recipe", metavar="RECIPE", help="pocket, a recipe file, or “new” for music of your own")
    add("stages", metavar="STAGE", nargs="*", help="which stages (default: all of them)")
    add("--data", metavar="DIR", type=a_path, default=Path("training"),
        help="the dataset (default: training)")  # fmt: skip
    add("--runs", metavar="DIR", type=a_path, help="checkpoints and curves (default: DATA/runs)")
    add("--out", metavar="DIR", type=a_path,
        help="the model; its name is the folder's (default: DATA/models/new-model)")  # fmt: skip
    add("--level", choices=("bottom", "middle", "top"), help="one level (default: all)")
    add("--base", metavar="MODEL", help="a model to begin from: a folder, or an installed one")
    add("--steps", metavar="N", type=a_whole, help="length of the schedule, if not the recipe's")
    add("--minutes", metavar="M", type=some_seconds, default=math.inf,
        help="stop a stage, with a checkpoint, after so long")  # fmt: skip
    add("--share", metavar="N/OF", default="0/1", help="encode every OF-th song, from the N-th on")
    add("--processes", metavar="N", type=a_whole, default=1, help="songs rendered side by side")
    add("--smoke", action="store_true", help="everything tiny: shows that it works")
    add("--music", metavar="DIR", type=a_path, help="for “new”: recordings and metadata.jsonl")
    add("--title", metavar="T", default="Mine", help="for “new”: what the model is called")
    add("--like", metavar="RECIPE", default="pocket", help="for “new”: the recipe to follow")


def _add_judge(command: Parser) -> None:
    add = command.add_argument
    add("model", metavar="MODEL", help="an installed model, or a model's folder")
    add("parts", metavar="PART", nargs="*", help="which parts (default: all of them)")
    add("--data", metavar="DIR", type=a_path, default=Path("training"),
        help="the dataset (default: training)")  # fmt: skip
    add("--samples", metavar="N", type=some_takes, default=32, help="pieces to make (default: 32)")
    add("--temperature", metavar="T", type=a_number, help="of the top level (default: the model's)")
    add("--keep", metavar="DIR", type=a_path, help="put the pieces there, as .wav")
    add("--card", action="store_true", help="write the figures into the model's MODEL_CARD.md")

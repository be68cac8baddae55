"""`jukebox align`: when each word of some lyrics is sung in a piece of music."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from engine.api import Aligned, AlignTask, EncodeTask, Event
from engine.audio.files import Channels, audio_info, read_audio
from engine.catalog.checks import check
from engine.cli.console import answer, answer_json
from engine.cli.orders import prompt
from engine.cli.tools import Tools, chosen_model
from engine.cli.transcode import work
from engine.cli.words import lines_of, require_writable, write_words
from engine.codes import CodesFile, read_codes
from engine.errors import CodesFileError
from engine.text.timing import SungLine
from engine.types import Level, Span


def align(options: argparse.Namespace, tools: Tools) -> int:
    """Write when each word of some lyrics is sung in a piece of music. Gives the exit status.

    Raises:
        EngineError: it cannot be done.
    """
    require_writable(options.out)
    content = _codes(options, tools)
    spec = tools.store.get(content.model).spec
    end = len(content.codes.at(Level.TOP)) * spec.grid
    task = AlignTask(spec.id, prompt(options, spec, end), content.codes, Span(0, end))
    check(task, tools.store)
    aligned: list[Aligned] = []

    def gather(event: Event) -> None:
        if isinstance(event, Aligned):
            aligned.append(event)

    work(task, tools, gather)
    lines = lines_of(aligned, task.prompt.lyrics, spec)
    write_words(options.out, lines)
    _report(options, lines)
    return 0


def _codes(options: argparse.Namespace, tools: Tools) -> CodesFile:
    """The codes in a file of them, or of a recording."""
    try:
        return read_codes(options.music)
    except CodesFileError:
        spec = chosen_model(tools.store, options.model).spec
        limit = spec.max_song_length / spec.sample_rate
        audio_info(options.music)
        audio = read_audio(options.music, spec.sample_rate, Channels.MONO, limit)
        task = EncodeTask(spec.id, audio)
        return CodesFile(work(task, tools, lambda event: None).results[0], spec.id)


def _report(options: argparse.Namespace, lines: Sequence[SungLine]) -> None:
    words = sum(len(line.words) for line in lines)
    if options.json:
        answer_json({"lines": len(lines), "words": words, "files": [str(options.out)]})
    else:
        answer(str(options.out))

"""Files that say when each word is sung, for the commands that make them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from engine.api import Aligned
from engine.atomic import ensure_writable, replacing
from engine.atomic import told as refused
from engine.catalog.specs import ModelSpec
from engine.errors import TaskError
from engine.text.timing import SungLine, lrc, srt, sung_lines, sung_words

_FORMS = (".lrc", ".srt", ".json")


def lines_of(aligned: Sequence[Aligned], lyrics: str, spec: ModelSpec) -> tuple[SungLine, ...]:
    """The lines that are sung, by what was told of one take."""
    if not aligned:
        return ()
    places = np.concatenate([each.places for each in aligned])
    weights = np.concatenate([each.weights for each in aligned])
    code_s = spec.grid / spec.sample_rate
    words = sung_words(lyrics, places, weights, aligned[0].start / spec.sample_rate, code_s)
    return sung_lines(lyrics, words)


def require_writable(path: Path) -> None:
    """Nothing, if words can be written to a file of this name.

    Raises:
        TaskError: its ending is none that is known, or nothing can be written there.
    """
    if path.suffix.lower() not in _FORMS:
        raise TaskError(f"“{path.name}” must end in one of {', '.join(_FORMS)}.")
    try:
        ensure_writable(path)
    except OSError as error:
        raise TaskError(refused(error, path)) from error


def write_words(path: Path, lines: Sequence[SungLine]) -> None:
    """Write lines in the form that a file's ending says.

    Raises:
        TaskError: it cannot be written there.
    """
    text = {".lrc": lrc, ".srt": srt, ".json": _as_json}[path.suffix.lower()](lines)
    try:
        with replacing(path) as file:
            file.write(text.encode("utf-8"))
    except OSError as error:
        raise TaskError(refused(error, path)) from error


def _as_json(lines: Sequence[SungLine]) -> str:
    content = [
        {
            "line": line.text,
            "words": [
                {
                    "text": word.text,
                    "place": word.place,
                    "start_s": round(word.start_s, 3),
                    "end_s": round(word.end_s, 3),
                }
                for word in line.words
            ],
        }
        for line in lines
    ]
    return json.dumps({"lines": content}, ensure_ascii=False, indent=1) + "\n"

"""`jukebox models`: which models there are, and what one of them can be asked for.

Also makes models of random numbers, of the real ones' size, for tests of size and speed.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from rich.console import Console
from rich.table import Table

from engine.catalog.known import KNOWN_MODELS
from engine.catalog.released import released_config
from engine.catalog.store import InstalledModel, user_models
from engine.cli.console import answer, answer_json, say
from engine.cli.tools import Tools
from engine.errors import ModelError, TaskError


def models(options: argparse.Namespace, tools: Tools) -> int:
    """List all models, tell of one, or fabricate one. Gives the exit status.

    Raises:
        ModelError: the one asked for is not installed, or damaged.
        TaskError: something else is asked for.
    """
    match options.words:
        case []:
            _list(options, tools)
        case ["fabricate", name, folder]:
            _fabricate(name, Path(folder), options)
        case [name]:
            _tell(tools.store.get(name), options)
        case _:
            raise TaskError(
                "Name one MODEL, or “fabricate MODEL DIR”. See “jukebox models --help”."
            )
    return 0


def _fabricate(name: str, folder: Path, options: argparse.Namespace) -> None:
    from engine.training.fabricate import fabricate

    config = released_config(name)
    say(f"Drawing random weights of the shapes of {name}. This takes minutes and makes noise only.")
    try:
        fabricate(config, folder)
    except OSError as error:
        raise ModelError(f"“{folder}” cannot be written: {error.strerror}.") from error
    if options.json:
        answer_json({"model": name, "folder": str(folder)})
    else:
        answer(str(folder))


def _list(options: argparse.Namespace, tools: Tools) -> None:
    rows = _rows(tools.store.models())
    if options.json:
        answer_json({"models": rows, "problems": tools.store.problems()})
        return
    for line in _table(rows):
        answer(line)
    for problem in tools.store.problems():
        say(problem)
    say(f"Installed models lie beside the program and in {user_models()}.")


def _rows(installed: tuple[InstalledModel, ...]) -> list[dict[str, object]]:
    there = [(model.spec, True) for model in installed]
    names = {spec.id for spec, _ in there}
    others = [(model, False) for model in KNOWN_MODELS if model.id not in names]
    return [
        {
            "id": model.id,
            "title": model.title,
            "installed": is_there,
            "size_bytes": model.size_bytes,
            "licence": model.licence,
        }
        for model, is_there in [*there, *others]
    ]


def _table(rows: list[dict[str, object]]) -> list[str]:
    table = Table(box=None, pad_edge=False)
    for heading in ("Model", "Title", "Installed", "Size", "Licence"):
        table.add_column(heading, no_wrap=True)
    for row in rows:
        installed = "yes" if row["installed"] else "no"
        size = _size(int(str(row["size_bytes"])))
        table.add_row(str(row["id"]), str(row["title"]), installed, size, str(row["licence"]))
    console = Console(width=200, no_color=True)
    with console.capture() as capture:
        console.print(table)
    return [line.rstrip() for line in capture.get().splitlines()]


def _size(count: int) -> str:
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.1f} MB"


def _tell(model: InstalledModel, options: argparse.Namespace) -> None:
    spec, names = model.spec, model.names
    shortest, longest = (n / spec.sample_rate for n in (spec.min_song_length, spec.max_song_length))
    facts: dict[str, object] = {
        "id": spec.id,
        "title": spec.title,
        "licence": spec.licence,
        "folder": str(model.folder),
        "size_bytes": spec.size_bytes,
        "sample_rate": spec.sample_rate,
        "shortest_song_seconds": round(shortest, 2),
        "longest_song_seconds": round(longest, 2),
        "lyric_characters_in_view": spec.lyric_characters,
        "genres_at_once": spec.max_genres,
        "artists": names.artist_names,
        "genres": names.genre_names,
    }
    if options.json:
        answer_json(facts)
        return
    for name, value in facts.items():
        shown = ", ".join(value) if isinstance(value, tuple) else str(value)  # pyright: ignore
        answer(f"{name.replace('_', ' ')}: {shown}")

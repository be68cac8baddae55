"""`jukebox models`: which models there are, and what one of them can be asked for.

Also makes models of random numbers, of the real ones' size, for tests of size and speed. What
changes the installed models is in `managing`.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from rich.console import Console
from rich.table import Table

from engine.catalog.known import KnownModel
from engine.catalog.released import released_config
from engine.catalog.specs import ModelSpec
from engine.catalog.store import InstalledModel
from engine.cli import managing
from engine.cli.amounts import size_words
from engine.cli.console import answer, answer_json, say
from engine.cli.gate import gate
from engine.cli.tools import Tools
from engine.errors import ModelError, TaskError


def models(options: argparse.Namespace, tools: Tools) -> int:
    """List all models, tell of one, or change which there are. Gives the exit status.

    Raises:
        ModelError: the one asked for is not installed, or damaged, or cannot be installed.
        DownloadError: a file of it cannot be fetched.
        TaskError: something else is asked for, or not allowed.
    """
    match options.words:
        case ["install", name]:
            return managing.install(name, options, tools)
        case ["import", path]:
            return managing.import_(Path(path), options, tools)
        case ["verify", *names] if len(names) <= 1:
            return managing.verify(names, options, tools)
        case ["gate", name, _, *_]:
            return gate(name, [Path(path) for path in options.words[2:]], options, tools)
        case ["remove", name]:
            return managing.remove(name, options, tools)
        case []:
            _list(options, tools)
        case ["fabricate", name, folder]:
            _fabricate(name, Path(folder), options)
        case [name]:
            _tell(tools.store.get(name), options)
        case _:
            raise TaskError(
                "Name one MODEL, or install, import, verify, gate, remove or fabricate one. See "
                "“jukebox models --help”."
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
    rows = _rows(tools)
    if options.json:
        answer_json({"models": rows, "problems": tools.store.problems()})
        return
    for line in _table(rows):
        answer(line)
    for problem in tools.store.problems():
        say(problem)
    say(f"Installed models lie beside the program and in {tools.models}.")


def _rows(tools: Tools) -> list[dict[str, object]]:
    installed = [model.spec for model in tools.store.models()]
    names = {spec.id for spec in installed}
    others = [known for known in tools.known if known.id not in names]
    return [*map(_installed, installed), *(_available(known, tools) for known in others)]


def _installed(spec: ModelSpec) -> dict[str, object]:
    return {
        "id": spec.id,
        "title": spec.title,
        "installed": True,
        "size_bytes": spec.size_bytes,
        "licence": spec.licence,
    }


def _available(known: KnownModel, tools: Tools) -> dict[str, object]:
    return {
        "id": known.id,
        "title": known.title,
        "installed": False,
        "size_bytes": known.installed_bytes,
        "download_bytes": known.download_bytes,
        "fetched_bytes": tools.places.fetched(known),
        "licence": known.licence.name,
    }


def _table(rows: list[dict[str, object]]) -> list[str]:
    table = Table(box=None, pad_edge=False)
    for heading in ("Model", "Title", "Installed", "Size", "To fetch", "Licence"):
        table.add_column(heading, no_wrap=True)
    for row in rows:
        table.add_row(str(row["id"]), str(row["title"]), _standing(row), _amount(row, "size_bytes"),
                      _amount(row, "download_bytes"), str(row["licence"]))  # fmt: skip
    console = Console(width=200, no_color=True)
    with console.capture() as capture:
        console.print(table)
    return [line.rstrip() for line in capture.get().splitlines()]


def _standing(row: dict[str, object]) -> str:
    if row["installed"]:
        return "yes"
    return "in part" if row["fetched_bytes"] else "no"


def _amount(row: dict[str, object], name: str) -> str:
    return size_words(int(str(row[name]))) if name in row else ""


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

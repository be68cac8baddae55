"""`jukebox models install|import|verify|remove`: what changes the installed models, or checks them.

Whatever is to be decided is asked on a terminal; elsewhere an option must have decided it.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

from engine.catalog.known import KnownModel
from engine.catalog.store import InstalledModel
from engine.cli.amounts import InstallationDisplay, InstallationLines, size_words
from engine.cli.console import answer, answer_json, say
from engine.cli.interrupts import Stopped, leaving_at_once
from engine.cli.tools import Tools
from engine.errors import TaskError
from engine.installing import install as installation
from engine.installing.checking import broken_files
from engine.installing.install import Installed
from engine.installing.places import size_of
from engine.installing.progress import Report
from engine.text.vocabulary import closest


def install(name: str, options: argparse.Namespace, tools: Tools) -> int:
    """Fetch a known model and install it. Gives the exit status.

    Raises:
        TaskError: there is no such model, or its licence is not accepted.
        DownloadError: a file cannot be fetched.
        ModelError: there is too little room, or what came is another model.
    """
    known = _known(name, tools)
    if not tools.places.holds(name):
        _accept(known, options, tools)
    web = tools.web()

    def work(report: Report) -> Installed:
        return installation.install(known, tools.places, web, report)

    return _carried_out(work, options)


def import_(path: Path, options: argparse.Namespace, tools: Tools) -> int:
    """Install a model from a folder, or the folder of a file. Gives the exit status.

    Raises:
        ModelError: it is none that is known, or cannot be installed.
    """

    def work(report: Report) -> Installed:
        return installation.import_model(path, tools.known, tools.places, report, options.as_name)

    return _carried_out(work, options)


def verify(names: Sequence[str], options: argparse.Namespace, tools: Tools) -> int:
    """Compare every file of one model, or of all, with its checksum. Status 1 if one is broken.

    Raises:
        ModelError: the model asked for is not installed, or so damaged that it cannot be read.
    """
    store = tools.store
    models = [store.get(name) for name in names] or list(store.models())
    problems = () if names else store.problems()
    found = [_verified(model, options) for model in models]
    for problem in problems:
        say(problem)
    if options.json:
        answer_json({"models": found, "problems": problems})
    return 1 if problems or any(row["broken"] for row in found) else 0


def remove(name: str, options: argparse.Namespace, tools: Tools) -> int:
    """Remove a model of the user's, or what was fetched of one. Gives the exit status.

    Raises:
        TaskError: nobody said yes.
        ModelError: there is none, or it came along with the program.
    """
    places = tools.places
    size = size_of(places.model(name)) + size_of(places.workshop(name)) if name else 0
    if size and not options.yes:
        _require_yes(f"Remove “{name}” ({size_words(size)})?", "--yes")
    freed = places.remove(name)
    if options.json:
        answer_json({"removed": name, "freed_bytes": freed})
    else:
        answer(f"Removed {name}; {size_words(freed)} are free again.")
    return 0


def _known(name: str, tools: Tools) -> KnownModel:
    by_name = {known.id: known for known in tools.known}
    for known_name, known in by_name.items():
        if known_name == name:
            return known
    near = closest(name, tuple(by_name))
    hint = f" Did you mean “{near[0]}”?" if near else ""
    raise TaskError(
        f"No model “{name[:64]}” can be fetched.{hint} There are: {', '.join(by_name)}. Others can "
        "be imported from a folder."
    )


def _accept(known: KnownModel, options: argparse.Namespace, tools: Tools) -> None:
    """Show what is asked of whoever uses the model, and have it accepted, once."""
    places = tools.places
    needed = places.missing_bytes(known)
    say(
        f"{known.title}: {size_words(known.download_bytes)} to fetch, "
        f"{size_words(known.installed_bytes)} once installed. {size_words(needed)} more are needed "
        f"until then in {places.root}, where {size_words(places.free_bytes)} are free."
    )
    if places.begun(known.id):
        return
    say(f"Licence: {known.licence.name}.")
    for point in known.licence.points:
        say(f"  · {point}")
    say(f"  In full: {known.licence.address}")
    if not options.accept_licence:
        _require_yes("Do you accept this licence?", "--accept-licence")


def _require_yes(question: str, option: str) -> None:
    """Ask on a terminal.

    Raises:
        TaskError: the answer is no, or nobody can be asked.
    """
    if not sys.stdin.isatty():
        raise TaskError(f"{question} Nobody can be asked here; if so, add {option}.")
    say(f"{question} [y/N]")
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise TaskError("Nothing was done.")


def _carried_out(work: Callable[[Report], Installed], options: argparse.Namespace) -> int:
    """Install with a display, and tell what it came to."""
    try:
        with leaving_at_once(), _shown(options) as report:
            result = work(report)
    except Stopped as stopped:
        say("Stopped. What is done is kept; the same command goes on from there.")
        return stopped.status
    _tell(result, options)
    return 0


@contextmanager
def _shown(options: argparse.Namespace) -> Generator[Report]:
    if options.json:
        yield InstallationLines().show
        return
    with InstallationDisplay() as display:
        yield display.show


def _tell(result: Installed, options: argparse.Namespace) -> None:
    if options.json:
        answer_json(
            {
                "installed": result.name,
                "title": result.title,
                "folder": str(result.folder),
                "size_bytes": result.size_bytes,
                "new": result.new,
                "checksums_stated_by_the_server": result.stated,
                "without_checksum": result.unvouched,
            }
        )
        return
    if result.stated:
        say(f"Compared with the checksums that the server states: {', '.join(result.stated)}.")
    if result.unvouched:
        say(f"Nobody states a checksum of {', '.join(result.unvouched)}; lengths and shapes fit.")
    done = "is installed" if result.new else "was installed already; “verify” checks it"
    answer(f"{result.title} {done}: {size_words(result.size_bytes)} in {result.folder}")


def _verified(model: InstalledModel, options: argparse.Namespace) -> dict[str, object]:
    with leaving_at_once(), InstallationDisplay() as display:
        broken = broken_files(model, display.show)
    if not options.json:
        said = f"broken: {', '.join(broken)}" if broken else "whole"
        answer(f"{model.spec.id}: {said}")
    return {"id": model.spec.id, "broken": broken}

"""The catalogues of translations, brought up to date with the code.

    python -m tests.translations

adds the texts that the code has and a catalogue has not, and drops those that are gone. What is
new is then to be translated by hand; `tests/app/test_translations.py` fails until it is.
"""

from __future__ import annotations

import ast
import io
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

import resources

ROOT = Path(__file__).resolve().parent.parent
NOISE = tuple(
    f'"{name}:'
    for name in (
        "Report-Msgid-Bugs-To",
        "POT-Creation-Date",
        "PO-Revision-Date",
        "Last-Translator",
        "Language-Team",
        "Generated-By",
    )
)
"""What a catalogue tells of its making, which would change with each update."""

KEYWORDS = {"tr": None, "mark": None, "trn": (1, 2)}
SAID = (
    "Phrase",
    "EngineError",
    "TaskError",
    "AudioFileError",
    "CodesFileError",
    "ModelError",
    "ModelMissingError",
    "DownloadError",
    "UnreachableError",
    "ShrunkError",
    "MemoryPlanError",
    "StoppedError",
)
"""What the engine's sentences are made by; each is given its sentence as a literal, first."""
APART = ("UnknownNameError", "_ScriptedError")
"""Errors that make their sentence of what they are given, and those that only tests meet."""
SILENT = ("training", "judges", "parity", "bench", "cli")
"""Parts of the engine of which the window says nothing."""


def unsaid() -> list[str]:
    """Where the engine says something that no catalogue can hold, or by an error not listed."""
    found: list[str] = []
    for path in sorted((ROOT / "engine").rglob("*.py")):
        if path.relative_to(ROOT / "engine").parts[0] not in SILENT:
            tree = ast.parse(path.read_text("utf-8"))
            found += [f"{path.name}:{node.lineno}" for node in ast.walk(tree) if _is_unsaid(node)]
    return found


def _is_unsaid(node: ast.AST) -> bool:
    match node:
        case ast.ClassDef(name=name, bases=bases):
            known = any(isinstance(base, ast.Name) and base.id in SAID for base in bases)
            return known and name not in (*SAID, *APART)
        case ast.Call(func=ast.Name(id=name), args=[ast.JoinedStr(), *_]):
            return name in SAID
        case _:
            return False


def wanted() -> Catalog:
    """Every text of the program."""
    catalogue = Catalog()
    ignored = [(f"{part}/**.py", "ignore") for part in SILENT]
    for folder, keywords in (("app", KEYWORDS), ("engine", dict.fromkeys(SAID))):
        methods = [*(ignored if folder == "engine" else []), ("**.py", "python")]
        found = extract_from_dir(ROOT / folder, methods, keywords=keywords)
        for file, line, message, comments, context in sorted(found, key=lambda each: each[:2]):
            place = [(f"{folder}/{file}", line)]
            catalogue.add(message, locations=place, auto_comments=comments, context=context)
    return catalogue


def files() -> list[Path]:
    """The catalogues there are."""
    return sorted(resources.path("translations").glob("*.po"))


def read(path: Path) -> Catalog:
    """A catalogue as it is."""
    with path.open("rb") as file:
        return read_po(file, locale=path.stem, abort_invalid=True)


def update(path: Path) -> None:
    """Give a catalogue the texts of the program."""
    catalogue = read(path)
    catalogue.update(wanted(), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    written = io.BytesIO()
    write_po(written, catalogue, width=100, sort_by_file=True, include_lineno=False)
    lines = written.getvalue().decode("utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if not line.startswith(NOISE)), "utf-8")


def main() -> None:
    """Update every catalogue, and say what is left to do."""
    for path in files():
        update(path)
        missing = sum(not all(_strings(m)) for m in read(path) if m.id)
        print(f"{path.name}: {missing} texts to translate")


def _strings(message: Message) -> tuple[str, ...]:
    return message.string if isinstance(message.string, tuple) else (str(message.string or ""),)


if __name__ == "__main__":
    main()

"""The lists of artists, genres and characters that belong to a model, found and brought over.

Reads the hub's JSON and OpenAI's lists of lines. What the lists mean is told in `catalog.store`.

Source: jukebox specification 5.2 and 7.1.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from engine.catalog.known import NAMES
from engine.catalog.rules import alphabet_of
from engine.catalog.specs import LabelVersion, ModelConfig
from engine.errors import ModelError
from engine.types import Level

_MAX_BYTES = 8 * 2**20
_KINDS = {"artists.json": "artist", "genres.json": "genre"}
_V2_SUFFIX = ".v2"


def bring_names(source: Path, folder: Path, config: ModelConfig, home: str) -> None:
    """Write a model's lists of names into its folder, from those beside its weights.

    Args:
        source: the folder of the weights.
        home: where people find the lists, for those who have none.

    Raises:
        ModelError: there are none, or what is there is no such list.
        OSError: they cannot be written.
    """
    versions = {prior.labels.version for prior in config.priors if prior.labels}
    for name in _KINDS if versions else ():
        _write(folder / name, _numbered(source, name, versions, home))
    characters = source / NAMES[2]
    top = config.priors[Level.TOP].labels
    alphabet = alphabet_of(top.version if top else LabelVersion.V2)
    _write(folder / NAMES[2], _json(characters) if characters.is_file() else alphabet.ids)


def _numbered(
    source: Path, name: str, versions: set[LabelVersion], home: str
) -> Mapping[str, object]:
    """Numbers by name; those of v2 are told by a suffix."""
    if (source / name).is_file():
        return _json(source / name)
    lists = {
        version: source / f"{version.name.lower()}_{_KINDS[name]}_ids.txt" for version in versions
    }
    if not all(path.is_file() for path in lists.values()):
        raise ModelError(
            "“{source}” has no {name}, without which the model knows no names. Fetch "
            "artists.json and genres.json from {home}, or take {kind}_ids.txt of {names} from "
            "jukebox/data/ids of OpenAI's code, and put them beside the weights.",
            source=source,
            name=name,
            home=home,
            kind=_KINDS[name],
            names=" and ".join(sorted(version.name.lower() for version in versions)),
        )
    numbered: dict[str, object] = {}
    for version, path in lists.items():
        suffix = _V2_SUFFIX if version is LabelVersion.V2 else ""
        numbered |= {f"{word}{suffix}": number for word, number in _lines(path).items()}
    return numbered


def _lines(path: Path) -> dict[str, int]:
    """Lines of a name, a semicolon and a number."""
    numbers: dict[str, int] = {}
    for line in _text(path).splitlines():
        word, _, number = line.rpartition(";")
        if not number.strip().isdecimal():
            raise ModelError(
                "“{name}” is no list of names: it holds “{line}”.", name=path.name, line=line[:40]
            )
        numbers[word.lower()] = int(number)
    return numbers


def _json(path: Path) -> Mapping[str, object]:
    try:
        content = json.loads(_text(path))
    except (ValueError, RecursionError) as error:
        raise ModelError("“{name}” is no list of names. Fetch it again.", name=path.name) from error
    if not isinstance(content, dict):
        raise ModelError("“{name}” is no list of names. Fetch it again.", name=path.name)
    return content


def _text(path: Path) -> str:
    if path.stat().st_size > _MAX_BYTES:
        raise ModelError(
            "“{name}” is too large to be a list of names. Fetch it again.", name=path.name
        )
    try:
        return path.read_text("utf-8")
    except ValueError as error:
        raise ModelError("“{name}” is no text. Fetch it again.", name=path.name) from error


def _write(path: Path, entries: Mapping[str, object]) -> None:
    path.write_text(json.dumps(entries, indent=1, ensure_ascii=False) + "\n", "utf-8")

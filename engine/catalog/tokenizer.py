"""Names and lyrics as numbers, with the lists they are looked up in: to hold, save and load.

The lists are `artists.json`, `genres.json` and `lyrics.json` as in Hugging Face's Jukebox: names
and numbers, those of the v2 lists marked by a suffix. They may come from strangers, so nothing in
them is taken on trust.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from engine.atomic import replacing
from engine.catalog.hub import load_config
from engine.catalog.names import LevelNames, half_known_names
from engine.catalog.rules import alphabet_of, vocabulary_of
from engine.catalog.specs import LabelConfig, LabelVersion, ModelConfig
from engine.errors import ModelError
from engine.phrases import Phrase
from engine.text.lyrics import Alphabet
from engine.text.vocabulary import Heard, Vocabulary
from engine.types import Level, Prompt

ARTISTS, GENRES, LYRICS = "artists.json", "genres.json", "lyrics.json"
_V2_SUFFIX = ".v2"
_MAX_BYTES = 8 * 2**20


@dataclass(frozen=True, slots=True)
class Tokens:
    """A prompt as numbers.

    Attributes:
        names: what each level hears of artist and genres.
        lyrics: a number per character of the cleaned lyrics; empty for a model that reads none.
    """

    names: Mapping[Level, Heard]
    lyrics: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Tokenizer:
    """Turns names and lyrics into the numbers that each level of a model knows them by.

    Attributes:
        levels: what each level that hears names knows of them, BOTTOM first.
        alphabet: the characters that the TOP level reads; None where it reads no lyrics.
    """

    levels: tuple[LevelNames, ...]
    alphabet: Alphabet | None

    @classmethod
    def load(cls, folder: Path | str, config: ModelConfig | None = None) -> Tokenizer:
        """The tokenizer whose lists lie in a folder.

        Args:
            config: of the model; None for that of the folder's `config.json`.

        Raises:
            ModelError: a list is missing, damaged, or not of this model.
        """
        place = Path(folder)
        found = config or load_config(place).config
        if not isinstance(found, ModelConfig):
            raise ModelError(
                "“{place}” configures a part of a model only, so it has no names.", place=place
            )
        levels = tuple(
            LevelNames(prior.level, prior.labels, vocabulary_in(place, prior.labels))
            for prior in found.priors
            if prior.labels is not None
        )
        top = found.priors[Level.TOP]
        alphabet = alphabet_of(top.labels.version) if top.labels and top.lyrics else None
        if alphabet is not None and (place / LYRICS).is_file():
            _require_same_alphabet(place, alphabet)
        return cls(levels, alphabet)

    def encode(self, prompt: Prompt) -> Tokens:
        """A prompt as numbers.

        Raises:
            UnknownNameError: no level knows an artist or genre; with suggestions.
            TaskError: more genres than the TOP level takes.
        """
        half_known_names(prompt, self.levels)
        lyrics = () if self.alphabet is None else self.alphabet.encode(prompt.lyrics)
        return Tokens({level.level: level.heard(prompt) for level in self.levels}, lyrics)

    def save_vocabulary(self, folder: Path | str) -> tuple[Path, ...]:
        """Write the lists into a folder, which is made if need be, and give their paths.

        Raises:
            OSError: they cannot be written.
        """
        place = Path(folder)
        place.mkdir(parents=True, exist_ok=True)
        lists: dict[str, Mapping[str, int]] = {}
        if self.levels:
            lists[ARTISTS] = self._joined(lambda names: names.artists)
            lists[GENRES] = self._joined(lambda names: names.genres)
        if self.alphabet is not None:
            lists[LYRICS] = self.alphabet.ids
        for name, entries in lists.items():
            with replacing(place / name) as file:
                file.write((json.dumps(entries, indent=1, ensure_ascii=False) + "\n").encode())
        return tuple(place / name for name in lists)

    def _joined(self, part: Callable[[Vocabulary], Mapping[str, int]]) -> dict[str, int]:
        """The names of every level in one list."""
        joined: dict[str, int] = {}
        for level in reversed(self.levels):
            suffix = _V2_SUFFIX if level.labels.version is LabelVersion.V2 else ""
            joined |= {f"{name}{suffix}": n for name, n in part(level.vocabulary).items()}
        return joined


def vocabulary_in(folder: Path, labels: LabelConfig) -> Vocabulary:
    """The names of one level, from the lists in a folder.

    Raises:
        ModelError: a list is missing, damaged, or numbers rows that the level does not have.
    """
    artists, genres = _numbered(folder / ARTISTS), _numbered(folder / GENRES)
    return vocabulary_of(
        labels.version,
        dict(_rows(artists, labels.version, labels.artists, folder)),
        dict(_rows(genres, labels.version, labels.genres, folder)),
    )


def _numbered(path: Path) -> Mapping[str, int]:
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise _damaged(
                path.parent,
                Phrase("{name} is larger than {most} bytes", name=path.name, most=_MAX_BYTES),
            )
        content: object = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise _damaged(path.parent, Phrase("{name} cannot be read", name=path.name)) from error
    if not isinstance(content, dict):
        raise _damaged(path.parent, Phrase("{name} holds no table", name=path.name))
    entries = cast(dict[str, object], content)
    if not all(type(number) is int for number in entries.values()):
        raise _damaged(
            path.parent, Phrase("{name} holds more than names and numbers", name=path.name)
        )
    return cast(dict[str, int], entries)


def _rows(
    names: Mapping[str, int], version: LabelVersion, rows: int, folder: Path
) -> Iterator[tuple[str, int]]:
    """The names of one version; those of v2 are told by a suffix."""
    for name, number in names.items():
        if name.endswith(_V2_SUFFIX) == (version is LabelVersion.V2):
            if not 0 <= number < rows:
                raise _damaged(
                    folder,
                    Phrase(
                        "“{name}” has number {number} of {rows}",
                        name=name[:64],
                        number=str(number)[:20],
                        rows=rows,
                    ),
                )
            yield name.removesuffix(_V2_SUFFIX).lower(), number


def _require_same_alphabet(folder: Path, alphabet: Alphabet) -> None:
    if dict(_numbered(folder / LYRICS)) != alphabet.ids:
        raise _damaged(
            folder, Phrase("{name} numbers other characters than the model reads", name=LYRICS)
        )


def _damaged(folder: Path, fault: Phrase) -> ModelError:
    return ModelError(
        "The names in “{folder}” are damaged: {fault}. Fetch them again.",
        folder=folder,
        fault=fault,
    )

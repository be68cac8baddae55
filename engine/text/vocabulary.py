"""Artists and genres as the models know them: names, their numbers, and what a wrong name meant.

Knows the two rules of the released models for turning a name into a number. Knows nothing of
files and of how a model uses the numbers. Number 0 is any artist, or any genre; it is given for
an empty name or “any”, and never in place of a name that is unknown.

Source: the label rules of the released models, v2 (5B models, both upsamplers) and v3 (1B).
"""

from __future__ import annotations

import difflib
import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from engine.errors import TaskError, UnknownNameError

ANY = 0
"""The number of any artist and of any genre."""

EMPTY_SLOT = -1
"""What fills the genre slots that are not used."""

_SUGGESTIONS = 3
_COMPARED_CHARACTERS = 40


@dataclass(frozen=True)
class Vocabulary(ABC):
    """The names of one set of labels.

    Attributes:
        artists, genres: number of each name, as written in the model's lists.
    """

    artists: Mapping[str, int]
    genres: Mapping[str, int]

    def artist_id(self, name: str) -> int:
        """The number of an artist; 0 for "" and “any”.

        Raises:
            UnknownNameError: with the closest names, best first.
        """
        if means_any(name):
            return ANY
        return _number("artist", name, self._artist_key(name), self.artists)

    def genre_ids(self, names: Iterable[str], slots: int) -> tuple[int, ...]:
        """The numbers of genres in `slots` places, the unused ones −1; any genre without names.

        Raises:
            UnknownNameError: with the closest names, best first.
            TaskError: the names need more than `slots` places.
        """
        asked = [name for name in names if not means_any(name)]
        ids = [
            _number("genre", shown, key, self.genres)
            for name in asked
            for shown, key in self._genre_keys(name)
        ] or [ANY]
        if len(ids) > slots:
            raise TaskError(
                f"The model takes {slots} genre {'word' if slots == 1 else 'words'} at most, and "
                f"“{', '.join(asked)}” makes {len(ids)}. Leave some out."
            )
        return (*ids, *[EMPTY_SLOT] * (slots - len(ids)))

    @property
    def artist_names(self) -> tuple[str, ...]:
        """Every artist that can be asked for, sorted."""
        return self._shown(self.artists)

    @property
    def genre_names(self) -> tuple[str, ...]:
        """Every genre that can be asked for, sorted."""
        return self._shown(self.genres)

    @abstractmethod
    def _artist_key(self, name: str) -> str:
        """The entry of the list that an artist's name stands for."""

    @abstractmethod
    def _genre_keys(self, name: str) -> list[tuple[str, str]]:
        """The entries that a genre stands for, each after the part of the name that it is."""

    @abstractmethod
    def _shown(self, names: Mapping[str, int]) -> tuple[str, ...]:
        """The names of a list as a person types them."""


class ExactVocabulary(Vocabulary):
    """Rules v3: a name is an entry of the list, written alike but for capitals."""

    def _artist_key(self, name: str) -> str:
        return name.lower()

    def _genre_keys(self, name: str) -> list[tuple[str, str]]:
        return [(name, name.lower())]

    def _shown(self, names: Mapping[str, int]) -> tuple[str, ...]:
        return tuple(sorted(name for name, number in names.items() if number != ANY))


class WordVocabulary(Vocabulary):
    """Rules v2: names are reduced to a–z, 0–9 and underscores, and a genre is several words."""

    def _artist_key(self, name: str) -> str:
        return _reduced(name)

    def _genre_keys(self, name: str) -> list[tuple[str, str]]:
        words = _reduced(name).split("_")
        return [(word or name, word) for word in words]

    def _shown(self, names: Mapping[str, int]) -> tuple[str, ...]:
        reachable = (name for name, number in names.items() if number and name == _reduced(name))
        return tuple(sorted(name.replace("_", " ") for name in reachable))


def means_any(name: str) -> bool:
    """Whether a name leaves the choice to the model."""
    return name.strip().lower() in ("", "any")


def closest(name: str, names: Iterable[str]) -> tuple[str, ...]:
    """Up to three of `names` that somebody who wrote `name` may have meant, best first."""
    wanted = name.strip().lower()[:_COMPARED_CHARACTERS]
    known = list(names)
    inside = sorted((other for other in known if len(wanted) > 2 and wanted in other), key=len)
    alike = difflib.get_close_matches(wanted, known, _SUGGESTIONS)
    return tuple(dict.fromkeys([*inside[:_SUGGESTIONS], *alike]))[:_SUGGESTIONS]


def _number(kind: str, name: str, key: str, names: Mapping[str, int]) -> int:
    if not key or key not in names:
        shown = (other for other, number in names.items() if number != ANY)
        suggestions = tuple(other.replace("_", " ") for other in closest(key, shown))
        raise UnknownNameError(kind, name, suggestions)
    return names[key]


def _reduced(name: str) -> str:
    """Lower case first: a dotted capital İ then leaves an i and a separator, as in the lists."""
    return re.sub("[^a-z0-9]+", "_", name.lower()).strip("_")

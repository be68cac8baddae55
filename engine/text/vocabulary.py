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
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from engine.errors import TaskError, UnknownNameError
from engine.phrases import Phrase
from engine.types import Prompt, Share

ANY = 0
"""The number of any artist and of any genre."""

EMPTY_SLOT = -1
"""What fills the genre slots that are not used."""

_SUGGESTIONS = 3
_COMPARED_CHARACTERS = 40


@dataclass(frozen=True, slots=True)
class Blend:
    """What a prior hears of names with weights, each number with how much it counts.

    Attributes:
        artists: together 1.
        genres: of a genre of several words each has the weight of the whole genre.
    """

    artists: tuple[tuple[int, float], ...]
    genres: tuple[tuple[int, float], ...]


@dataclass(frozen=True, slots=True)
class Heard:
    """What a prior hears of an artist and of genres.

    Attributes:
        artist: its number; 0 for any artist and for one that is not known.
        genres: a number per slot: 0 for any genre and for a word that is not known, −1 where the
            slot is empty.
        unknown: the names, or words of genres, that are not known, in the order asked for.
        left_out: the words of genres for which there is no slot.
        blend: what it hears instead where names have weights; else None.
    """

    artist: int
    genres: tuple[int, ...]
    unknown: tuple[str, ...]
    left_out: tuple[str, ...]
    blend: Blend | None = None


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

    def genre_ids(self, names: Sequence[str], slots: int) -> tuple[int, ...]:
        """The numbers of genres in `slots` places, the unused ones −1; any genre without names.

        Raises:
            UnknownNameError: with the closest names, best first.
            TaskError: the names need more than `slots` places.
        """
        words = self._words(names)
        ids = [_number("genre", shown, key, self.genres) for shown, key in words] or [ANY]
        self.require_room(names, slots)
        return (*ids, *[EMPTY_SLOT] * (slots - len(ids)))

    def require_room(self, genres: Sequence[str], slots: int) -> None:
        """Nothing, if genres fit into `slots` places.

        Raises:
            TaskError: they do not.
        """
        needed = len(self._words(genres))
        if needed > slots:
            asked = ", ".join(name for name in genres if not means_any(name))
            raise TaskError(
                "The model takes {slots} at most, and “{asked}” makes {needed}. Leave some out.",
                slots=Phrase("{count} genre word", count=slots)
                if slots == 1
                else Phrase("{count} genre words", count=slots),
                asked=asked,
                needed=needed,
            )

    def genre_words(self, name: str) -> tuple[str, ...]:
        """The parts of a genre's name that are looked up one by one; none for any genre."""
        return tuple(shown for shown, _ in self._words((name,)))

    def knows_artist(self, name: str) -> bool:
        """Whether an artist can be asked for."""
        return means_any(name) or _is_entry(self._artist_key(name), self.artists)

    def knows_genre(self, name: str) -> bool:
        """Whether a genre can be asked for: every word of it is known."""
        return all(_is_entry(key, self.genres) for _, key in self._words((name,)))

    def heard(self, artist: str, genres: Sequence[str], slots: int) -> Heard:
        """What a prior with `slots` places for genres hears, whether it knows the names or not.

        As in the released models, what is not known counts as any. Where words are more than
        slots, unknown ones are left out first and then the last.
        """
        words = self._words(genres)
        known = {word for word in words if _is_entry(word[1], self.genres)}
        ranked = sorted(range(len(words)), key=lambda place: (words[place] not in known, place))
        kept = sorted(ranked[:slots])
        ids = [self.genres.get(words[place][1], ANY) for place in kept] or [ANY]
        strange = [artist] if not self.knows_artist(artist) else []
        return Heard(
            artist=ANY if means_any(artist) else self.artists.get(self._artist_key(artist), ANY),
            genres=(*ids[:slots], *[EMPTY_SLOT] * (slots - len(ids))),
            unknown=(*strange, *(word[0] for word in words if word not in known)),
            left_out=tuple(words[place][0] for place in sorted(ranked[slots:])),
        )

    def heard_of(self, prompt: Prompt, slots: int) -> Heard:
        """What a prior with `slots` places for genres hears of a prompt.

        In a blend each genre has all the slots to itself, as if it were asked for alone.
        """
        if not prompt.blends:
            return self.heard(prompt.artist, prompt.genres, slots)
        artists = [(self.heard(name, (), slots), weight) for name, weight in _pairs(prompt.artists)]
        genres = [(self.heard("", names, slots), weight) for names, weight in _mixed_genres(prompt)]
        parts = [part for part, _ in (*artists, *genres)]
        return Heard(
            artist=artists[0][0].artist,
            genres=genres[0][0].genres,
            unknown=tuple(name for part in parts for name in part.unknown),
            left_out=tuple(name for part in parts for name in part.left_out),
            blend=Blend(
                tuple((part.artist, weight) for part, weight in artists),
                tuple((n, weight) for part, weight in genres for n in part.genres if n >= 0),
            ),
        )

    def _words(self, genres: Sequence[str]) -> list[tuple[str, str]]:
        """What is shown of each part of genres, and the entry of the list that it stands for."""
        return [word for name in genres if not means_any(name) for word in self._genre_keys(name)]

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


def _pairs(shares: Sequence[Share]) -> list[tuple[str, float]]:
    return [(share.name, share.weight) for share in shares]


def _mixed_genres(prompt: Prompt) -> list[tuple[tuple[str, ...], float]]:
    """The genres that are asked for together, and how much each lot counts."""
    if not prompt.genre_shares:
        return [(prompt.genres, 1.0)]
    return [((name,), w) for name, w in zip(prompt.genres, prompt.genre_shares, strict=True)]


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


def _is_entry(key: str, names: Mapping[str, int]) -> bool:
    return bool(key) and key in names


def _number(kind: str, name: str, key: str, names: Mapping[str, int]) -> int:
    if not _is_entry(key, names):
        shown = (other for other, number in names.items() if number != ANY)
        suggestions = tuple(other.replace("_", " ") for other in closest(key, shown))
        raise UnknownNameError(kind, name, suggestions)
    return names[key]


def _reduced(name: str) -> str:
    """Lower case first: a dotted capital İ then leaves an i and a separator, as in the lists."""
    return re.sub("[^a-z0-9]+", "_", name.lower()).strip("_")

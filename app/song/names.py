"""Finding names among thousands: which one is meant, which ones fit, and which ones are near.

A name is looked up by what remains of it without capitals, accents and signs, and then without an
article, so that “beatles” is “The Beatles” and “Simon & Garfunkel” is “simon and garfunkel”. What
a search costs depends on how many names it finds and not on how many there are, but for a few
passes over arrays. Pure: knows text. Knows nothing of models or widgets.
"""

from __future__ import annotations

import random
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from itertools import accumulate, islice

import numpy as np
from numpy.typing import NDArray

from app.song.aliases import Alias
from app.song.taste import Taste
from engine.text.lyrics import in_ascii
from engine.types import Level

NEAR = 0.3
"""Share of letter pairs in common from which a name is worth suggesting."""

MOST_FOUND = 60
"""Names that a search finds at most: a few screens of a list."""

_ENOUGH = 8
_LOOKED_AT = 50
_WORTH_GUESSING = 4
"""Letters typed from which names that only look alike are found as well."""
_END = ord("\n")
_SIGNS = {"&": " and ", "+": " and ", "'": "", "’": ""}
_PARTS = re.compile("[a-z0-9]+")
_ARTICLE = "the"
_AND = {"n": "and", "und": "and", "y": "and", "et": "and"}


def folded(text: str) -> str:
    """What remains of a name for a search: words of a–z and 0–9 with a space between them."""
    plain = text.casefold()
    for sign, word in _SIGNS.items():
        plain = plain.replace(sign, word)
    return " ".join(_PARTS.findall(plain if plain.isascii() else in_ascii(plain).lower()))


def alias_key(text: str) -> str:
    """What names have in common that mean the same: articles, spaces and the word “and” aside.

    An article counts for nothing before a name, and after it, as in “Beatles, The”.
    """
    return _without_articles(folded(text))


def _without_articles(text: str) -> str:
    words = text.split()
    inner = words[words[:1] == [_ARTICLE] : len(words) - (words[1:][-1:] == [_ARTICLE])]
    return "".join(_AND.get(word, word) for word in inner or words)


class NameIndex:
    """Names in the order of a list, ready to be searched. Never changed once it is made.

    Attributes:
        names: as the model writes them.
        gaps: for each name that some levels of the model do not know, which ones.
    """

    def __init__(
        self, names: Sequence[str], gaps: Mapping[str, tuple[Level, ...]] | None = None
    ) -> None:
        self.names, self.gaps = tuple(names), dict(gaps or {})
        self._folded = [folded(name) for name in self.names]
        self._exact = {name.strip().casefold(): name for name in reversed(self.names)}
        self._places = {name: place for place, name in enumerate(self.names)}
        self._aliases = _by_key(self.names, self._folded)
        self._beginnings = _Beginnings((text, n) for n, text in enumerate(self._folded))
        self._later_words = _Beginnings(_later_words(self._folded))
        self._text = "\n".join(self._folded)
        self._ends = list(accumulate(len(text) + 1 for text in self._folded))
        self._pairs = _Pairs(self._folded)
        self._own: tuple[Alias, ...] = ()

    def calling(self, aliases: Iterable[Alias]) -> NameIndex:
        """The same names, some of which somebody calls otherwise; other models' do not count."""
        other = copy(self)
        named = ((mine, self.meant(name)) for mine, name in aliases)
        other._own = tuple((mine, name) for mine, name in named if name is not None)
        return other

    def own(self, name: str) -> tuple[str, ...]:
        """What somebody calls a name of the list."""
        return tuple(mine for mine, other in self._own if other == name)

    def same(self, name: str) -> str | None:
        """The name that this is but for capitals and outer spaces."""
        return self._exact.get(name.strip().casefold())

    def meant(self, name: str) -> str | None:
        """The only name that this can mean, if there is one: the same, or else by its alias."""
        same = self.same(name)
        if same is not None:
            return same
        own = [other for mine, other in self._own if _alike(mine, name)]
        if own:
            return own[0]
        meant = self._aliases.get(alias_key(name), ())
        alike = [other for other in meant if folded(other) == folded(name)]
        found = alike or meant
        return found[0] if len(found) == 1 else None

    def search(self, typed: str, taste: Taste) -> tuple[str, ...]:
        """The names that fit what is typed, the best first; all of them for nothing.

        Those that somebody calls so come first. Those that begin with it, or have a word that
        does, come before those that hold it anywhere, and these before those that look like it.
        Within each lot favourites come first, then those used lately, the latest first.
        """
        wanted, own = folded(typed), self._called(typed)
        if not typed.strip():
            return tuple(dict.fromkeys([*self._liked(taste), *self.names]))
        if not wanted:
            return tuple(dict.fromkeys(own))
        liked = [self._places[name] for name in self._liked(taste)]
        begun = [n for n in liked if f" {wanted}" in f" {self._folded[n]}"]
        within = [n for n in liked if wanted in self._folded[n]]
        found = dict.fromkeys([*begun, *self._begun(wanted), *within, *self._within(wanted)])
        if len(found) < _ENOUGH and len(wanted) >= _WORTH_GUESSING:
            found.update(dict.fromkeys(self._pairs.nearest(wanted, _ENOUGH)))
        names = dict.fromkeys([*own, *(self.names[n] for n in found)])
        return tuple(islice(names, MOST_FOUND))

    def near(self, name: str, most: int = 3) -> tuple[str, ...]:
        """Up to `most` names that look like this one, the nearest first."""
        return tuple(islice(self._near(name, most), most))

    def near_whole(self, name: str, most: int = 3) -> tuple[str, ...]:
        """Up to `most` other names near this one that every level of the model knows."""
        near = (other for other in self._near(name, _LOOKED_AT) if other not in self.gaps)
        return tuple(islice((other for other in near if other != self.meant(name)), most))

    def drawn(self, seed: int, but: str = "") -> str:
        """A name that every level knows, by chance: the same for the same seed, and not `but`.

        It is "" where there is none.
        """
        others = [name for name in self.names if name != but and name not in self.gaps]
        return random.Random(seed).choice(others) if others else ""

    def _near(self, name: str, most: int) -> dict[str, None]:
        meant = self._aliases.get(alias_key(name), ())
        near = (self.names[n] for n in self._pairs.nearest(folded(name), most))
        return dict.fromkeys([*meant, *near])

    def _liked(self, taste: Taste) -> Iterator[str]:
        """The favourites, and then those used lately, as far as they are among the names."""
        known = (self.same(name) for name in (*taste.favourites, *taste.recent))
        return (name for name in dict.fromkeys(known) if name is not None)

    def _called(self, typed: str) -> list[str]:
        """The names that somebody calls so, or by something that begins so."""
        wanted, plain = folded(typed), typed.strip().casefold()
        return [
            name
            for mine, name in self._own
            if mine.casefold().startswith(plain) or (wanted and f" {wanted}" in f" {folded(mine)}")
        ]

    def _begun(self, wanted: str) -> Iterator[int]:
        yield from islice(self._beginnings.with_start(wanted), MOST_FOUND)
        yield from islice(self._later_words.with_start(wanted), MOST_FOUND)

    def _within(self, wanted: str) -> Iterator[int]:
        """The names that hold something anywhere, in their order."""
        at = self._text.find(wanted)
        for _ in range(MOST_FOUND):
            if at < 0:
                return
            number = bisect_right(self._ends, at)
            yield number
            at = self._text.find(wanted, self._ends[number])


def _alike(one: str, other: str) -> bool:
    """Whether two names that somebody typed are the same, whatever letters they are written in."""
    key = alias_key(one)
    same = one.strip().casefold() == other.strip().casefold()
    return same or (bool(key) and key == alias_key(other))


class _Beginnings:
    """Texts in alphabetical order, each with the number of the name that it belongs to."""

    def __init__(self, texts: Iterator[tuple[str, int]]) -> None:
        rows = sorted(texts)
        self._texts = [text for text, _ in rows]
        self._numbers = [number for _, number in rows]

    def with_start(self, start: str) -> Iterator[int]:
        for row in range(bisect_left(self._texts, start), len(self._texts)):
            if not self._texts[row].startswith(start):
                return
            yield self._numbers[row]


class _Pairs:
    """Which names hold which pairs of letters, for finding those that look alike."""

    def __init__(self, texts: Sequence[str]) -> None:
        text = "\n".join(texts)
        characters = np.frombuffer(text.encode("ascii"), np.uint8)
        owners = np.cumsum(characters == _END)[:-1]
        inside = (characters[:-1] != _END) & (characters[1:] != _END)
        pairs, owners = _pairs(text)[inside], owners[inside]
        order = np.lexsort((owners, pairs))
        pairs, owners = pairs[order], owners[order]
        fresh = np.ones(len(pairs), bool)
        fresh[1:] = (np.diff(pairs) != 0) | (np.diff(owners) != 0)
        self._pairs, self._owners = pairs[fresh], owners[fresh]
        self._lengths = np.array([len(text) for text in texts], np.float64)

    def nearest(self, wanted: str, most: int) -> list[int]:
        """The numbers of the names that have the most pairs in common with a folded text."""
        asked = sorted(set(_pairs(wanted).tolist()))
        if not asked or not len(self._lengths):
            return []
        starts = np.searchsorted(self._pairs, asked, "left")
        ends = np.searchsorted(self._pairs, asked, "right")
        held = [self._owners[start:end] for start, end in zip(starts, ends, strict=True)]
        common = np.bincount(np.concatenate(held), minlength=len(self._lengths))
        likeness = 2 * common / np.maximum(len(asked) + self._lengths - 1, 1)
        near = np.flatnonzero(likeness >= NEAR)
        return near[np.argsort(-likeness[near], kind="stable")][:most].tolist()


def _pairs(text: str) -> NDArray[np.int32]:
    """Each two characters of a folded text that follow each other, as one number."""
    characters = np.frombuffer(text.encode("ascii"), np.uint8).astype(np.int32)
    return characters[:-1] * 256 + characters[1:]


def _later_words(texts: Sequence[str]) -> Iterator[tuple[str, int]]:
    """The rest of each text from each of its words on but the first."""
    for number, text in enumerate(texts):
        for match in re.finditer(" ", text):
            yield text[match.end() :], number


def _by_key(names: Sequence[str], texts: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """The names that each alias stands for; `texts` are the names folded."""
    found: dict[str, tuple[str, ...]] = {}
    for name, text in zip(names, texts, strict=True):
        key = _without_articles(text)
        if key:
            found[key] = (*found.get(key, ()), name)
    return found

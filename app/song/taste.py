"""Which names somebody likes: favourites, those used lately, and names of their own. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from app.song.aliases import MOST_ALIASES, MOST_TEXT, Alias

MOST_FAVOURITES = 200
MOST_RECENT = 12


@dataclass(frozen=True, slots=True)
class Taste:
    """Names of one kind, artists or genres, whatever the model.

    Attributes:
        favourites: in the order in which they were given a star.
        recent: those asked for lately, the latest first.
        aliases: what somebody calls a name, and the name.
    """

    favourites: tuple[str, ...] = ()
    recent: tuple[str, ...] = ()
    aliases: tuple[Alias, ...] = ()

    def likes(self, name: str) -> bool:
        """Whether a name has a star."""
        return any(_same(name, other) for other in self.favourites)

    def starred(self, name: str) -> Taste:
        """The same with a star on a name, or without the one it has."""
        others = tuple(other for other in self.favourites if not _same(name, other))
        if len(others) < len(self.favourites):
            return replace(self, favourites=others)
        return replace(self, favourites=(*others, name)[-MOST_FAVOURITES:])

    def used(self, names: Iterable[str]) -> Taste:
        """The same after names were asked for together, the first of them leading."""
        latest = tuple(names)
        older = [other for other in self.recent if not any(_same(other, name) for name in latest)]
        return replace(self, recent=(*latest, *older)[:MOST_RECENT])


def from_dict(data: object) -> Taste:
    """The taste that was kept as `asdict` has it; what makes no sense is as if never given."""
    kept: Mapping[Any, Any] = data if isinstance(data, Mapping) else {}
    favourites, recent = (_texts(kept.get(name)) for name in ("favourites", "recent"))
    return Taste(favourites[:MOST_FAVOURITES], recent[:MOST_RECENT], _aliases(kept.get("aliases")))


def _aliases(value: object) -> tuple[Alias, ...]:
    items = value if isinstance(value, list | tuple) else ()
    pairs = (_texts(item) for item in items)
    return tuple((pair[0], pair[1]) for pair in pairs if len(pair) == 2)[:MOST_ALIASES]


def _texts(value: object) -> tuple[str, ...]:
    items = value if isinstance(value, list | tuple) else ()
    return tuple(text for text in items if isinstance(text, str) and 0 < len(text) <= MOST_TEXT)


def _same(one: str, other: str) -> bool:
    return one.strip().casefold() == other.strip().casefold()

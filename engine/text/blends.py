"""Blends of artists and of genres: from words and weights to what a prompt holds.

Knows how a blend is written: “A:2, B:1” is two parts of A and one of B. Knows no vocabulary.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import replace

from engine.types import Prompt, Share

_PART = re.compile(r"\s*(?P<name>[^:]*?[^:\s])\s*:\s*(?P<weight>\d+(?:\.\d+)?|\.\d+)\s*(?:,|$)")


def parsed(text: str) -> tuple[Share, ...]:
    """The names and weights in “A:2, B:1”; none where a text is no blend of two names or more.

    A name may hold commas: it goes on up to its weight.

    Raises:
        ValueError: a weight is 0.
    """
    shares: list[Share] = []
    place = 0
    while place < len(text):
        part = _PART.match(text, place)
        if part is None:
            return ()
        shares.append(Share(part["name"], float(part["weight"])))
        place = part.end()
    return tuple(shares) if len(shares) > 1 else ()


def with_artists(prompt: Prompt, artists: Sequence[Share]) -> Prompt:
    """A prompt for a blend of artists, the first of them leading; for any artist without one.

    Weights count beside each other: 2 and 1 are the same as 4 and 2. One artist alone, whatever
    it weighs, is the same as that artist without a blend.

    Raises:
        ValueError: a name comes twice, or there are too many.
    """
    whole = math.fsum(share.weight for share in artists)
    others = tuple(Share(share.name, share.weight / whole) for share in artists[1:])
    return replace(prompt, artist=artists[0].name if artists else "", other_artists=others)


def with_genres(prompt: Prompt, genres: Sequence[Share]) -> Prompt:
    """A prompt for a blend of genres; for any genre without one.

    Raises:
        ValueError: a name comes twice, or there are too many.
    """
    names, weights = (share.name for share in genres), (share.weight for share in genres)
    return replace(prompt, genres=tuple(names), genre_shares=tuple(weights))


def parts_of_genres(prompt: Prompt) -> tuple[Share, ...]:
    """The genres of a blend and the part that each makes; none where they are not blended."""
    shares = zip(prompt.genres, prompt.genre_shares, strict=bool(prompt.genre_shares))
    return tuple(Share(name, share) for name, share in shares)


def with_part(shares: Sequence[Share], place: int, part: float) -> tuple[Share, ...]:
    """A blend in which one name makes `part` of the whole; the others keep their proportions.

    The shares add up to 1. Needs two names or more, and a part above 0 and below 1.

    Raises:
        ValueError: nothing would be left for somebody.
    """
    others = math.fsum(share.weight for at, share in enumerate(shares) if at != place)
    return tuple(
        Share(share.name, part if at == place else (1 - part) * share.weight / others)
        for at, share in enumerate(shares)
    )


def with_another(shares: Sequence[Share], name: str) -> tuple[Share, ...]:
    """A blend with one more name, which gets as much as one gets on average."""
    whole = math.fsum(share.weight for share in shares)
    count = len(shares) + 1
    before = (Share(s.name, s.weight / whole * (count - 1) / count) for s in shares)
    return (*before, Share(name, 1 / count))


def written(shares: Sequence[Share]) -> str:
    """Names and weights as `parsed` reads them, in parts of 100; a single name alone."""
    if len(shares) == 1:
        return shares[0].name
    whole = math.fsum(share.weight for share in shares)
    return ", ".join(f"{share.name}: {share.weight / whole * 100:.4g}" for share in shares)


def worded(shares: Sequence[Share]) -> str:
    """Names with the percentage that each makes; a single name without."""
    if len(shares) == 1:
        return shares[0].name
    whole = math.fsum(share.weight for share in shares)
    return ", ".join(f"{share.name or 'any'} {share.weight / whole:.0%}" for share in shares)


def genre_words(prompt: Prompt) -> str:
    """The genres of a prompt, with percentages in a blend; "" for any."""
    return worded(parts_of_genres(prompt)) if prompt.genre_shares else ", ".join(prompt.genres)

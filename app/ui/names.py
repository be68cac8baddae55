"""Finding names among thousands: which one is meant, and which ones are near.

Pure. Knows text. Knows nothing of models or widgets.
"""

from __future__ import annotations

import heapq

NEAR = 0.3
"""Share of letter pairs in common from which a name is worth suggesting."""


def same(name: str, names: tuple[str, ...]) -> str | None:
    """The one of `names` that is `name` but for capitals and outer spaces."""
    wanted = name.strip().casefold()
    return next((known for known in names if known.casefold() == wanted), None)


def near(name: str, names: tuple[str, ...], most: int = 3) -> tuple[str, ...]:
    """Up to `most` of `names` that look like `name`, the nearest first.

    Takes a few milliseconds for ten thousand names.
    """
    pairs = _pairs(name.strip().casefold())
    best = heapq.nlargest(most, ((_likeness(pairs, known), known) for known in names))
    return tuple(known for likeness, known in best if likeness >= NEAR)


def _likeness(pairs: frozenset[str], name: str) -> float:
    folded = name.casefold()
    common = sum(pair in folded for pair in pairs)
    return 2 * common / max(len(pairs) + len(folded) - 1, 1)


def _pairs(text: str) -> frozenset[str]:
    return frozenset(text[i : i + 2] for i in range(len(text) - 1)) or frozenset((text,))

"""A first song's words, for people who want to hear something before they write."""

from __future__ import annotations

import resources
from app.session import Session
from app.ui import names

ARTIST, GENRE = "Marlow Finch", "folk"
"""Those of the bundled model that suit the words."""


def use_first(session: Session) -> None:
    """Fill in the example's words, artist and genre; the model's first where it knows others."""
    words = resources.path("examples", "first-song.txt").read_text(encoding="utf-8")
    session.set_artist(_known(ARTIST, session.artists))
    session.set_genres((_known(GENRE, session.genres),) if session.genres else ())
    session.set_lyrics(words.strip())


def _known(name: str, known: tuple[str, ...]) -> str:
    return names.same(name, known) or next(iter(known), "")

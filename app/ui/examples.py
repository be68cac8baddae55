"""A first song's words, for people who want to hear something before they write."""

from __future__ import annotations

import resources
from app.session import Session


ARTIST = "marlow finch"
GENRE = "folk"


def use_first(session: Session) -> None:
    """Fill in the example's words, and its artist and genre where the model knows them."""
    words = resources.path("examples", "first-song.txt").read_text(encoding="utf-8")
    session.set_artist(ARTIST if ARTIST in session.artists else "")
    session.set_genres((GENRE,) if GENRE in session.genres else ())
    session.set_lyrics(words.strip())

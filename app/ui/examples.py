"""A first song's words, for people who want to hear something before they write."""

from __future__ import annotations

import resources
from app.session import Session


def use_first(session: Session) -> None:
    """Fill in the first artist and genre that the model knows, and the example's words."""
    words = resources.path("examples", "first-song.txt").read_text(encoding="utf-8")
    session.set_artist(next(iter(session.artists), ""))
    session.set_genres(tuple(session.genres[:1]))
    session.set_lyrics(words.strip())

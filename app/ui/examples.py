"""Songs worth trying, for people who want to hear something before they write."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass

from PySide6.QtWidgets import QMenu

import resources
from app.language import tr
from app.session import Session
from app.song.names import NameIndex

ARTIST, GENRE = "Marlow Finch", "folk"
"""Those of the bundled model that suit the words of the first."""


@dataclass(frozen=True, slots=True)
class Preset:
    """A song to begin with: what to ask for, and a seed that was found worth hearing.

    Attributes:
        lyrics: the words themselves.
        seconds: how much to make of it.
    """

    title: str
    artist: str
    genres: tuple[str, ...]
    lyrics: str
    seconds: float
    seed: int


def presets() -> tuple[Preset, ...]:
    """Those that come along, the first one first."""
    table = tomllib.loads(resources.path("examples", "presets.toml").read_text(encoding="utf-8"))
    return tuple(
        Preset(
            each["title"],
            each["artist"],
            tuple(each["genres"]),
            resources.path("examples", each["lyrics"]).read_text(encoding="utf-8").strip(),
            each["seconds"],
            each["seed"],
        )
        for each in table["presets"]
    )


def fill_examples(menu: QMenu, session: Session) -> None:
    """Make the menu anew: the songs whose artist the model knows."""
    menu.clear()
    artists = session.artist_names
    known = [preset for preset in presets() if artists.meant(preset.artist)]
    for preset in known:
        artist = artists.meant(preset.artist)
        action = menu.addAction(f"{preset.title} – {artist}")
        action.triggered.connect(lambda _=False, preset=preset: use(session, preset))
    if not known:
        menu.addAction(tr("None for this model")).setEnabled(False)


def use(session: Session, preset: Preset) -> None:
    """Fill in all that a preset says, as far as the model knows it."""
    genres = (session.genre_names.meant(genre) for genre in preset.genres)
    if not session.song.title:
        session.set_title(preset.title)
    session.set_artist(session.artist_names.meant(preset.artist) or "")
    session.set_genres(tuple(genre for genre in genres if genre))
    session.set_lyrics(preset.lyrics)
    session.set_seconds(preset.seconds)
    session.set_seed(preset.seed)


def use_first(session: Session) -> None:
    """Fill in the example's words, artist and genre; the model's first where it knows others."""
    words = resources.path("examples", "first-song.txt").read_text(encoding="utf-8")
    session.set_artist(_known(ARTIST, session.artist_names))
    genre = _known(GENRE, session.genre_names)
    session.set_genres((genre,) if genre else ())
    session.set_lyrics(words.strip())


def _known(name: str, known: NameIndex) -> str:
    return known.meant(name) or next(iter(known.names), "")

"""Artists and genres: which can be asked for, which somebody likes, and what the model hears.

Knows the song, its model and preferences. How names are found is told in `app.song.names`.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from app.language import mark
from app.services.studio import Studio
from app.song import edits
from app.song.aliases import Alias
from app.song.names import NameIndex
from app.song.taste import Taste
from engine.catalog.names import HalfKnownName
from engine.errors import TaskError
from engine.types import Share


class Naming(Studio):
    """A studio that knows names. Its intents return at once."""

    @property
    def artist_names(self) -> NameIndex:
        """The artists that can be asked for, to search in, by names of one's own too."""
        return _calling(self._model.artist_names, self.preferences.artists.aliases)

    @property
    def genre_names(self) -> NameIndex:
        """The genres that can be asked for, to search in, by names of one's own too."""
        return _calling(self._model.genre_names, self.preferences.genres.aliases)

    @property
    def half_known(self) -> tuple[HalfKnownName, ...]:
        """The names asked for that only some levels of the model know; the others hear any.

        A name that no level knows hides none of the others.
        """
        prompt = self.song.prompt
        artists = [share for share in prompt.artists if self.artist_names.same(share.name)]
        genres = tuple(genre for genre in prompt.genres if self.genre_names.same(genre))
        shares = prompt.genre_shares if len(genres) == len(prompt.genres) else ()
        known = edits.ask_artists(self.song, artists).prompt
        try:
            return self._model.half_known(replace(known, genres=genres, genre_shares=shares))
        except TaskError:
            return ()

    def models_with_artist(self, name: str) -> tuple[str, ...]:
        """The titles of the other installed models that know an artist."""
        others = (model for model in self._models.values() if model.spec.id != self._spec.id)
        return tuple(model.spec.title for model in others if model.artist_names.meant(name))

    def models_with_genre(self, name: str) -> tuple[str, ...]:
        """The titles of the other installed models that know a genre."""
        others = (model for model in self._models.values() if model.spec.id != self._spec.id)
        return tuple(model.spec.title for model in others if model.genre_names.meant(name))

    def blend_artists(self, artists: tuple[Share, ...]) -> None:
        """Ask for a blend, the first leading, and remember who was asked for."""
        super().blend_artists(artists)
        names = (share.name for share in artists)
        self._like_artists(self.preferences.artists.used(filter(self.artist_names.same, names)))

    def set_genres(self, genres: tuple[str, ...]) -> None:
        """Ask for genres; none for any. Remember which were asked for."""
        fresh = [genre for genre in genres if genre not in self.song.prompt.genres]
        super().set_genres(genres)
        self._like_genres(self.preferences.genres.used(filter(self.genre_names.same, fresh)))

    def blend_genres(self, genres: tuple[Share, ...]) -> None:
        """Ask for a blend of genres, and remember which were asked for."""
        fresh = [share.name for share in genres if share.name not in self.song.prompt.genres]
        super().blend_genres(genres)
        self._like_genres(self.preferences.genres.used(filter(self.genre_names.same, fresh)))

    def star_artist(self, name: str) -> None:
        """Make an artist a favourite, or no longer."""
        self._like_artists(self.preferences.artists.starred(name))

    def star_genre(self, name: str) -> None:
        """Make a genre a favourite, or no longer."""
        self._like_genres(self.preferences.genres.starred(name))

    def call_names(self, artists: tuple[Alias, ...], genres: tuple[Alias, ...]) -> None:
        """Have these names of one's own for artists and for genres, and no others."""
        mine, others = self.preferences.artists, self.preferences.genres
        self.prefer(
            replace(
                self.preferences,
                artists=replace(mine, aliases=artists),
                genres=replace(others, aliases=genres),
            )
        )

    def draw_artist(self, seed: int) -> None:
        """Ask for an artist by chance, another than now; the same for the same seed."""
        name = self.artist_names.drawn(seed, self.song.prompt.artist)
        if name:
            self._apply(edits.ask_artists(self.song, [Share(name, 1)]), mark("Surprise Me"))

    def draw_names(self, seed: int) -> None:
        """Ask for an artist and a genre by chance, in one step; the same for the same seed."""
        prompt, song = self.song.prompt, self.song
        artist = self.artist_names.drawn(seed, prompt.artist)
        genre = self.genre_names.drawn(seed, prompt.genres[0] if prompt.genres else "")
        if artist:
            song = edits.ask_artists(song, [Share(artist, 1)])
        if genre:
            song = edits.ask_genres(song, [Share(genre, 1)])
        self._apply(song, mark("Surprise Me"))

    def _like_artists(self, taste: Taste) -> None:
        self.prefer(replace(self.preferences, artists=taste))

    def _like_genres(self, taste: Taste) -> None:
        self.prefer(replace(self.preferences, genres=taste))


@lru_cache(maxsize=4)
def _calling(names: NameIndex, aliases: tuple[Alias, ...]) -> NameIndex:
    """The same index for the same question, so that fields see that nothing has changed."""
    return names.calling(aliases) if aliases else names

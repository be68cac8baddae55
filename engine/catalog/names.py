"""Which levels of a model know which names. A model's levels may have lists of their own.

1b_lyrics knows one set of artists and genres at the top level (v3) and another below (v2). As the
original does, a level that does not know a name hears any artist, or any genre, in its place; here
that is told, and a name that no level knows is a mistake. Knows nothing of files and tasks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from engine.catalog.specs import LabelConfig, PriorConfig
from engine.text.vocabulary import Heard, Vocabulary
from engine.types import Level, Prompt


@dataclass(frozen=True, slots=True)
class HalfKnownName:
    """A name that some levels of a model know and others do not. It may be asked for.

    Attributes:
        kind: "artist" or "genre".
        name: as it was asked for.
        level: which does not know it, and hears any artist or genre in its place.
        unheard: what of the name it does not hear: all of it, or some words of a genre.
    """

    kind: str
    name: str
    level: Level
    unheard: tuple[str, ...]

    def __str__(self) -> str:
        whole = self.unheard == (self.name,)
        part = "" if whole else f"“{' '.join(self.unheard)[:60]}” in "
        return (
            f"The {self.level.name} level does not know {part}the {self.kind} “{self.name[:60]}”."
        )


@dataclass(frozen=True, slots=True)
class LevelNames:
    """What one level knows of names."""

    level: Level
    labels: LabelConfig
    vocabulary: Vocabulary

    def heard(self, prompt: Prompt) -> Heard:
        """What it hears of a prompt."""
        return self.vocabulary.heard_of(prompt, self.labels.max_genres)

    def half_known(self, prompt: Prompt) -> Iterator[HalfKnownName]:
        """The names of a prompt that it does not know, or not in full."""
        heard = self.heard(prompt)
        for artist in prompt.artists:
            if not self.vocabulary.knows_artist(artist.name):
                yield HalfKnownName("artist", artist.name, self.level, (artist.name,))
        for genre in prompt.genres:
            words = self.vocabulary.genre_words(genre)
            unheard = tuple(w for w in words if w in heard.unknown or w in heard.left_out)
            if unheard:
                yield HalfKnownName("genre", genre, self.level, unheard)


def level_names(
    priors: Sequence[PriorConfig], vocabularies: Sequence[Vocabulary | None]
) -> tuple[LevelNames, ...]:
    """What each level that is told of names knows of them, BOTTOM first."""
    return tuple(
        LevelNames(prior.level, prior.labels, vocabulary)
        for prior, vocabulary in zip(priors, vocabularies, strict=True)
        if vocabulary is not None and prior.labels is not None
    )


def listed_artists(levels: Sequence[LevelNames]) -> Mapping[str, tuple[Level, ...]]:
    """Every artist that can be asked for, sorted, and the levels that do not know it, TOP first."""
    return _listed(levels, lambda names: names.artist_names, lambda names, n: names.knows_artist(n))


def listed_genres(levels: Sequence[LevelNames]) -> Mapping[str, tuple[Level, ...]]:
    """Every genre that can be asked for, sorted, and the levels that do not know it, TOP first."""
    return _listed(levels, lambda names: names.genre_names, lambda names, n: names.knows_genre(n))


def half_known_names(prompt: Prompt, levels: Sequence[LevelNames]) -> tuple[HalfKnownName, ...]:
    """The names of a prompt that only some levels know, TOP first.

    Raises:
        UnknownNameError: no level knows an artist or genre; with suggestions.
        TaskError: more genres than the highest level takes.
    """
    if not levels:
        return ()
    highest, knowing = levels[-1], [level.vocabulary for level in levels]
    for artist in prompt.artists:
        if not any(names.knows_artist(artist.name) for names in knowing):
            highest.vocabulary.artist_id(artist.name)
    for genre in prompt.genres:
        if not any(names.knows_genre(genre) for names in knowing):
            highest.vocabulary.genre_ids((genre,), len(genre) + 1)
    together = [(genre,) for genre in prompt.genres] if prompt.genre_shares else [prompt.genres]
    for genres in together:
        highest.vocabulary.require_room(genres, highest.labels.max_genres)
    return tuple(name for level in reversed(levels) for name in level.half_known(prompt))


def _listed(
    levels: Sequence[LevelNames],
    shown: Callable[[Vocabulary], tuple[str, ...]],
    knows: Callable[[Vocabulary, str], bool],
) -> Mapping[str, tuple[Level, ...]]:
    """Names as the highest level that knows them shows them."""
    found: dict[str, tuple[Level, ...]] = {}
    asked: list[Vocabulary] = []
    for each in reversed(levels):
        if each.vocabulary in asked:
            continue
        for name in shown(each.vocabulary):
            if not any(knows(other, name) for other in asked):
                strangers = [at for at in reversed(levels) if not knows(at.vocabulary, name)]
                found[name] = tuple(at.level for at in strangers)
        asked.append(each.vocabulary)
    return dict(sorted(found.items()))

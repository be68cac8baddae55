"""What the desk works with: the engine, the installed models, the sound output, the folders.

Made by whoever puts the program together; the session only uses them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from app.services.microphone import Ear, Microphone
from app.services.player import SoundCard, Speaker, probe
from app.services.shelf import Shop
from app.song.names import NameIndex
from app.song.pace import Pace
from app.song.preferences import Preferences
from app.song.song import Maker
from app.version import program_version
from engine.api import Engine, SampleTask
from engine.catalog.names import (
    HalfKnownName,
    half_known_names,
    level_names,
    listed_artists,
    listed_genres,
)
from engine.catalog.specs import ModelSpec
from engine.catalog.store import InstalledModel, ModelStore
from engine.sampling.told import LyricWindow, lyric_windows
from engine.text.lyrics import Alphabet
from engine.types import Level, Prompt

_NO_GAPS: Mapping[str, tuple[Level, ...]] = {}


@dataclass(frozen=True, slots=True)
class DeskModel:
    """An installed model, as far as the desk is concerned.

    Attributes:
        artists, genres: names that can be asked for, sorted.
        alphabet: the characters of lyrics that it reads; None for a model without lyrics.
        weights: SHA-256 of its weights; "" where there are none.
        installed: what tells what it hears of a prompt; None for a stand-in, which hears nothing.
        artist_gaps, genre_gaps: the levels that do not know a name, for each that some do not.
        artist_names, genre_names: the same names, ready to be searched.
    """

    spec: ModelSpec
    artists: tuple[str, ...] = ()
    genres: tuple[str, ...] = ()
    alphabet: Alphabet | None = None
    weights: str = ""
    installed: InstalledModel | None = None
    artist_gaps: Mapping[str, tuple[Level, ...]] = field(default_factory=lambda: _NO_GAPS)
    genre_gaps: Mapping[str, tuple[Level, ...]] = field(default_factory=lambda: _NO_GAPS)
    artist_names: NameIndex = field(init=False, compare=False, repr=False)
    genre_names: NameIndex = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        """Searching thousands of names is prepared where a model is found, off the window."""
        object.__setattr__(self, "artist_names", NameIndex(self.artists, self.artist_gaps))
        object.__setattr__(self, "genre_names", NameIndex(self.genres, self.genre_gaps))

    @property
    def maker(self) -> Maker:
        """This model, and the engine as it is now."""
        return Maker(self.spec.id, self.weights, program_version())

    def lyric_windows(self, task: SampleTask) -> tuple[LyricWindow, ...]:
        """Which words it has in view while it does a task."""
        return () if self.installed is None else lyric_windows(task, self.installed)

    def half_known(self, prompt: Prompt) -> tuple[HalfKnownName, ...]:
        """The names of a prompt that only some of its levels know.

        Raises:
            TaskError: none of them knows one, or there is no room for all.
        """
        if self.installed is None:
            return ()
        levels = level_names(self.installed.config.priors, self.installed.vocabularies)
        return half_known_names(prompt, levels)


@dataclass(frozen=True, slots=True)
class Machines:
    """Everything outside the song.

    Attributes:
        engine: closed by the session when it closes.
        models: the installed ones, the one for new songs first.
        folder: where working copies of songs and the preferences live.
        speaker: where sound goes.
        ear: where sound to be recorded comes from.
        probe_speaker: says why no sound can come out, "" when it can.
        pace: how fast codes were made here, as far as that is known.
        shop: where models are kept and come from.
        find_models: the installed ones anew, after a change; reads files. None where there is
            no change.
    """

    engine: Engine
    models: tuple[DeskModel, ...]
    folder: Path
    speaker: Speaker = field(default_factory=SoundCard)
    probe_speaker: Callable[[], str] = probe
    preferences: Preferences = field(default_factory=Preferences)
    pace: Pace = field(default_factory=Pace)
    shop: Shop = field(default_factory=Shop)
    find_models: Callable[[], tuple[DeskModel, ...]] | None = None
    ear: Ear = field(default_factory=Microphone)


def desk_models(store: ModelStore) -> tuple[DeskModel, ...]:
    """The models of a store. Reads files; takes milliseconds."""
    return tuple(desk_model(model) for model in store.models())


def desk_model(model: InstalledModel) -> DeskModel:
    """An installed model as the desk knows it."""
    levels = level_names(model.config.priors, model.vocabularies)
    artists, genres = listed_artists(levels), listed_genres(levels)
    return DeskModel(
        model.spec,
        tuple(artists),
        tuple(genres),
        model.alphabet,
        model.weights_sha256,
        model,
        {name: gaps for name, gaps in artists.items() if gaps},
        {name: gaps for name, gaps in genres.items() if gaps},
    )

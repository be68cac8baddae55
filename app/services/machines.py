"""What the desk works with: the engine, the installed models, the sound output, the folders.

Made by whoever puts the program together; the session only uses them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from app.services.player import SoundCard, Speaker, probe
from app.song.preferences import Preferences
from engine.api import Engine
from engine.catalog.specs import ModelSpec
from engine.catalog.store import ModelStore
from engine.text.lyrics import Alphabet


@dataclass(frozen=True, slots=True)
class DeskModel:
    """An installed model, as far as the desk is concerned.

    Attributes:
        artists, genres: names that can be asked for, sorted.
        alphabet: the characters of lyrics that it reads; None for a model without lyrics.
    """

    spec: ModelSpec
    artists: tuple[str, ...] = ()
    genres: tuple[str, ...] = ()
    alphabet: Alphabet | None = None


@dataclass(frozen=True, slots=True)
class Machines:
    """Everything outside the song.

    Attributes:
        engine: closed by the session when it closes.
        models: the installed ones, the one for new songs first.
        folder: where working copies of songs and the preferences live.
        speaker: where sound goes.
        probe_speaker: says why no sound can come out, "" when it can.
    """

    engine: Engine
    models: tuple[DeskModel, ...]
    folder: Path
    speaker: Speaker = field(default_factory=SoundCard)
    probe_speaker: Callable[[], str] = probe
    preferences: Preferences = field(default_factory=Preferences)


def desk_models(store: ModelStore) -> tuple[DeskModel, ...]:
    """The models of a store. Reads files; takes milliseconds."""
    return tuple(
        DeskModel(model.spec, model.names.artist_names, model.names.genre_names, model.alphabet)
        for model in store.models()
    )

"""What a model is told of a song, so that a person can read it before anything is made.

Which characters of the lyrics are in view while each stretch is sampled, which characters the
model drops, and which number each level hears for the artist and the genres. Made by the same code
that labels the windows of the sampler. Loads no torch, reads no files, and answers a whole song in
milliseconds, so that the desk can ask while somebody types.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.api import SampleTask
from engine.catalog.names import HalfKnownName, half_known_names, level_names
from engine.catalog.specs import LabelVersion, ModelSpec, PriorConfig
from engine.catalog.store import InstalledModel
from engine.sampling.labels import SongLabels
from engine.sampling.plan import Window, hop_codes, level_windows
from engine.sampling.tracks import Track
from engine.text.vocabulary import Blend
from engine.types import Level, Span


@dataclass(frozen=True, slots=True)
class LyricWindow:
    """What the TOP level reads while it samples one window.

    Attributes:
        seen: the codes in view, in samples of the song.
        fresh: the part of them that is sampled in this window.
        text: the characters in view, as the model reads them.
        first: position of the first of them in the lyrics as the model reads them.
        empty: slots for characters that hold none; they come first.
        written: the part of the lyrics as written that `text` comes from: start and end.
    """

    seen: Span
    fresh: Span
    text: str
    first: int
    empty: int
    written: tuple[int, int]


@dataclass(frozen=True, slots=True)
class ToldNames:
    """What one level hears of the artist and the genres.

    Attributes:
        version: whose lists and rules it has.
        artist: the artist's number; 0 for any.
        genres: a number per slot: 0 for any genre, −1 where the slot is empty.
        blend: the numbers that it hears instead where names have weights; else None.
    """

    level: Level
    version: LabelVersion
    artist: int
    genres: tuple[int, ...]
    blend: Blend | None = None


@dataclass(frozen=True, slots=True)
class ToldSong:
    """What a model is told of a song.

    Attributes:
        names: per level that hears names, TOP first.
        half_known: the names that some level does not know.
        lyrics: as the model reads them; "" for a model that reads none.
        dropped: positions in the lyrics as written of characters of which the model sees nothing;
            all of them where it reads no lyrics.
        windows: in the order of the song; none where the TOP level is not sampled or reads no
            lyrics.
    """

    names: tuple[ToldNames, ...]
    half_known: tuple[HalfKnownName, ...]
    lyrics: str
    dropped: tuple[int, ...]
    windows: tuple[LyricWindow, ...]


def told(task: SampleTask, model: InstalledModel) -> ToldSong:
    """What a model is told when it does a task.

    Raises:
        UnknownNameError: no level knows an artist or genre; with suggestions.
        TaskError: more genres than the TOP level takes.
    """
    levels = level_names(model.config.priors, model.vocabularies)
    written, alphabet = task.prompt.lyrics, model.alphabet
    return ToldSong(
        names=tuple(
            ToldNames(level.level, level.labels.version, heard.artist, heard.genres, heard.blend)
            for level in reversed(levels)
            for heard in [level.heard(task.prompt)]
        ),
        half_known=half_known_names(task.prompt, levels),
        lyrics="" if alphabet is None else alphabet.clean(written),
        dropped=tuple(range(len(written))) if alphabet is None else alphabet.lost(written),
        windows=lyric_windows(task, model) if Level.TOP in task.levels else (),
    )


def top_windows(task: SampleTask, config: PriorConfig) -> tuple[Window, ...]:
    """The windows in which the TOP level of a task is sampled."""
    return _windows(task, config.hop, config.context, config.pulse)


def heard_before(task: SampleTask, spec: ModelSpec) -> Span:
    """What the TOP level hears of the song while it draws the first code of a task."""
    hop = spec.hop(Level.TOP)
    first = _windows(task, hop, spec.contexts[Level.TOP], spec.pulse)[0]
    return Span(first.start * hop, first.fresh * hop)


def _windows(task: SampleTask, hop: int, context: int, pulse: int) -> tuple[Window, ...]:
    settings = task.settings
    track = Track(Level.TOP, hop, task.context, task.span, takes=1)
    step = hop_codes(settings.levels[Level.TOP].hop_fraction, context, pulse)
    origin = track.primed_from(settings.heard)
    return level_windows(origin, track.start, track.end, context, step, pulse)


def lyric_windows(task: SampleTask, model: InstalledModel) -> tuple[LyricWindow, ...]:
    """What the TOP level reads in each window of a task, whatever names it asks for."""
    config, names, alphabet = model.config.priors[Level.TOP], model.vocabularies[Level.TOP], (
        model.alphabet)  # fmt: skip
    if config.lyrics is None or names is None or alphabet is None:
        return ()
    written, labels = task.prompt.lyrics, SongLabels(task.prompt, names, config)
    clean, origins = alphabet.clean(written), alphabet.origins(written)
    windows: list[LyricWindow] = []
    for window in top_windows(task, config):
        places = labels.characters_at(window.start * config.hop)
        ends = (origins[places[0]], origins[places[-1]] + 1) if places else (0, 0)
        windows.append(
            LyricWindow(
                seen=Span(window.start * config.hop, window.end * config.hop),
                fresh=Span(window.fresh * config.hop, window.end * config.hop),
                text=clean[places.start : places.stop],
                first=places.start,
                empty=config.lyrics.tokens - len(places),
                written=ends,
            )
        )
    return tuple(windows)

"""Whether a task can succeed, told before any work is done.

Knows the rules of tasks and what models allow. Knows nothing of torch, so the desk and the command
line can ask without starting an engine.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.api import (
    AlignTask,
    DecodeTask,
    EncodeTask,
    PrepareTask,
    SampleTask,
    ScoreTask,
    Task,
)
from engine.catalog.names import half_known_names, level_names
from engine.catalog.specs import ModelSpec
from engine.catalog.store import InstalledModel, ModelStore
from engine.errors import TaskError
from engine.types import NO_CODE, Codes, Level, Prompt, Span

MAX_LYRICS = 20_000
"""Characters; twice the words of the longest songs there are."""

_MAX_SPAN_S = 600


def check(task: Task, store: ModelStore) -> None:
    """Nothing, if the task may be run.

    Raises:
        UnknownNameError: an artist or genre that the model does not know, with suggestions.
        TaskError: anything else that can never succeed, with the numbers that would.
        ModelError: the model is missing or damaged.
    """
    model = store.get(task.model)
    if isinstance(task, SampleTask | AlignTask | ScoreTask):
        check_prompt(task.prompt, model)
    check_extent(task, model.spec)


def check_extent(task: Task, spec: ModelSpec) -> None:
    """Nothing, if times, levels and codes of a task fit a model, whatever its prompt says.

    Raises:
        TaskError: they do not, with the numbers that would.
    """
    match task:
        case PrepareTask():
            pass
        case SampleTask():
            _check_sample(task, spec)
        case EncodeTask():
            _check_encode(task, spec)
        case DecodeTask():
            _check_decode(task, spec)
        case AlignTask():
            _check_align(task, spec)
        case ScoreTask():
            _check_stretch(task, spec)
            _check_level(task, spec)
            _check_fills(task, spec)


def check_prompt(prompt: Prompt, model: InstalledModel) -> None:
    """Nothing, if a model can be asked for such a song.

    Raises:
        UnknownNameError: an artist or genre that no level of the model knows, with suggestions.
        TaskError: too many genres, a song too short or too long, lyrics beyond all measure or of
            which the model can read nothing.
    """
    half_known_names(prompt, level_names(model.config.priors, model.vocabularies))
    _check_song_length(prompt.song_length, model.spec)
    _check_lyrics(prompt.lyrics, model)


def _check_song_length(length: int, spec: ModelSpec) -> None:
    if not spec.min_song_length <= length < spec.max_song_length:
        shortest, longest = (
            samples / spec.sample_rate for samples in (spec.min_song_length, spec.max_song_length)
        )
        raise TaskError(
            "A song of {length:.2f} s is outside what {title} learned. Choose a song length from "
            "{shortest:.2f} s to just below {longest:.0f} s.",
            length=length / spec.sample_rate,
            title=spec.title,
            shortest=shortest,
            longest=longest,
        )


def _check_lyrics(lyrics: str, model: InstalledModel) -> None:
    if len(lyrics) > MAX_LYRICS:
        raise TaskError(
            "Lyrics of {count} characters are more than a song can hold. Give {most} at most.",
            count=len(lyrics),
            most=MAX_LYRICS,
        )
    if model.alphabet and lyrics.strip() and not model.alphabet.clean(lyrics).strip():
        raise TaskError(
            "Of these {count} characters of lyrics {title} can read none. Write them in letters.",
            count=len(lyrics),
            title=model.spec.title,
        )


def _check_sample(task: SampleTask, spec: ModelSpec) -> None:
    span, levels = task.span, task.levels
    if not levels or len(set(levels)) != len(levels):
        raise TaskError("A task samples one or more levels, each once.")
    _check_span(span, spec.grid, spec)
    if span.length >= _MAX_SPAN_S * spec.sample_rate:
        raise TaskError(
            "{length:.0f} s at once are too much; stay below {most} s.",
            length=span.length / spec.sample_rate,
            most=_MAX_SPAN_S,
        )
    if task.settings.heard is not None and task.settings.heard % spec.grid:
        raise TaskError(
            "{heard} samples before the span are to be heard: {title} hears multiples of {grid}.",
            heard=task.settings.heard,
            title=spec.title,
            grid=spec.grid,
        )
    _check_end(span, task.prompt, spec)
    _check_codes(task.context, spec)
    _check_made(task, spec)
    for level in levels:
        if level is not Level.TOP and Level(level + 1) not in levels:
            _check_cover(task.context, Level(level + 1), span, spec)


def _check_made(task: SampleTask, spec: ModelSpec) -> None:
    if task.made and len(task.made) != task.settings.variations:
        raise TaskError(
            "{variations} takes go on with what was made of as many, not of {count}.",
            variations=task.settings.variations,
            count=len(task.made),
        )
    for codes in task.made:
        _check_codes(codes, spec)
        for level in task.levels:
            array, room = codes.at(level), task.span.length // spec.hop(level)
            if len(array) > room or NO_CODE in array:
                raise TaskError(
                    "What was made of the {level} level must be up to {room} codes without a hole.",
                    level=level.name,
                    room=room,
                )


def _check_encode(task: EncodeTask, spec: ModelSpec) -> None:
    audio = task.audio
    shortest, longest = spec.grid / spec.sample_rate, spec.max_song_length / spec.sample_rate
    if not shortest <= audio.seconds <= longest:
        raise TaskError(
            "The sound is {seconds:.3f} s long. {title} takes from {shortest:.3f} s to "
            "{longest:.0f} s.",
            seconds=audio.seconds,
            title=spec.title,
            shortest=shortest,
            longest=longest,
        )
    if not np.isfinite(audio.samples).all():
        raise TaskError("The sound holds values that are no numbers (NaN or infinite).")


def _check_decode(task: DecodeTask, spec: ModelSpec) -> None:
    _check_codes(task.codes, spec)
    _check_span(task.span, spec.hop(task.level), spec)
    _check_cover(task.codes, task.level, task.span, spec)


def _check_align(task: AlignTask, spec: ModelSpec) -> None:
    if not spec.lyric_characters:
        raise TaskError(
            "{title} sings no words, so nothing can be aligned with them.", title=spec.title
        )
    if not task.prompt.lyrics.strip():
        raise TaskError("There are no lyrics to align the music with.")
    _check_stretch(task, spec)


def _check_stretch(task: AlignTask | ScoreTask, spec: ModelSpec) -> None:
    _check_codes(task.codes, spec)
    _check_span(task.span, spec.grid, spec)
    _check_end(task.span, task.prompt, spec)
    _check_cover(task.codes, Level.TOP, task.span, spec)


def _check_level(task: ScoreTask, spec: ModelSpec) -> None:
    _check_cover(task.codes, task.level, task.span, spec)
    if task.fills and task.level is not Level.TOP:
        raise TaskError("What may stand before the span is compared at the TOP level only.")
    if task.level is not Level.TOP:
        _check_cover(task.codes, Level(task.level + 1), task.span, spec)


def _check_fills(task: ScoreTask, spec: ModelSpec) -> None:
    for fill in task.fills:
        _check_codes(fill, spec)
        if NO_CODE in fill.at(Level.TOP):
            raise TaskError("What may stand before the span has to be whole, without holes.")
    lengths = {len(fill.at(Level.TOP)) for fill in task.fills}
    if len(lengths) > 1 or max(lengths, default=0) * spec.grid > task.span.start:
        raise TaskError(
            "What may stand before the span has to be of one length, and to fit before it."
        )


def _check_end(span: Span, prompt: Prompt, spec: ModelSpec) -> None:
    if span.end > prompt.song_length:
        raise TaskError(
            "The music would end at {end:.2f} s, after the song's end at {song_length:.2f} s. "
            "Make the song longer, or less of it.",
            end=span.end / spec.sample_rate,
            song_length=prompt.song_length / spec.sample_rate,
        )


def _check_span(span: Span, grid: int, spec: ModelSpec) -> None:
    if not span.length:
        raise TaskError("There is nothing to do: the stretch of time is empty.")
    if span.start % grid or span.end % grid:
        raise TaskError(
            "The stretch {start}…{end} is off the grid: {title} starts and ends on multiples of "
            "{grid} samples.",
            start=span.start,
            end=span.end,
            title=spec.title,
            grid=grid,
        )


def _check_codes(codes: Codes, spec: ModelSpec) -> None:
    if len(codes.levels) != len(Level):
        raise TaskError(
            "Codes of {needed} levels are needed, not of {given}.",
            needed=len(Level),
            given=len(codes.levels),
        )
    for level in Level:
        array = codes.at(level)
        if len(array) * spec.hop(level) > spec.max_song_length + spec.grid:
            raise TaskError(
                "{count} {level} codes last longer than any song of {title}.",
                count=len(array),
                level=level.name,
                title=spec.title,
            )
        _check_values(array, level, spec)


def _check_values(array: NDArray[np.uint16], level: Level, spec: ModelSpec) -> None:
    foreign = array[(array >= spec.codebook_size) & (array != NO_CODE)]
    if len(foreign):
        raise TaskError(
            "The {level} codes hold {foreign}, but {title} knows codes below {size}. "
            "They were made with another model.",
            level=level.name,
            foreign=foreign[0],
            title=spec.title,
            size=spec.codebook_size,
        )


def _check_cover(codes: Codes, level: Level, span: Span, spec: ModelSpec) -> None:
    hop = spec.hop(level)
    needed = codes.at(level)[span.start // hop : span.end // hop]
    missing = span.length // hop - int(np.count_nonzero(needed != NO_CODE))
    if missing:
        raise TaskError(
            "{missing} of the {length} {level} codes that are needed are not there. Make the "
            "{level} level of this stretch first.",
            missing=missing,
            length=span.length // hop,
            level=level.name,
        )

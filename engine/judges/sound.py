"""Figures of what can be heard: key, beat, who it sounds like, faults.

Knows what was heard of samples, copies and clips. Does not know models.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.judges.beat import beat_strength, best_tempo, seconds_of, shuffled
from engine.judges.clips import Clip
from engine.judges.faults import loop_share
from engine.judges.figures import Figure
from engine.judges.hearing import Hearing
from engine.judges.keys import chance_of_best_key, in_best_key
from engine.judges.recogniser import Recogniser
from engine.judges.timbre import frechet_distance
from engine.training.tokens import CodeArray

Tempos = Mapping[str, tuple[float, float]]
"""The slowest and the fastest song of each artist, in beats per minute."""

_ANY_TEMPO = (60.0, 180.0)
_MOST_SILENT, _MOST_CLIPPED, _STUCK = 0.1, 0.001, 0.9
_DIRECTIONS = 8


@dataclass(frozen=True, slots=True, eq=False)
class Heard:
    """Something heard.

    Attributes:
        like: the clip that it is, or was asked to be like.
        top: its codes of the top level; None where they are of no interest.
        seams: spectral flux at joins of BOTTOM and of MIDDLE over that elsewhere, where known.
    """

    like: Clip
    heard: Hearing
    top: CodeArray | None = None
    seams: tuple[float | None, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Sounds:
    """What is compared.

    Attributes:
        samples: made by the model.
        copies: clips encoded and decoded at the finest level.
        clips: as they are.
        examples: to learn from who sounds how: clips encoded and decoded at any level.
    """

    samples: Sequence[Heard]
    copies: Sequence[Heard]
    clips: Sequence[Heard]
    examples: Sequence[Heard]


def key_figures(sounds: Sounds) -> tuple[Figure, Figure]:
    """Share of notes in the key that fits best, and how many notes are heard a second.

    The fewer notes there are, the better some key fits by chance.
    """

    def share(some: Sequence[Heard]) -> float | None:
        return _mean([in_best_key(each.heard.pitches) for each in some])

    def notes_per_s(some: Sequence[Heard]) -> float | None:
        return _mean([each.heard.pitches.sum() / seconds_of(each.heard.onsets) for each in some])

    every = sounds.samples, sounds.copies, sounds.clips
    chances = [chance_of_best_key(int(each.heard.pitches.sum())) for each in sounds.samples]
    return (
        Figure("in_key", *_thrice(share, every), _mean(chances), target=0.85),
        Figure("notes_per_s", *_thrice(notes_per_s, every)),
    )


def beat_figure(sounds: Sounds, tempos: Tempos) -> Figure:
    """Strength of the beat at the best tempo that the artist is known to play at."""

    def strength(some: Sequence[Heard]) -> float | None:
        return _mean([_strongest(each.heard.onsets, each.like, tempos) for each in some])

    samples, copies, clips = map(strength, (sounds.samples, sounds.copies, sounds.clips))
    mixed_up = [_strongest(shuffled(c.heard.onsets), c.like, tempos) for c in sounds.clips]
    return Figure("beat", samples, copies, clips, _mean(mixed_up), target=0.25)


def artist_of(clip: Clip) -> str:
    """Who is heard."""
    return clip.song.artist


def genre_of(clip: Clip) -> str:
    """What is heard."""
    return " ".join(clip.song.genres)


def recognition_figures(sounds: Sounds) -> tuple[Figure, Figure]:
    """How often the artist is recognised, or one of the same genre, by how decoded clips sound."""
    return (
        _recognition("genre", genre_of, sounds, 0.8),
        _recognition("artist", artist_of, sounds, 0.6),
    )


def fault_figures(sounds: Sounds, codes_per_s: float) -> tuple[Figure, ...]:
    """Shares of pieces that are not silent, not clipped and not stuck.

    Args:
        codes_per_s: of the top level.
    """

    def moving(some: Sequence[Heard]) -> float | None:
        known = [each.top for each in some if each.top is not None]
        return _mean([loop_share(codes, codes_per_s) < _STUCK for codes in known])

    def sounding(some: Sequence[Heard]) -> float | None:
        return _mean([each.heard.silent < _MOST_SILENT for each in some])

    def unclipped(some: Sequence[Heard]) -> float | None:
        return _mean([each.heard.clipped < _MOST_CLIPPED for each in some])

    samples, copies, clips = sounds.samples, sounds.copies, sounds.clips
    return (
        Figure("not_silent", sounding(samples), sounding(copies), sounding(clips), target=1.0),
        Figure("not_clipped", unclipped(samples), unclipped(copies), unclipped(clips), target=1.0),
        Figure("not_stuck", moving(samples), real=moving(clips), target=1.0),
    )


def seam_figures(sounds: Sounds) -> tuple[Figure, ...]:
    """Spectral flux where windows were joined over that elsewhere: 1 where nothing is heard."""

    def ratio(some: Sequence[Heard], place: int) -> float | None:
        known = [each.seams[place] for each in some if each.seams]
        return _mean([value for value in known if value is not None])

    return tuple(
        Figure(f"seams_{level}", ratio(sounds.samples, n), real=ratio(sounds.clips, n), chance=1.0)
        for n, level in enumerate(("bottom", "middle"))
    )


def distance_figure(sounds: Sounds) -> Figure:
    """How far timbres lie from those of held-out songs; a trend, for equally many samples."""
    real = np.stack([each.heard.timbre for each in sounds.clips])
    mean, spread = real.mean(0), real.std(0) + 1e-6
    directions = np.linalg.svd((real - mean) / spread, full_matrices=False)[2][:_DIRECTIONS].T

    def placed(some: Sequence[Heard]) -> NDArray[np.floating]:
        return (np.stack([each.heard.timbre for each in some]) - mean) / spread @ directions

    clips = placed(sounds.clips)
    return Figure(
        "distance",
        model=_distance(placed(sounds.samples), clips),
        copy=_distance(placed(sounds.copies), clips),
        real=_distance(clips[::2], clips[1::2]),
    )


def recogniser_of(examples: Sequence[Heard]) -> Recogniser:
    """Who tells artists apart."""
    timbres = np.stack([each.heard.timbre for each in examples])
    return Recogniser(timbres, [artist_of(each.like) for each in examples])


def _distance(some: NDArray[np.floating], others: NDArray[np.floating]) -> float | None:
    """Of two clouds; None where one of them is a single point."""
    return frechet_distance(some, others) if min(len(some), len(others)) > 1 else None


def _strongest(onsets: NDArray[np.float32], clip: Clip, tempos: Tempos) -> float:
    slowest, fastest = tempos.get(clip.song.artist, _ANY_TEMPO)
    return beat_strength(onsets, best_tempo(onsets, slowest, fastest))


def _recognition(name: str, called: Callable[[Clip], str], sounds: Sounds, target: float) -> Figure:
    by_artist = {artist_of(each.like): called(each.like) for each in sounds.examples}

    def right_ones(judge: Recogniser, some: Sequence[Heard]) -> list[bool]:
        guessed = judge.recognise(np.stack([each.heard.timbre for each in some]))
        return [by_artist[g] == called(each.like) for g, each in zip(guessed, some, strict=True)]

    def of_others(some: Sequence[Heard]) -> float | None:
        """Each part of the songs judged by who learnt from the other parts."""
        pairs = [(recogniser_of(others), mine) for others, mine in _folds(some, sounds.examples)]
        return _mean([right for judge, mine in pairs for right in right_ones(judge, mine)])

    return Figure(
        name,
        model=_mean(right_ones(recogniser_of(sounds.examples), sounds.samples)),
        copy=of_others(sounds.copies),
        real=of_others(sounds.clips),
        chance=1 / len(set(by_artist.values())),
        target=target,
    )


def _folds(
    some: Sequence[Heard], examples: Sequence[Heard]
) -> list[tuple[list[Heard], list[Heard]]]:
    """For each part of the songs the examples from other parts, and what is of this one."""
    part_of = _parts(some)
    folds = [
        (
            [each for each in examples if part_of[each.like.song.name] != part],
            [each for each in some if part_of[each.like.song.name] == part],
        )
        for part in sorted(set(part_of.values()))
    ]
    return [fold for fold in folds if fold[0]]


def _parts(some: Sequence[Heard]) -> dict[str, int]:
    """The songs in parts, each with one song of each artist."""
    songs = {each.like.song.name: each.like.song.artist for each in some}
    seen: dict[str, int] = {}
    parts: dict[str, int] = {}
    for song, artist in sorted(songs.items()):
        parts[song] = seen[artist] = seen.get(artist, -1) + 1
    return parts


def _thrice(
    judge: Callable[[Sequence[Heard]], float | None], every: Sequence[Sequence[Heard]]
) -> tuple[float | None, float | None, float | None]:
    """What a judge says of samples, copies and clips."""
    samples, copies, clips = map(judge, every)
    return samples, copies, clips


def _mean(values: Sequence[float]) -> float | None:
    return float(np.mean(values)) if values else None

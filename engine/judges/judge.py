"""Judges a model: asks all judges, or some, and brings their figures together.

Knows the parts of a judgement. Does not know how anything is heard.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from engine.errors import TaskError
from engine.judges.codec import code_use
from engine.judges.continuing import continuing_figures
from engine.judges.figures import Figure
from engine.judges.likelihood import prior_figures
from engine.judges.sound import (
    beat_figure,
    distance_figure,
    fault_figures,
    key_figures,
    recognition_figures,
    seam_figures,
)
from engine.judges.trial import Trial
from engine.types import Level

_SI_SDR_DB = {Level.BOTTOM: 14.0, Level.MIDDLE: 9.0, Level.TOP: 3.0}
_CODES_IN_USE = 0.9
_CHANCE = 0.5


def judge_samples(trial: Trial) -> Sequence[Figure]:
    """What the model makes: key, beat, genre, artist, faults, seams, distance."""
    sounds, spec = trial.sounds, trial.model.installed.spec
    return (
        *key_figures(sounds),
        beat_figure(sounds, trial.tempos),
        *recognition_figures(sounds),
        *fault_figures(sounds, spec.sample_rate / spec.grid),
        *seam_figures(sounds),
        distance_figure(sounds),
    )


def judge_likelihood(trial: Trial) -> Sequence[Figure]:
    """Whether the top prior expects held-out music more when it is told the truth."""
    found = prior_figures(trial.prior, trial.clips, trial.top_codes, trial.wish.tell)
    return (
        Figure("bits_top", model=found.bits),
        Figure("true_artist_likelier", found.artist.wins, chance=_CHANCE, target=0.95),
        Figure("bits_saved_by_artist", found.artist.saved),
        Figure("true_genre_likelier", found.genre.wins, chance=_CHANCE),
        Figure("bits_saved_by_genre", found.genre.saved),
        Figure("true_lyrics_likelier", found.lyrics.wins, chance=_CHANCE, target=0.8),
        Figure("bits_saved_by_lyrics", found.lyrics.saved),
    )


def judge_codec(trial: Trial) -> Sequence[Figure]:
    """How well each level of the VQ-VAE keeps held-out songs, and which codes they need."""
    figures: list[Figure] = []
    for level, copies in trial.copies.items():
        name, copier = level.name.lower(), trial.copiers[level]
        ratio = float(np.mean([copy.si_sdr_db for copy in copies]))
        use = code_use([copier.codes(copy.clip) for copy in copies], copier.size)
        figures += [
            Figure(f"si_sdr_db_{name}", copy=ratio, target=_SI_SDR_DB[level]),
            Figure(f"codes_in_use_{name}", copy=use.share, target=_CODES_IN_USE),
            Figure(f"perplexity_{name}", copy=use.perplexity),
        ]
    return figures


def judge_lyrics(trial: Trial) -> Sequence[Figure]:
    """Whether the words that are asked for are sung."""
    if len({clip.prompt.lyrics for clip in trial.sung}) < 2:
        return ()
    values = trial.lyrics_preferred
    return (Figure("lyrics_heard", *values, chance=_CHANCE, target=0.7),)


def judge_continuing(trial: Trial) -> Sequence[Figure]:
    """Whether songs go on as they began."""
    return continuing_figures(trial.pieces)


PARTS: Mapping[str, Callable[[Trial], Sequence[Figure]]] = {
    "likelihood": judge_likelihood,
    "samples": judge_samples,
    "codec": judge_codec,
    "lyrics": judge_lyrics,
    "continuing": judge_continuing,
}


def judge(trial: Trial, parts: Sequence[str]) -> list[Figure]:
    """The figures of some parts, in the order of `PARTS`; of all where none is named.

    Raises:
        TaskError: there is no such part.
        EngineError: something cannot be judged.
        OSError: what was found cannot be kept.
    """
    unknown = [part for part in parts if part not in PARTS]
    if unknown:
        raise TaskError(f"There is no part “{unknown[0]}”. Parts: {', '.join(PARTS)}.")
    chosen = [part for part in PARTS if part in parts or not parts]
    return [figure for part in chosen for figure in PARTS[part](trial)]

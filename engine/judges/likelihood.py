"""Whether a prior expects held-out music more when it is told the truth about it.

One window of each clip is judged with its own labels and with those of others, side by side.
Knows the top prior, codes and labels. Does not know sound.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray

from engine.judges.clips import Clip
from engine.models import Prior
from engine.sampling.batches import labels_of
from engine.sampling.labels import SongLabels
from engine.training.tokens import CodeArray
from engine.types import Prompt

Bits = NDArray[np.float32]
"""(codes,) how little each code was expected."""


@dataclass(frozen=True, slots=True)
class Paired:
    """How a false label compares with the true one, over many clips.

    Attributes:
        clips: how many could be compared.
        wins: share of them that are likelier with the true label.
        saved: bits per code that the truth saves, on the average.
    """

    clips: int
    wins: float
    saved: float


@dataclass(frozen=True, slots=True)
class PriorFigures:
    """What a prior makes of the truth.

    Attributes:
        bits: per code, told the truth.
        artist, genre: against those of another clip, on all codes.
        lyrics: against those of another song, on codes that are sung.
    """

    bits: float
    artist: Paired
    genre: Paired
    lyrics: Paired


@dataclass(frozen=True, slots=True, eq=False)
class _Surprises:
    """Of one clip: told the truth, and told another artist, genre or lyrics; None where none is."""

    true: Bits
    artist: Bits | None
    genre: Bits | None
    lyrics: Bits | None
    sung: NDArray[np.bool_]


def prior_figures(
    prior: Prior, clips: Sequence[Clip], codes: Sequence[CodeArray], tell: Callable[[str], None]
) -> PriorFigures:
    """Judge the first window of each clip.

    Args:
        prior: of the top level.
        codes: of each clip at that level.
        tell: is told how far it is.
    """
    found: list[_Surprises] = []
    for number, (clip, mine) in enumerate(zip(clips, codes, strict=True)):
        tell(f"likelihood {number + 1} of {len(clips)}")
        others = [*clips[number + 1 :], *clips[:number]]
        found.append(_surprises(prior, clip, mine, others))
    return PriorFigures(
        bits=float(np.mean([each.true.mean() for each in found])),
        artist=_paired([(each.true, each.artist) for each in found]),
        genre=_paired([(each.true, each.genre) for each in found]),
        lyrics=_paired([_on(each.sung, each.true, each.lyrics) for each in found]),
    )


def _surprises(prior: Prior, clip: Clip, codes: CodeArray, others: Sequence[Clip]) -> _Surprises:
    mine = clip.prompt
    theirs = [other.prompt for other in others]
    told = {
        "true": mine,
        "artist": _other(mine, "artist", theirs),
        "genre": _other(mine, "genres", theirs),
        "lyrics": _other(mine, "lyrics", theirs),
    }
    known = {name: prompt for name, prompt in told.items() if prompt is not None}
    rows = dict(zip(known, _bits(prior, codes, list(known.values())), strict=True))
    return _Surprises(
        rows["true"],
        rows.get("artist"),
        rows.get("genre"),
        rows.get("lyrics"),
        _sung(clip, prior.config.hop, len(rows["true"])),
    )


def _other(mine: Prompt, label: str, theirs: Sequence[Prompt]) -> Prompt | None:
    """The same with one label of another that has it, and another one; None where there is none."""
    own = getattr(mine, label)
    found = [getattr(prompt, label) for prompt in theirs]
    strange = [value for value in found if value and value != own]
    return replace(mine, **{label: strange[0]}) if own and strange else None


def _bits(prior: Prior, codes: CodeArray, prompts: Sequence[Prompt]) -> list[Bits]:
    """The same window told differently."""
    assert prior.vocabulary is not None
    config = prior.config
    known = codes[: config.context].astype(np.int64)
    padded = np.pad(known, (0, -(config.lyrics_in_sequence + len(known)) % _block(prior)))
    windows = [SongLabels(prompt, prior.vocabulary, config).window(0) for prompt in prompts]
    with torch.inference_mode():
        conditioning = prior.condition(labels_of(windows, 1, prior.device), None)
        tokens = torch.from_numpy(padded).expand(len(prompts), -1)
        bits = prior.surprise(tokens, conditioning)[:, : len(known)]
    return list(bits.numpy())


def _block(prior: Prior) -> int:
    return prior.config.transformer.block_length


def _sung(clip: Clip, hop: int, codes: int) -> NDArray[np.bool_]:
    """Which codes sound while a word is sung."""
    sung = np.zeros(codes, bool)
    for word in clip.song.words_in(clip.span) if clip.song.timed else ():
        first, last = ((at - clip.span.start) // hop for at in (word.sung.start, word.sung.end))
        sung[max(first, 0) : max(last + 1, 0)] = True
    return sung


def _on(chosen: NDArray[np.bool_], true: Bits, other: Bits | None) -> tuple[Bits, Bits | None]:
    if other is None or not chosen.any():
        return true, None
    return true[chosen], other[chosen]


def _paired(pairs: Sequence[tuple[Bits, Bits | None]]) -> Paired:
    saved = np.array([float((other - true).mean()) for true, other in pairs if other is not None])
    if not len(saved):
        return Paired(0, 0.5, 0.0)
    wins = (saved > 0).mean() + (saved == 0).mean() / 2
    return Paired(len(saved), float(wins), float(saved.mean()))

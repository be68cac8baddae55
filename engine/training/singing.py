"""How a spoken word is put on a tune: when each of its sounds comes, and on what pitch.

Pure arithmetic on times. Knows nothing of voices, spectra or files.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.training.score import Note, SungWord

FRAME_S = 0.005

_VOWELS = frozenset(
    ["aa", "ae", "ah", "ao", "aw", "ax", "ay", "eh", "er", "ey", "ih", "iy", "ow", "oy", "uh", "uw"]
)
_VOICELESS = frozenset(("p", "t", "k", "f", "th", "s", "sh", "ch", "hh"))
_ONSET_SHARE, _CLUSTER_SHARE, _CODA_SHARE = 0.25, 0.4, 0.35
_GLIDE_FRAMES = 13
_VIBRATO_HZ, _VIBRATO_SEMITONES = 5.5, 0.25
_VIBRATO_DELAY_S, _VIBRATO_RISE_S = 0.25, 0.3

Times = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Phone:
    """A speech sound of a spoken word; times in seconds from the word's first sound.

    Attributes:
        name: in the CMU phone set, lower case.
    """

    name: str
    start: float
    end: float

    @property
    def is_vowel(self) -> bool:
        """Whether a syllable can be held on it."""
        return self.name in _VOWELS

    @property
    def is_voiced(self) -> bool:
        """Whether it has a pitch."""
        return self.name not in _VOICELESS


def spoken_times(phones: Sequence[Phone], word: SungWord, times: Times) -> Times:
    """Where in the spoken word to look at each moment of the sung word.

    Consonants keep their natural length as far as there is room; vowels are held on the notes.
    A word with more vowels than notes sings the first ones and passes over the rest.
    """
    anchors = _anchors(phones, word)
    return np.interp(times, [sung for sung, _ in anchors], [spoken for _, spoken in anchors])


def _anchors(phones: Sequence[Phone], word: SungWord) -> list[tuple[float, float]]:
    """Pairs of sung and spoken time, both rising."""
    vowels = [phone for phone in phones if phone.is_vowel][: len(word.notes)]
    if not vowels:
        return [(word.start, phones[0].start), (word.end, phones[-1].end)]
    ends = [note.start for note in word.notes[1 : len(vowels)]] + [word.end]
    anchors = [(word.start, phones[0].start)]
    onset = vowels[0].start - phones[0].start
    room = word.notes[0].start - word.start + _ONSET_SHARE * (ends[0] - word.notes[0].start)
    anchors.append((word.start + min(onset, room), vowels[0].start))
    for i, vowel in enumerate(vowels):
        following = vowels[i + 1].start if i + 1 < len(vowels) else phones[-1].end
        share = _CLUSTER_SHARE if i + 1 < len(vowels) else _CODA_SHARE
        length = min(following - vowel.end, share * (ends[i] - anchors[-1][0]))
        anchors += [(ends[i] - length, vowel.end), (ends[i], following)]
    return anchors


def pitch_curve(words: Sequence[SungWord], times: Times) -> Times:
    """Frequency in hertz at each moment of a phrase, gliding between notes, with late vibrato.

    Args:
        words: of one phrase, in order.
        times: (frames,) seconds, `FRAME_S` apart.
    """
    notes = [note for word in words for note in word.notes]
    starts = np.array([note.start for note in notes])
    current = np.maximum(np.searchsorted(starts, times, side="right") - 1, 0)
    steps = np.array([note.pitch for note in notes], dtype=np.float64)[current]
    return 440 * 2 ** ((_smoothed(steps) + _vibrato(notes, current, times) - 69) / 12)


def _smoothed(steps: Times) -> Times:
    window = np.hanning(_GLIDE_FRAMES + 2)[1:-1]
    padded = np.pad(steps, _GLIDE_FRAMES // 2, mode="edge")
    return np.convolve(padded, window / window.sum(), mode="valid").astype(np.float64)


def _vibrato(notes: Sequence[Note], current: NDArray[np.intp], times: Times) -> Times:
    """Semitones up and down, deepening while a note is held."""
    held = times - np.array([note.start for note in notes])[current]
    depth = np.clip((held - _VIBRATO_DELAY_S) / _VIBRATO_RISE_S, 0, 1) * _VIBRATO_SEMITONES
    return depth * np.sin(2 * np.pi * _VIBRATO_HZ * held)

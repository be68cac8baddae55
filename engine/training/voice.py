"""The singing voice: words spoken by flite, taken apart by WORLD, and put back on a tune.

Spoken words are kept on disk, taken apart, because each is sung many times. Knows nothing of
the band or of whole songs.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.atomic import replacing
from engine.audio.files import read_audio, resample
from engine.training.artists import Singer
from engine.training.score import SungWord
from engine.training.singing import FRAME_S, Phone, pitch_curve, spoken_times
from engine.training.tools import run_program, world_vocoder
from engine.types import Audio

RATE = 16_000

_FRAME_MS = 1000 * FRAME_S
_ENVELOPE_NUMBERS = 50
_SPOKEN_RMS = 0.1
_PHRASE_GAP_S = 0.08
_PITCH_FLOOR_HZ = 60.0

Samples = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class SpokenWord:
    """A word taken apart.

    Attributes:
        phones: its sounds, without the silence around it.
        envelope: (frames, numbers) coded spectral envelope, from the first sound on.
        aperiodicity: (frames, bands) coded.
    """

    phones: tuple[Phone, ...]
    envelope: Samples
    aperiodicity: Samples


class Voice:
    """A singer at the microphone.

    Args:
        singer: who sings.
        cache: folder for spoken words; made when missing.

    Raises:
        ToolError: flite or WORLD is missing.
    """

    def __init__(self, singer: Singer, cache: Path) -> None:
        self._singer = singer
        self._cache = cache / singer.voice
        self._cache.mkdir(parents=True, exist_ok=True)
        self._world = world_vocoder()
        self._fft_size = int(self._world.get_cheaptrick_fft_size(RATE))
        self._known: dict[str, SpokenWord] = {}

    def sing(self, words: Sequence[SungWord], seconds: float, rate: int) -> Samples:
        """All words at their times: (samples,) at a rate, silence between."""
        sound = np.zeros(round(seconds * rate))
        for phrase in phrases(words):
            sung = resample(Audio(self._phrase(phrase).astype(np.float32), RATE), rate).samples
            first = round(phrase[0].start * rate)
            end = min(len(sound), first + len(sung))
            sound[first:end] += sung[: end - first]
        return sound

    def spoken(self, text: str) -> SpokenWord:
        """A word, from memory, from disk, or spoken now."""
        if text not in self._known:
            path = self._cache / f"{text}.npz"
            if not path.exists():
                write_word(path, self._speak(text))
            self._known[text] = read_word(path)
        return self._known[text]

    def _phrase(self, words: Sequence[SungWord]) -> Samples:
        start, end = words[0].start, words[-1].end
        times = start + FRAME_S * np.arange(round((end - start) / FRAME_S), dtype=np.float64)
        borders = np.searchsorted(times, [word.start for word in words[1:]])
        frames = [
            self._frames(word, part)
            for word, part in zip(words, np.split(times, borders), strict=True)
        ]
        envelope, aperiodicity, voiced = (
            np.concatenate(layer) for layer in zip(*frames, strict=True)
        )
        world = self._world
        spectrum = world.decode_spectral_envelope(envelope, RATE, self._fft_size)
        return world.synthesize(
            np.where(voiced, pitch_curve(words, times), 0.0),
            formants_moved(spectrum, self._singer.formant_scale),
            world.decode_aperiodicity(aperiodicity, RATE, self._fft_size),
            RATE,
            _FRAME_MS,
        )

    def _frames(self, word: SungWord, times: Samples) -> tuple[Samples, Samples, NDArray[np.bool_]]:
        """Envelope, aperiodicity and voicing of a word at moments of the song."""
        spoken = self.spoken(word.text)
        moments = spoken_times(spoken.phones, word, times)
        starts = [phone.start for phone in spoken.phones]
        voiced = np.array([phone.is_voiced for phone in spoken.phones])
        return (
            _interpolated(spoken.envelope, moments / FRAME_S),
            _interpolated(spoken.aperiodicity, moments / FRAME_S),
            voiced[np.searchsorted(starts, moments, side="right") - 1],
        )

    def _speak(self, text: str) -> SpokenWord:
        with tempfile.TemporaryDirectory() as folder:
            wav = Path(folder) / "word.wav"
            printed = run_program(
                "flite", "-voice", self._singer.voice, "-psdur", "-t", text, "-o", str(wav)
            )
            audio = read_audio(wav, RATE)
        return self._taken_apart(audio.samples.astype(np.float64), *read_phones(printed))

    def _taken_apart(
        self, samples: Samples, phones: tuple[Phone, ...], silence_s: float
    ) -> SpokenWord:
        samples = samples[round(silence_s * RATE) :][: round(phones[-1].end * RATE)]
        samples = samples * (_SPOKEN_RMS / _vowel_rms(samples, phones))
        world = self._world
        rough, times = world.dio(samples, RATE, f0_floor=_PITCH_FLOOR_HZ, frame_period=_FRAME_MS)
        pitch = _filled(world.stonemask(samples, rough, times, RATE), times, phones)
        spectrum = world.cheaptrick(samples, pitch, times, RATE, fft_size=self._fft_size)
        noise = world.d4c(samples, pitch, times, RATE, threshold=0.0, fft_size=self._fft_size)
        return SpokenWord(
            phones,
            world.code_spectral_envelope(spectrum, RATE, _ENVELOPE_NUMBERS),
            world.code_aperiodicity(noise, RATE),
        )


def phrases(words: Iterable[SungWord]) -> list[list[SungWord]]:
    """Runs of words without a breath between them."""
    runs: list[list[SungWord]] = []
    for word in words:
        if runs and word.start - runs[-1][-1].end < _PHRASE_GAP_S:
            runs[-1].append(word)
        else:
            runs.append([word])
    return runs


def read_phones(printed: str) -> tuple[tuple[Phone, ...], float]:
    """Phones from flite's "name:end" list, and the silence before the first of them."""
    pairs = [token.rsplit(":", 1) for token in printed.split()]
    names, ends = [name for name, _ in pairs], [float(end) for _, end in pairs]
    silence_s = ends[0] if names[0] == "pau" else 0.0
    starts = [0.0, *ends]
    phones = (
        Phone(name, start - silence_s, end - silence_s)
        for name, start, end in zip(names, starts, ends, strict=False)
        if name != "pau"
    )
    return tuple(phones), silence_s


def _vowel_rms(samples: Samples, phones: Sequence[Phone]) -> float:
    vowels = [
        samples[round(phone.start * RATE) : round(phone.end * RATE)]
        for phone in phones
        if phone.is_vowel
    ]
    return float(np.sqrt(np.mean(np.concatenate(vowels) ** 2)))


def _filled(pitch: Samples, times: Samples, phones: Sequence[Phone]) -> Samples:
    """A pitch wherever a voiced sound is, so that creaky speech still sings clearly."""
    starts = [phone.start for phone in phones]
    voiced = np.array([phone.is_voiced for phone in phones])
    found = pitch > 0
    if not found.any():
        return pitch
    everywhere = np.interp(times, times[found], pitch[found])
    return np.where(voiced[np.searchsorted(starts, times, side="right") - 1], everywhere, 0.0)


def _interpolated(frames: Samples, places: Samples) -> Samples:
    places = np.clip(places, 0, len(frames) - 1)
    lower = np.minimum(places.astype(np.intp), len(frames) - 2)
    share = (places - lower)[:, None]
    return frames[lower] * (1 - share) + frames[lower + 1] * share


def formants_moved(spectrum: Samples, scale: float) -> Samples:
    """Envelopes, (frames, bins), stretched along frequency."""
    places = np.arange(spectrum.shape[1]) / scale
    return np.ascontiguousarray(_interpolated(spectrum.T, places).T)


def write_word(path: Path, word: SpokenWord) -> None:
    """Keep a word that is taken apart, in single precision."""
    with replacing(path) as file:
        np.savez(
            file,
            names=np.array([phone.name for phone in word.phones]),
            times=np.array([(phone.start, phone.end) for phone in word.phones]),
            envelope=word.envelope.astype(np.float32),
            aperiodicity=word.aperiodicity.astype(np.float32),
        )


def read_word(path: Path) -> SpokenWord:
    """A word that was kept by `write_word`."""
    with np.load(path) as stored:
        names, times = stored["names"], stored["times"]
        phones = (Phone(str(n), *map(float, t)) for n, t in zip(names, times, strict=True))
        return SpokenWord(
            tuple(phones),
            stored["envelope"].astype(np.float64),
            stored["aperiodicity"].astype(np.float64),
        )

"""A score made to sound: the band through fluidsynth, the voice through flite and WORLD."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.audio.files import Channels, read_audio
from engine.training.house import house_artists
from engine.training.midi import midi_file
from engine.training.mixing import mastered, mixed
from engine.training.score import Part, Score
from engine.training.tools import ToolError, run_program
from engine.training.voice import Voice
from engine.types import Audio

RATE = 22_050
SOUNDFONT = Path("/usr/share/sounds/sf2/FluidR3_GM.sf2")


class Studio:
    """Where songs are recorded.

    Args:
        soundfont: General MIDI sounds for the band.
        cache: folder for spoken words.
    """

    def __init__(self, soundfont: Path, cache: Path) -> None:
        if not soundfont.is_file():
            raise ToolError(
                f"There is no soundfont at {soundfont}. On Debian: apt install fluid-soundfont-gm."
            )
        self._soundfont = soundfont
        self._artists = {artist.name: artist for artist in house_artists()}
        self._voices = {artist.name: Voice(artist.singer, cache) for artist in house_artists()}

    def render(self, score: Score) -> Audio:
        """The song, mono at `RATE`, at −17 dBFS, peaks below 0.9."""
        samples = round(score.seconds * RATE)
        voice = self._voices[score.artist].sing(score.words, score.seconds, RATE)
        band = self._band(score.parts)
        over_db = self._artists[score.artist].voice_over_band_db
        mix = mixed(voice, _fitted(band, samples), RATE, over_db)
        return Audio(mastered(mix, RATE), RATE)

    def _band(self, parts: Sequence[Part]) -> Audio:
        with tempfile.TemporaryDirectory() as folder:
            song, wav = Path(folder) / "song.mid", Path(folder) / "song.wav"
            song.write_bytes(midi_file(parts))
            options = ("-ni", "-q", "-g", "0.5", "-R", "0", "-C", "0", "-r", str(RATE))
            dynamic = ("-o", "synth.dynamic-sample-loading=1", "-T", "wav", "-O", "float")
            run_program(
                "fluidsynth", *options, *dynamic, "-F", str(wav), str(self._soundfont), str(song)
            )
            return read_audio(wav, channels=Channels.MONO)


def _fitted(audio: Audio, length: int) -> NDArray[np.float64]:
    """Samples, cut or followed by silence."""
    samples = audio.samples[:length].astype(np.float64)
    return np.pad(samples, (0, length - len(samples)))

"""Which notes are heard in a sound, by a small network of other people's: Basic Pitch.

Knows how that network is asked and how its answers become notes. Does not know keys.

Source: Bittner et al. 2022, "A lightweight instrument-agnostic model for polyphonic note
transcription and multipitch estimation".
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

import resources
from engine.audio.files import resample
from engine.errors import EngineError
from engine.types import Audio

RATE = 22050
_FRAME = 256
_WINDOW = 43844
_FRAMES = 172
_KEPT_OUT = 15
"""Frames at either end of a window that its neighbours tell better."""
_ONSET, _SOUNDING = 0.5, 0.3
_SHORTEST = 10
"""Frames of the shortest note: 0.12 s."""
_LOWEST = 21
_OUTPUTS = ("StatefulPartitionedCall:2", "StatefulPartitionedCall:1")


class JudgeError(EngineError):
    """A judge cannot be asked."""


@dataclass(frozen=True, slots=True)
class HeardNote:
    """A note: its MIDI pitch, and when it sounds, in seconds."""

    pitch: int
    start: float
    end: float


class Transcriber:
    """Basic Pitch, ready to listen.

    Raises:
        JudgeError: onnxruntime is missing.
    """

    def __init__(self) -> None:
        try:
            import onnxruntime
        except ImportError as error:
            raise missing("onnxruntime") from error
        runtime: Any = onnxruntime
        options = runtime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        weights = resources.path("judges", "basic-pitch", "nmp.onnx")
        self._session = runtime.InferenceSession(str(weights), options, ["CPUExecutionProvider"])
        self._input = self._session.get_inputs()[0].name

    def notes(self, audio: Audio) -> tuple[HeardNote, ...]:
        """The notes of a mono sound at any rate, in order of pitch and then of time."""
        samples = resample(audio, RATE).samples
        onsets, sounding = self._posteriors(samples)
        return tuple(_notes(onsets, sounding))

    def _posteriors(self, samples: NDArray[np.float32]) -> tuple[NDArray[np.float32], ...]:
        """How likely each of 88 notes begins, and sounds, at each frame: (frames, 88) twice."""
        windows = _windows(samples)[..., np.newaxis]
        answers = [self._session.run(list(_OUTPUTS), {self._input: w[np.newaxis]}) for w in windows]
        frames = len(samples) // _FRAME
        kept = slice(_KEPT_OUT, -_KEPT_OUT)
        return tuple(
            np.concatenate([answer[n][0, kept] for answer in answers])[:frames] for n in (0, 1)
        )


def missing(package: str) -> JudgeError:
    """What to say where a package of the extra is not installed."""
    return JudgeError(f"Judging needs {package}: pip install “jukebox-studio[judge]”.")


def _windows(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Windows of which the middle frames follow each other: (windows, samples)."""
    begin, hop = _KEPT_OUT * _FRAME, (_FRAMES - 2 * _KEPT_OUT) * _FRAME
    count = max(1, -(-len(samples) // hop))
    padded = np.zeros((count - 1) * hop + max(_WINDOW, begin + hop), np.float32)
    padded[begin : begin + len(samples)] = samples
    return np.stack([padded[n * hop : n * hop + _WINDOW] for n in range(count)])


def _notes(onsets: NDArray[np.float32], sounding: NDArray[np.float32]) -> list[HeardNote]:
    found: list[HeardNote] = []
    for key in range(onsets.shape[1]):
        begins = _peaks(onsets[:, key])
        silent = np.append(np.flatnonzero(sounding[:, key] < _SOUNDING), len(onsets))
        for begin, following in pairwise([*begins, len(onsets)]):
            end = min(int(silent[np.searchsorted(silent, begin + 1)]), following)
            if end - begin >= _SHORTEST:
                times = begin * _FRAME / RATE, end * _FRAME / RATE
                found.append(HeardNote(_LOWEST + key, *times))
    return found


def _peaks(likely: NDArray[np.float32]) -> list[int]:
    """Frames at which a note begins: more likely than not, and likelier than beside them."""
    padded = np.pad(likely, 1)
    higher = (likely > padded[:-2]) & (likely >= padded[2:])
    return np.flatnonzero(higher & (likely >= _ONSET)).tolist()

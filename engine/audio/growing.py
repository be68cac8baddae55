"""A sound file that grows while something is recorded.

Knows libsndfile. Knows nothing of microphones.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from engine.atomic import told
from engine.errors import AudioFileError


class GrowingFile:
    """A FLAC file of 24 bits that takes sound block by block; whole once it is closed.

    Raises:
        AudioFileError: it cannot be written there, from each of its methods.
    """

    def __init__(self, path: Path, rate: int, channels: int) -> None:
        self._path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = soundfile.SoundFile(path, "w", rate, channels, "PCM_24", format="FLAC")
        except OSError as error:
            raise AudioFileError(told(error, path)) from error
        except soundfile.LibsndfileError as error:
            raise self._refused(error) from error

    def write(self, samples: NDArray[np.float32]) -> None:
        """Add (frames, channels) of sound; what is beyond −1…1 is clipped."""
        try:
            self._file.write(np.clip(samples, -1, 1))
        except (soundfile.LibsndfileError, AssertionError) as error:
            raise self._refused(error) from error

    def close(self) -> None:
        """End the file. Closing twice is closing once."""
        try:
            self._file.close()
        except soundfile.LibsndfileError as error:
            raise self._refused(error) from error

    def _refused(self, error: Exception) -> AudioFileError:
        return AudioFileError(
            "“{path}” cannot be written: {reason}. Make room on the disk.",
            path=self._path,
            reason=str(error).rstrip("."),
        )

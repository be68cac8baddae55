"""Whether sung words can be told from other words by a speech recogniser of other people's.

PocketSphinx is made to align a sound with a text, and says how well that goes. Knows sounds and
texts. Does not know songs or models.

Source: Huggins-Daines et al. 2006, "PocketSphinx: a free, real-time continuous speech recognition
system for hand-held devices".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from engine.audio.files import resample
from engine.judges.notes import missing
from engine.types import Audio

_RATE = 16000
_WIDE = 1e-300
"""Beams so wide that any text can be aligned with any sound, however badly."""
_LOUDEST = 32767


class Listener:
    """PocketSphinx, ready to align English words.

    Raises:
        JudgeError: it is not installed.
    """

    def __init__(self) -> None:
        try:
            import pocketsphinx
        except ImportError as error:
            raise missing("pocketsphinx") from error
        sphinx: Any = pocketsphinx
        beams = dict.fromkeys(("beam", "pbeam", "wbeam"), _WIDE)
        self._decoder = sphinx.Decoder(
            samprate=_RATE, lm=None, bestpath=False, loglevel="FATAL", **beams
        )

    def likeness(self, audio: Audio, text: str) -> float:
        """How well a mono sound goes with the words of a text, for comparison with other texts.

        Words that the recogniser does not know are passed over; 0 where nothing can be aligned.
        """
        known = [word for word in _words(text) if self._decoder.lookup_word(word)]
        if not known:
            return 0.0
        samples = resample(audio, _RATE).samples.clip(-1, 1) * _LOUDEST
        self._decoder.reinit_feat()  # else it goes on from the loudness that it has heard before
        self._decoder.set_align_text(" ".join(known))
        self._decoder.start_utt()
        self._decoder.process_raw(samples.astype(np.int16).tobytes(), full_utt=True)
        self._decoder.end_utt()
        found = self._decoder.hyp()
        return 0.0 if found is None else float(found.score)

    def preference(self, audio: Audio, true: str, others: Sequence[str]) -> float:
        """Share of other texts that go worse with a sound than the true one; a draw is half."""
        mine = self.likeness(audio, true)
        theirs = [self.likeness(audio, other) for other in others]
        wins = [(mine > each) + (mine == each) / 2 for each in theirs]
        return sum(wins) / max(1, len(wins))


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z']+", text.lower())

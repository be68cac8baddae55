"""Models that others released, for which this program was made. Plain facts, nothing is loaded.

Source: sizes of the released files (two upsamplers, a VQ-VAE and the top prior), July 2020.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.types import ModelId

_OPENAI = "OpenAI's non-commercial licence; say that music was made with Jukebox"


@dataclass(frozen=True, slots=True)
class KnownModel:
    """A model that exists, installed or not. Attributes as in `ModelSpec`."""

    id: ModelId
    title: str
    size_bytes: int
    licence: str


KNOWN_MODELS = (
    KnownModel(ModelId("1b_lyrics"), "Jukebox 1B with lyrics (2020)", 11_700_000_000, _OPENAI),
    KnownModel(ModelId("5b"), "Jukebox 5B (2020)", 18_000_000_000, _OPENAI),
    KnownModel(ModelId("5b_lyrics"), "Jukebox 5B with lyrics (2020)", 19_200_000_000, _OPENAI),
)

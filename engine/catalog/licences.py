"""Licences of models, told in plain words before a model is fetched. Plain facts.

A summary is no licence: each names the place of the real text.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Licence:
    """What may be done with a model and with its music.

    Attributes:
        name: in one line, as kept with the model.
        points: what matters, a sentence each.
        address: where the whole text can be read.
    """

    name: str
    points: tuple[str, ...]
    address: str


OPENAI_JUKEBOX = Licence(
    name="OpenAI's non-commercial licence; say that music was made with Jukebox",
    points=(
        "Only non-commercial use is allowed: of the weights, and of the music made with them.",
        "Whoever shares such music says plainly that it was made with Jukebox.",
        "Copies of the weights carry the same licence and its notice.",
        "OpenAI promises nothing and answers for nothing.",
    ),
    address="https://github.com/openai/jukebox/blob/master/LICENSE",
)

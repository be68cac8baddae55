"""Lyrics as the models read them: one number per character of a small alphabet.

Knows transliteration and alphabets. Knows nothing of songs, windows or models; which alphabet a
model reads is written in its labels.

Source: Jukebox paper, section 4.2; the rules and orders of the released models.
"""

from __future__ import annotations

import string
from collections.abc import Iterable

from unidecode import unidecode

_LETTERS = string.ascii_uppercase + string.ascii_lowercase + string.digits


def in_ascii(text: str) -> str:
    """A text in the letters and signs of English, as closely as they can say it."""
    return unidecode(_without_surrogates(text))


class Alphabet:
    """The characters that a model knows, numbered from 1 in order; 0 means none."""

    def __init__(self, characters: str) -> None:
        self._ids = {character: number for number, character in enumerate(characters, start=1)}

    @property
    def size(self) -> int:
        """How many numbers there are, 0 included."""
        return len(self._ids) + 1

    @property
    def ids(self) -> dict[str, int]:
        """The number of each character."""
        return dict(self._ids)

    def clean(self, text: str) -> str:
        """`text` as the model reads it: transliterated, a backslash as a new line, the rest gone.

        Case, tabs and new lines stay. A character may become several (“…” is “...”) or none.
        """
        plain = in_ascii(text).replace("\\", "\n")
        return "".join(character for character in plain if character in self._ids)

    def origins(self, text: str) -> tuple[int, ...]:
        """For each character of `clean(text)`, the position in `text` that it comes from."""
        lengths = {character: len(self.clean(character)) for character in set(text)}
        return tuple(
            place for place, character in enumerate(text) for _ in range(lengths[character])
        )

    def encode(self, text: str) -> tuple[int, ...]:
        """The numbers of `text`, cleaned first."""
        return tuple(self._ids[character] for character in self.clean(text))

    def decode(self, numbers: Iterable[int]) -> str:
        """The characters of numbers; 0 is none.

        Raises:
            ValueError: a number stands for no character.
        """
        characters = {number: character for character, number in self._ids.items()} | {0: ""}
        try:
            return "".join(characters[number] for number in numbers)
        except KeyError as error:
            allowed = f"from 0 to {self.size - 1}"
            raise ValueError(f"Characters have numbers {allowed}, not {error}.") from error

    def lost(self, text: str) -> tuple[int, ...]:
        """Positions in `text` of the characters of which the model sees nothing."""
        kept = {character: bool(self.clean(character)) for character in set(text)}
        return tuple(place for place, character in enumerate(text) if not kept[character])


ALPHABET_V2 = Alphabet(_LETTERS + ".,:;!?-+'\"()[] \t\n")
"""Of the 5B models."""

ALPHABET_V3 = Alphabet(_LETTERS + ".,:;!?-'\"()[] \t\n")
"""Of the 1B model and of Pocket: without the plus sign."""


def _without_surrogates(text: str) -> str:
    """Halves of characters appear where bytes were no text; nothing can be said about them."""
    return text.encode("utf-8", "ignore").decode("utf-8")

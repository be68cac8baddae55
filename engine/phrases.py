"""Sentences for people that can be said in another language, by whoever has a translation.

Knows a sentence and what stands in it. Knows no language but English, and no catalogue.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType


class Phrase(str):
    """A text in English that still knows what it was made of.

    Attributes:
        sentence: the text with its {fields} open; a translation is found by it.
        fields: what stands in them: numbers, phrases, and else texts; none where it came whole.
    """

    sentence: str
    fields: Mapping[str, object]

    def __new__(cls, sentence: str, **fields: object) -> Phrase:
        """A phrase of a sentence, filled in; `sentence` is a literal, or has been a phrase's."""
        plain = {name: _plain(value) for name, value in fields.items()}
        phrase = super().__new__(cls, sentence.format(**plain) if plain else sentence)
        phrase.sentence, phrase.fields = str(sentence), MappingProxyType(plain)
        return phrase

    def __reduce__(self) -> tuple[Callable[..., Phrase], tuple[object, ...]]:
        return _again, (self.sentence, dict(self.fields))


def _plain(value: object) -> object:
    """A value that any pipe can carry."""
    return value if isinstance(value, int | float | Phrase) else str(value)


def _again(sentence: str, fields: Mapping[str, object]) -> Phrase:
    """A phrase that came from another process."""
    return Phrase(sentence, **fields)

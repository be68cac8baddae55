"""What a label version means: which alphabet and which rules for names."""

from __future__ import annotations

from collections.abc import Mapping

from engine.catalog.specs import LabelVersion
from engine.text.lyrics import ALPHABET_V2, ALPHABET_V3, Alphabet
from engine.text.vocabulary import ExactVocabulary, Vocabulary, WordVocabulary


def alphabet_of(version: LabelVersion) -> Alphabet:
    """The characters that lyrics are made of."""
    return ALPHABET_V2 if version is LabelVersion.V2 else ALPHABET_V3


def vocabulary_of(
    version: LabelVersion, artists: Mapping[str, int], genres: Mapping[str, int]
) -> Vocabulary:
    """The names of a model's lists, under the rules of the version."""
    kind = WordVocabulary if version is LabelVersion.V2 else ExactVocabulary
    return kind(artists, genres)

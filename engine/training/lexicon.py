"""The words of the house lyrics: `words.toml` read, and every form that a word can take.

Knows English spelling, and how many syllables each form has. Knows nothing of sentences or of
melody. A test compares the syllables with those that the singer really sings.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FILE = Path(__file__).parent / "words.toml"
_NUMBERS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5}
_VOWELS = frozenset("aeiou")
_HISSING = ("s", "x", "z", "ch", "sh")
_HISSING_WITH_E = ("se", "ze", "ce", "ge", "xe")
_NOUNS = ("nature", "animal", "person", "thing", "place", "body", "time")
_VERBS = ("go", "take")


@dataclass(frozen=True, slots=True)
class Word:
    """A word as it is written and how many syllables it is sung on."""

    text: str
    syllables: int


Words = tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All words there are.

    Attributes:
        kinds: words by what they can stand for in a sentence, such as "animal" (one), "animals"
            (many), "go", "goes", "going" and "went" (what one does), "take" and so on (what one
            does to something), "adjective", "name".
        rhymes: words that end alike; all of them nouns.
    """

    kinds: Mapping[str, Words]
    rhymes: tuple[Words, ...]


@cache
def lexicon() -> Lexicon:
    """The words of `words.toml` with their inflected forms."""
    table = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    kinds = {kind: _listed(table[kind]) for kind in table["kinds"]["all"].split()}
    plurals, pasts = (dict(_pairs(table["irregular"][name])) for name in ("plurals", "pasts"))
    doubling = frozenset(table["irregular"]["doubling"].split())
    for kind in _NOUNS:
        kinds[f"{kind}s"] = tuple(plural(word, plurals) for word in kinds[kind])
    for kind, (does, doing, did) in zip(_VERBS, _FORMS, strict=True):
        verbs = kinds[kind]
        kinds[does] = tuple(map(third_person, verbs))
        kinds[doing] = tuple(gerund(verb, doubling) for verb in verbs)
        kinds[did] = tuple(past(verb, pasts, doubling) for verb in verbs)
    nouns = {word.text: word for kind in (*_NOUNS, "mass") for word in kinds[kind]}
    groups = table["rhymes"]["groups"].strip().splitlines()
    return Lexicon(kinds, tuple(tuple(nouns[text] for text in group.split()) for group in groups))


_FORMS = (("goes", "going", "went"), ("takes", "taking", "took"))


def _listed(by_syllables: Mapping[str, str]) -> Words:
    return tuple(
        Word(text, _NUMBERS[number])
        for number, texts in by_syllables.items()
        for text in texts.split()
    )


def _pairs(text: str) -> Iterable[tuple[str, Word]]:
    """From "foot feet, child chil-dren": hyphens part the syllables."""
    for pair in text.split(","):
        base, form = pair.split()
        yield base, Word(form.replace("-", ""), form.count("-") + 1)


def plural(noun: Word, irregular: Mapping[str, Word]) -> Word:
    """More than one of them."""
    return irregular[noun.text] if noun.text in irregular else third_person(noun)


def third_person(word: Word) -> Word:
    """With an s, as verbs and nouns alike take it: "walks", "carries", "wishes", "goes"."""
    text = word.text
    if text.endswith("o") and text[-2] not in _VOWELS:
        return Word(text + "es", word.syllables)
    if _ends_in_y(text):
        return Word(text[:-1] + "ies", word.syllables)
    if text.endswith(_HISSING):
        return Word(text + "es", word.syllables + 1)
    return Word(text + "s", word.syllables + text.endswith(_HISSING_WITH_E))


def gerund(verb: Word, doubling: Iterable[str] = ()) -> Word:
    """Being done: "walking", "dancing", "running"."""
    text = verb.text
    if text.endswith("ie"):
        stem = text[:-2] + "y"
    elif text.endswith("e") and not text.endswith(("ee", "oe", "ye")):
        stem = text[:-1]
    else:
        stem = _doubled(verb, doubling)
    return Word(stem + "ing", verb.syllables + 1)


def past(verb: Word, irregular: Mapping[str, Word], doubling: Iterable[str] = ()) -> Word:
    """Done: "walked", "carried", "ran"."""
    text = verb.text
    if text in irregular:
        return irregular[text]
    syllables = verb.syllables + text.endswith(("t", "d", "te", "de"))
    if _ends_in_y(text):
        return Word(text[:-1] + "ied", syllables)
    return Word((text if text.endswith("e") else _doubled(verb, doubling) + "e") + "d", syllables)


def _ends_in_y(text: str) -> bool:
    return text.endswith("y") and text[-2] not in _VOWELS


def _doubled(verb: Word, doubling: Iterable[str]) -> str:
    """Short vowels are kept short by a double consonant: "stop" becomes "stopp"."""
    text = verb.text
    short = (
        verb.syllables == 1
        and len(text) > 2
        and text[-1] not in "aeiouwxy"
        and text[-2] in _VOWELS
        and (text[-3] not in _VOWELS or (text[-3:-1] == "ui" and text[0] == "q"))
    )
    return text + text[-1] if short or text in doubling else text

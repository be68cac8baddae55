"""The lyric grammar: lines of a wished length, rhyming where it is asked, out of our own words.

Knows what a line of a verse, a chorus and a bridge is built like. Knows nothing of melody or sound.
In templates hyphens part the syllables of a word ("be-hind"), and braces name a slot.
"""

from __future__ import annotations

import random
import zlib
from collections.abc import Iterable, Sequence
from enum import Enum
from functools import cache

from engine.training.lexicon import Lexicon, Word, Words, lexicon

Line = tuple[Word, ...]

_HELD_OUT_PART = 25

_OF_KINDS = {
    "noun": "nature animal person thing place",
    "nouns": "natures animals persons things places",
    "body": "body",
    "bodies": "bodys",
    "somebody": "person animal",
    "somebodies": "persons animals",
    "site": "nature place",
    "sites": "natures places",
    "stuff": "mass",
    "time": "time",
    "times": "times",
    "name": "name",
    "town": "town",
    "day": "day",
    "feeling": "feeling",
    "adj": "adjective",
    "adverb": "adverb",
    "number": "number",
    "go": "go",
    "goes": "goes",
    "going": "going",
    "went": "went",
    "take": "take",
    "takes": "takes",
    "taking": "taking",
    "took": "took",
}
_OF_WORDS = {
    "who": "I you we they",
    "we": "you we they",
    "my": "my your our his her their",
    "the": "the the the my your our this that",
    "over": "o-ver un-der in-to be-hind be-yond through down by to from near a-round a-bove be-low "
    "a-long a-cross a-gainst be-side past with-in to-ward at in on of for with a-bout",
    "when": "when while if since be-fore af-ter un-til be-cause as",
    "will": "will can must may might would could should",
    "so": "so too ve-ry just such",
    "she": "she he it who",
    "him": "me you him her them us it one",
    "up": "up out off back down in on a-way",
    "where": "where when how why what if",
    "any": "an-y some no all ev-e-ry each most",
    "I'll": "I'll you'll we'll they'll she'll he'll",
    "can't": "can't won't don't could-n't would-n't did-n't gon-na",
    "oh": "oh hey come well yes yeah la",
}

_VERSE = (
    "{who} {go} {over} the {adj} {end}",
    "{who} {went} {over} the {end}",
    "{who} {went} with the {noun} {over} the {end}",
    "{who} {took} the {noun} and the {end}",
    "{who} {took} the {nouns} {over} the {end}",
    "the {noun} is {going} like the {end}",
    "and the {noun} was {going} in the {end}",
    "the {noun} {goes} {over} the {end}",
    "the {somebody} {takes} the {end}",
    "a {adj} {somebody} {took} the {end}",
    "there is a {noun} {over} the {end}",
    "there was {stuff} and {stuff} on the {end}",
    "all the {nouns} are {going} {over} the {end}",
    "{number} {adj} {nouns} {over} the {end}",
    "{number} {nouns} {went} to the {end}",
    "{adj} {nouns} are {going} near the {end}",
    "{my} {body} is {adj} as the {end}",
    "{when} the {noun} {goes} to the {end}",
    "{when} {my} {bodies} are {going} like the {end}",
    "{who} {took} {name} to the {end}",
    "{name} is {going} {over} the {end}",
    "{name} and {name} {went} to the {end}",
    "{name} {takes} the {adj} {end}",
    "in the {time} the {noun} is a {adj} {end}",
    "in {town} the {nouns} {go} to the {end}",
    "on a {day} {time} by the {end}",
    "from {town} to {town} with the {end}",
    "{adverb} the {somebody} {goes} to the {end}",
    "{who} {went} {adverb} to the {end}",
    "they are {taking} the {stuff} from the {end}",
    "I am {so} {adj} and you are the {end}",
    "it was {adverb} {adj} {over} the {end}",
    "{feeling} is like a {noun} {over} the {end}",
    "full of {feeling} is the {end}",
    "{the} {noun} and {the} {noun} and {the} {end}",
    "{who} {will} {take} the {adj} {end}",
    "{who} {will} {go} {adverb} {over} the {end}",
    "I'm {going} {over} the {end}",
    "we're {taking} {stuff} to the {end}",
    "don't {take} the {noun} from the {end}",
    "it's a {adj} {noun} for the {end}",
    "{she} {goes} {up} {over} the {end}",
    "{she} {takes} {him} {over} the {end}",
    "{she} {took} {him} and {she} {took} the {end}",
    "{who} {can't} {go} {over} the {end}",
    "{who} {can't} {take} {him} {adverb}",
    "I'm gon-na {take} {him} to the {end}",
    "{I'll} {go} {adverb} to the {end}",
    "{where} {she} {goes} there is a {end}",
    "{where} the {nouns} {go} there is {stuff}",
    "{who} have {any} {noun} but not the {end}",
    "she has {number} {nouns} and a {end}",
    "he had a {adj} {noun} or a {end}",
    "they were {adj} and {adj} as the {end}",
    "{any} {noun} that {goes} is a {adj} {end}",
    "do {who} know that the {noun} is {adj}",
    "there's {any} {noun} {over} the {end}",
    "that's the {noun} which {goes} {up}",
    "{who} think of {him} by the {end}",
    "I've been {going} since the {time}",
    "{my} {adj} {body} {goes} to the {end}",
    "{my} {body} {goes} {up} like a {adj} {end}",
)
_CHORUS = (
    "{oh} {take} me {take} me to the {end}",
    "{take} me {adverb} to the {end}",
    "{oh} {take} me {adverb} {over} the {end}",
    "{go} on {go} on to the {end}",
    "we are the {noun} and the {end}",
    "you are my {noun} and my {end}",
    "you are the {feeling} of the {end}",
    "sing for the {noun} sing for the {end}",
    "{oh} the {noun} {oh} the {adj} {end}",
    "and {who} {will} {take} the {adj} {end}",
    "{feeling} is the {noun} {feeling} is the {end}",
    "{oh} {name} {oh} {name} {go} to the {end}",
    "{name} {name} you're the {end}",
    "give me {feeling} give me the {end}",
    "all of {my} {bodies} are {going} for the {end}",
    "{town} {town} I'm {going} to the {end}",
    "and it's {adverb} {adj} {over} the {end}",
    "we'll {take} the {stuff} we'll {take} the {end}",
    "let it {go} let it {go} {over} the {end}",
    "no more {feeling} no more {end}",
    "this is the {time} of the {adj} {end}",
    "{my} {body} {my} {body} is {going} like the {end}",
    "{oh} ba-by {oh} ba-by {take} the {end}",
    "I want {him} I need {him} like the {end}",
    "{I'll} {take} {him} and I'll {take} the {end}",
    "{who} {can't} {go} {who} {can't} {go} from the {end}",
    "I love {him} {so} like the {end}",
    "{oh} {oh} {oh} {go} to the {end}",
    "{any} {time} {any} {time} {over} the {end}",
    "you're the {adj} {noun} you're the {end}",
    "{take} {him} {up} {take} {him} {up} to the {end}",
    "more than the {noun} more than the {end}",
)
_BRIDGE = (
    "and what if the {noun} {will} {go} {adverb}",
    "{when} {who} {took} the {adj} {end}",
    "may-be the {somebodies} {will} {take} the {end}",
    "who {will} {take} {my} {body} to the {end}",
    "where did the {adj} {somebody} {go}",
    "what did you {take} from the {end}",
    "no-bod-y {takes} the {stuff} or the {end}",
    "I {will} not {take} it I {will} not {go}",
    "{adj} and {adj} and {adj} is the {end}",
    "ev-e-ry {time} and ev-e-ry {end}",
    "{number} {times} {over} the {end}",
    "{feeling} and {feeling} and the {end}",
    "on {day} in {town} by the {end}",
    "how {adj} are the {sites} of the {end}",
    "some-bod-y {took} the {where} and the {end}",
)


class Stanza(Enum):
    """What a stanza is for, as templates of its lines."""

    VERSE = _VERSE
    CHORUS = _CHORUS
    BRIDGE = _BRIDGE


def everyday() -> Lexicon:
    """The words that training songs are made of: all but those held out."""
    return _part(held_out=False)


def unheard() -> Lexicon:
    """The words held out from training songs, one in 25; rhymes are those of all words."""
    return _part(held_out=True)


def is_held_out(word: Word) -> bool:
    """Whether a word of the lexicon is kept from training songs.

    Words that rhyme or that lines are held together by never are.
    """
    return zlib.crc32(word.text.encode()) % _HELD_OUT_PART == 0 and word not in _always_known()


@cache
def _always_known() -> frozenset[Word]:
    rhyming = (word for group in lexicon().rhymes for word in group)
    return frozenset((*rhyming, *_fixed_words()))


def _fixed_words() -> Iterable[Word]:
    """The words that stand in the templates themselves, and those of the small slots."""
    tokens = " ".join((*_VERSE, *_CHORUS, *_BRIDGE)).split()
    written = [token for token in tokens if not token.startswith("{")]
    return map(_word, (*written, *" ".join(_OF_WORDS.values()).split(), "an"))


@cache
def _part(*, held_out: bool) -> Lexicon:
    kinds = {
        kind: tuple(word for word in words if is_held_out(word) == held_out)
        for kind, words in lexicon().kinds.items()
    }
    return Lexicon(
        {kind: words or lexicon().kinds[kind] for kind, words in kinds.items()}, lexicon().rhymes
    )


_PATIENCE = 5000
"""Lines drawn before a rhyme is given up."""


class Lyricist:
    """Writes lines out of the words of a lexicon."""

    def __init__(self, known: Lexicon) -> None:
        self._choices = {
            slot: tuple(word for kind in kinds.split() for word in known.kinds[kind])
            for slot, kinds in _OF_KINDS.items()
        }
        self._choices.update({slot: _words(texts) for slot, texts in _OF_WORDS.items()})
        self._rhymes = known.rhymes

    def vocabulary(self) -> frozenset[Word]:
        """Every word that can be drawn."""
        drawn = (word for words in (*self._choices.values(), *self._rhymes) for word in words)
        return frozenset((*_fixed_words(), *drawn))

    def stanza(
        self, kind: Stanza, syllables: Sequence[int], scheme: str, rng: random.Random
    ) -> tuple[Line, ...]:
        """A line for each number of syllables (6 to 10).

        Args:
            scheme: a letter per line; lines of one letter rhyme, "." rhymes with nothing.
        """
        letters = sorted(set(scheme) - {"."})
        groups = dict(zip(letters, rng.sample(self._rhymes, len(letters)), strict=True))
        left = {letter: rng.sample(group, len(group)) for letter, group in groups.items()}
        ends = [left[letter].pop() if letter != "." else None for letter in scheme]
        return tuple(
            self._line(kind.value, end, count, rng)
            for end, count in zip(ends, syllables, strict=True)
        )

    def _line(
        self, templates: tuple[str, ...], end: Word | None, syllables: int, rng: random.Random
    ) -> Line:
        """Lines are drawn until one has the wished length, which takes some dozens.

        A few words may give no line of a length with a rhyme; then one without it is drawn.
        """
        fitting = tuple(line for line in templates if line.endswith("{end}")) if end else templates
        for _ in range(_PATIENCE):
            drawn = [self._filled(token, end, rng) for token in rng.choice(fitting).split()]
            line = _with_articles(drawn)
            if sum(word.syllables for word in line) == syllables:
                return line
        return self._line(templates, None, syllables, rng)

    def _filled(self, token: str, end: Word | None, rng: random.Random) -> Word:
        if not token.startswith("{"):
            return _word(token)
        if token == "{end}":
            return end or rng.choice(self._choices["noun"])
        return rng.choice(self._choices[token[1:-1]])


def _word(spelling: str) -> Word:
    return Word(spelling.replace("-", ""), spelling.count("-") + 1)


def _words(spellings: str) -> Words:
    return tuple(map(_word, spellings.split()))


def _with_articles(line: Sequence[Word]) -> Line:
    """With "an" before vowels."""
    following = (*line[1:], Word("", 0))
    return tuple(
        Word("an", 1) if word.text == "a" and after.text.lower().startswith(_AN_BEFORE) else word
        for word, after in zip(line, following, strict=True)
    )


_AN_BEFORE = (*"aeio", "hour", "honest", "honor", "ugly", "ultimate", "um", "unc", "unu")

"""The lyric grammar: a few hundred common words, lines of a wished length, rhyming couplets.

Knows words, their syllables and how lines are built of them. Knows nothing of melody or sound.
In the tables hyphens part the syllables of a word: "riv-er".
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass

_SLOTS = {
    "adj": (
        "gold-en sil-ver qui-et gen-tle emp-ty hid-den bro-ken bur-ning dis-tant hap-py lone-ly "
        "old young warm cold deep slow bright dark blue green red long sweet soft wild"
    ),
    "noun": (
        "riv-er wa-ter moun-tain win-dow gar-den sum-mer win-ter mor-ning eve-ning o-cean "
        "shad-ow can-dle mu-sic hun-ter moth-er fa-ther sis-ter broth-er chil-dren col-or "
        "heart wind fire road song dream house bird rose voice cloud star wave world"
    ),
    "nouns": (
        "riv-ers moun-tains win-dows gar-dens shad-ows can-dles chil-dren wa-ters col-ors "
        "hearts roads songs dreams birds clouds stars waves leaves hands hills"
    ),
    "move": "wan-der fol-low trav-el walk run dance sail ride fly drift climb sleep",
    "ing": (
        "sing-ing danc-ing fall-ing call-ing wait-ing turn-ing shin-ing burn-ing sleep-ing "
        "ris-ing cry-ing dream-ing"
    ),
    "does": "whis-pers an-swers comes goes sings speaks runs turns falls moves shines cries",
    "across": "o-ver un-der in-to be-hind be-yond through down by to from",
    "give": "show bring give send leave tell",
    "call": "call hold lead bring take car-ry re-mem-ber fol-low",
    "adverb": "soft-ly slow-ly gent-ly ev-er a-gain home back now on",
    "when": "when while if since be-fore af-ter un-til",
    "who": "I you we they",
}

_RHYMES = (
    "night light sight flight knight",
    "day way bay clay",
    "sea tree bee key",
    "rain train lane plain",
    "sky eye fly",
    "snow glow bow show",
    "moon tune noon spoon",
    "stone home bone throne",
    "door shore floor store",
    "land sand band hand",
    "street beat feet heat",
    "fire wire",
    "hill mill",
    "sound ground town",
    "stream dream team beam",
    "ring king spring wing",
    "rose clothes",
    "flame name game frame",
    "fall wall hall ball",
)

_VERSE = (
    "{who} {move} {across} the {adj} {end}",
    "{who} {move} {across} the {end}",
    "{who} {move} with the {noun} {across} the {end}",
    "the {noun} is {ing} like the {end}",
    "and the {noun} is {ing} in the {end}",
    "the {noun} {does} {across} the {end}",
    "and the {adj} {noun} {does} to the {end}",
    "you {give} me the {noun} and the {end}",
    "there is a {noun} {across} the {end}",
    "all the {nouns} are {ing} {across} the {end}",
    "{adj} {nouns} are {ing} near the {end}",
    "my {noun} is {adj} as the {end}",
    "{when} the {noun} {does} to the {end}",
    "{who} {give} the {nouns} to the {end}",
)
_CHORUS = (
    "oh {call} me {call} me to the {end}",
    "{call} me {adverb} to the {end}",
    "oh {call} me {adverb} to the {adj} {end}",
    "{call} on to the {noun} and the {end}",
    "we are the {noun} and the {end}",
    "you are my {noun} and my {end}",
    "sing for the {noun} sing for the {end}",
    "oh the {noun} oh the {adj} {end}",
    "and {who} will {call} the {adj} {end}",
    "love is the {noun} love is the {end}",
)


@dataclass(frozen=True, slots=True)
class Word:
    """A word in lower case (but for "I") and how many syllables it is sung on."""

    text: str
    syllables: int


Line = tuple[Word, ...]


def _word(spelling: str) -> Word:
    return Word(spelling.replace("-", ""), spelling.count("-") + 1)


_CHOICES = {slot: tuple(map(_word, spellings.split())) for slot, spellings in _SLOTS.items()}
_ENDS = tuple(tuple(map(_word, rhyme.split())) for rhyme in _RHYMES)


def vocabulary() -> tuple[Word, ...]:
    """Every word that a lyric can hold, in alphabetical order."""
    plain = re.sub(r"{\w+}", "", " ".join(_VERSE + _CHORUS)).split()
    words = {_word(text) for text in plain}
    words.update(word for choices in (*_CHOICES.values(), *_ENDS) for word in choices)
    return tuple(sorted(words, key=lambda word: word.text))


def verse(lines: int, syllables: int, rng: random.Random) -> tuple[Line, ...]:
    """Lines that tell, rhyming in pairs, each of exactly `syllables` (6 to 9)."""
    return _stanza(_VERSE, lines, syllables, rng)


def chorus(lines: int, syllables: int, rng: random.Random) -> tuple[Line, ...]:
    """Lines that call, rhyming in pairs, each of exactly `syllables` (6 to 9)."""
    return _stanza(_CHORUS, lines, syllables, rng)


def _stanza(
    templates: tuple[str, ...], lines: int, syllables: int, rng: random.Random
) -> tuple[Line, ...]:
    rhymes = [rng.choice(_ENDS) for _ in range((lines + 1) // 2)]
    ends = [word for rhyme in rhymes for word in rng.sample(rhyme, 2)]
    return tuple(_line(templates, end, syllables, rng) for end in ends[:lines])


def _line(templates: tuple[str, ...], end: Word, syllables: int, rng: random.Random) -> Line:
    """A line of the wished length: lines are drawn until one fits, which takes a few dozen."""
    while True:
        line = tuple(_fill(token, end, rng) for token in rng.choice(templates).split())
        if sum(word.syllables for word in line) == syllables:
            return line


def _fill(token: str, end: Word, rng: random.Random) -> Word:
    if token == "{end}":
        return end
    return rng.choice(_CHOICES[token[1:-1]]) if token.startswith("{") else _word(token)

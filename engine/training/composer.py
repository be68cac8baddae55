"""The composer: from a seed to a score, always the same one.

Knows how words meet tunes in the sections of a song. Knows nothing of sound or files.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache

from engine.training import form, melody
from engine.training.arrangement import parts
from engine.training.form import BARS, STEP_S, Phrase, Section, Setting
from engine.training.harmony import chord_name
from engine.training.house import house_artists
from engine.training.melody import Ending, Motif
from engine.training.score import Named, Note, Score, SungWord
from engine.training.words import Line, Lyricist, Stanza, everyday, unheard

HELD_OUT_SONGS = 900_000
"""The first of the seeds that no model learns from; their words are the everyday ones."""

HELD_OUT_WORDS = 950_000
"""The first of the seeds whose songs are made of words that no model has heard."""

_INSTRUMENTAL_SHARE = 0.1
_CONSONANT_LEAD_S = 4 * STEP_S
_RING_OUT_S = 1.0
_HOOK_SHARE = 0.5

_STANZAS = {"verse": Stanza.VERSE, "chorus": Stanza.CHORUS, "bridge": Stanza.BRIDGE}
_LIFTS = {"verse": -1, "chorus": 2, "bridge": 1}
"""Steps of the scale by which a section's tune lies above the middle of the voice."""

_PLANS = {2: ("AA", "AB"), 4: ("AABA", "AABA", "ABAB", "AAAB")}
"""Which motif each line of a section takes."""


@dataclass(frozen=True, slots=True)
class _Plan:
    """The tune of a section, the same whenever it comes back.

    Attributes:
        syllables: of each line.
        tunes: of each line.
        scheme: how the lines rhyme.
    """

    syllables: tuple[int, ...]
    tunes: tuple[tuple[Note, ...], ...]
    scheme: str


def compose(seed: int) -> Score:
    """The song of a seed. Neighbouring seeds go round the artists and then round the keys."""
    setting = form.setting(seed, house_artists())
    sections = _sections(setting, _lyricist(seed >= HELD_OUT_WORDS), random.Random(f"song {seed}"))
    if random.Random(f"instrumental {seed}").random() < _INSTRUMENTAL_SHARE:
        sections = tuple(_without_words(section) for section in sections)
    lyrics, starts = _written(sections, random.Random(f"spelling {seed}"))
    bars = [degree for section in sections for p in section.phrases for degree in p.degrees]
    beats = len(bars) * setting.beats
    return Score(
        seed=seed,
        artist=setting.artist.name,
        genres=(setting.artist.genre,),
        key=setting.key.name,
        tempo=round(setting.tempo, 3),
        seconds=round(setting.seconds(beats) + _RING_OUT_S, 3),
        sections=_section_times(sections, setting),
        chords=_chord_times(bars, setting),
        beats=tuple(setting.seconds(beat) for beat in range(beats)),
        lyrics=lyrics,
        words=_sung_words(sections, starts, setting),
        parts=parts(sections, setting, random.Random(f"band {seed}")),
    )


@cache
def _lyricist(unknown: bool) -> Lyricist:
    return Lyricist(unheard() if unknown else everyday())


def _sections(setting: Setting, lyricist: Lyricist, rng: random.Random) -> tuple[Section, ...]:
    plans = {name: _plan(name, setting, rng) for name in _STANZAS}
    refrain = _hooked(_text("chorus", plans["chorus"], lyricist, rng), plans["chorus"], rng)
    sections: list[Section] = []
    for name in setting.form:
        if name in plans:
            text = refrain if name == "chorus" else _text(name, plans[name], lyricist, rng)
            phrases = map(Phrase, setting.chosen.of(name), plans[name].tunes, text)
        else:
            phrases = map(Phrase, setting.chosen.of(name), plans["chorus"].tunes[-1:])
        sections.append(Section(name, tuple(phrases)))
    return tuple(sections)


def _plan(name: str, setting: Setting, rng: random.Random) -> _Plan:
    chords = setting.chosen.of(name)
    letters = rng.choice(_PLANS[len(chords)])
    themes = _themes(setting, rng)
    last = len(chords) - 1
    endings = [Ending.HALF_OPEN if i % 2 else Ending.OPEN for i in range(len(chords))]
    if chords[last][-1] == 0:
        endings[last] = Ending.CLOSED
    return _Plan(
        tuple(len(themes[letter].onsets) for letter in letters),
        tuple(
            _tune(themes[letter], degrees, ending, setting, _LIFTS[name])
            for letter, degrees, ending in zip(letters, chords, endings, strict=True)
        ),
        rng.choice(setting.artist.style.rhymes) if len(chords) == 4 else "aa",
    )


def _themes(setting: Setting, rng: random.Random) -> dict[str, Motif]:
    """A motif, and the one that answers it."""
    style = setting.artist.style
    first, second = setting.syllables
    theme = melody.motif(first, style.beats, style.syncopation, rng)
    if first == second and rng.random() < 0.5:
        return {"A": theme, "B": melody.varied(theme, rng)}
    return {"A": theme, "B": melody.motif(second, style.beats, style.syncopation, rng)}


def _tune(
    theme: Motif, degrees: tuple[int, int], ending: Ending, setting: Setting, lift: int
) -> tuple[Note, ...]:
    singer = setting.artist.singer
    chords = tuple(map(setting.chord, degrees))
    return melody.sung(
        theme,
        setting.key.scale(singer.lowest, singer.highest),
        lambda beat: chords[int(beat >= setting.beats)],
        ending,
        lift,
    )


def _text(name: str, plan: _Plan, lyricist: Lyricist, rng: random.Random) -> tuple[Line, ...]:
    return lyricist.stanza(_STANZAS[name], plan.syllables, plan.scheme, rng)


def _hooked(text: tuple[Line, ...], plan: _Plan, rng: random.Random) -> tuple[Line, ...]:
    """Half of the longer choruses begin both their halves with the same line."""
    fits = len(text) == 4 and plan.syllables[0] == plan.syllables[2]
    if fits and rng.random() < _HOOK_SHARE:
        return (text[0], text[1], text[0], text[3])
    return text


def _without_words(section: Section) -> Section:
    return replace(section, phrases=tuple(replace(p, words=()) for p in section.phrases))


def _section_times(sections: Sequence[Section], setting: Setting) -> tuple[Named, ...]:
    times: list[Named] = []
    bar = 0
    for section in sections:
        end = bar + BARS * len(section.phrases)
        times.append(_named(section.name, bar, end, setting))
        bar = end
    return tuple(times)


def _chord_times(degrees: Sequence[int], setting: Setting) -> tuple[Named, ...]:
    return tuple(
        _named(chord_name(setting.chord(degree)), bar, bar + 1, setting)
        for bar, degree in enumerate(degrees)
    )


def _named(name: str, first_bar: int, last_bar: int, setting: Setting) -> Named:
    start, end = (setting.seconds(bar * setting.beats) for bar in (first_bar, last_bar))
    return Named(name, start, end)


def _written(
    sections: Sequence[Section], rng: random.Random
) -> tuple[str, tuple[tuple[int, ...], ...]]:
    """The lyrics as a person writes them, and per line where its words start in the text."""
    spell, stop = rng.choice(_SPELLINGS)
    stanzas: list[str] = []
    starts: list[tuple[int, ...]] = []
    length = 0
    for section in sections:
        lines = [spell(_joined(phrase.words)) for phrase in section.phrases if phrase.words]
        for line in lines:
            starts.append(_word_starts(line, length))
            length += len(line) + len(stop) + 1
        if lines:
            stanzas.append("".join(f"{line}{stop}\n" for line in lines))
            length += 1
    return "\n".join(stanzas).rstrip("\n"), tuple(starts)


def _joined(line: Line) -> str:
    return " ".join(word.text for word in line)


def _capitalised(line: str) -> str:
    return line[0].upper() + line[1:]


_SPELLINGS = ((_capitalised, ""), (_capitalised, ""), (_capitalised, ","), (str, ""))
"""How people write lyrics: what they do to a line, and what they put after it."""


def _word_starts(line: str, offset: int) -> tuple[int, ...]:
    tokens = line.split(" ")
    return tuple(offset + sum(len(t) + 1 for t in tokens[:i]) for i in range(len(tokens)))


def _sung_words(
    sections: Sequence[Section], starts: Sequence[tuple[int, ...]], setting: Setting
) -> tuple[SungWord, ...]:
    phrases = [phrase for section in sections for phrase in section.phrases]
    lines = [
        (setting.timed(phrase.tune, i * BARS * setting.beats), phrase.words)
        for i, phrase in enumerate(phrases)
        if phrase.words
    ]
    return tuple(
        word
        for (notes, line), characters in zip(lines, starts, strict=True)
        for word in _sung_line(notes, line, characters)
    )


def _sung_line(
    notes: Sequence[Note], line: Line, characters: Iterable[int]
) -> tuple[SungWord, ...]:
    """Syllables meet notes one to one; each word ends where the next one's consonants start."""
    sung: list[SungWord] = []
    first = 0
    for word, character in zip(line, characters, strict=True):
        own = tuple(notes[first : first + word.syllables])
        first += word.syllables
        following = notes[first].start if first < len(notes) else own[-1].end + 1.0
        end = min(own[-1].end, following - _CONSONANT_LEAD_S)
        sung.append(SungWord(word.text, own[0].start - _CONSONANT_LEAD_S, end, character, own))
    return tuple(sung)

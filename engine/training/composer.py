"""The composer: from a seed to a score, always the same one.

Knows form, harmony and how words meet tunes. Knows nothing of sound or files.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from engine.training import melody, words
from engine.training.artists import Chords, HouseArtist, Player, house_artists
from engine.training.harmony import Key
from engine.training.melody import Ending, Motif
from engine.training.patterns import Bar
from engine.training.score import DRUM_CHANNEL, Note, Part, Score, SungWord
from engine.training.words import Line

FORM = ("intro", "verse", "chorus", "verse", "chorus", "outro")

_INSTRUMENTAL_SHARE = 0.1
_CONSONANT_LEAD_S = 0.05
_RING_OUT_S = 1.0
_BARS = 2


@dataclass(frozen=True, slots=True)
class _Phrase:
    """Two bars: their chords, and the tune over them, sung where there are words.

    Attributes:
        tune: in beats from the start of the phrase.
    """

    degrees: tuple[int, int]
    tune: tuple[Note, ...] = ()
    words: Line = ()


@dataclass(frozen=True, slots=True)
class _Section:
    name: str
    phrases: tuple[_Phrase, ...]


@dataclass(frozen=True, slots=True)
class _Setting:
    """What is decided once for a song."""

    artist: HouseArtist
    key: Key
    tempo: float
    syllables: int

    @property
    def beats(self) -> int:
        """Per bar."""
        return self.artist.style.beats

    def seconds(self, beats: float) -> float:
        """How long some beats last."""
        return beats * 60 / self.tempo


def compose(seed: int) -> Score:
    """The song of a seed. Neighbouring seeds go round the artists and then round the keys."""
    setting = _setting(seed)
    sections = _sections(setting, random.Random(f"song {seed}"))
    if random.Random(f"instrumental {seed}").random() < _INSTRUMENTAL_SHARE:
        sections = tuple(_without_words(section) for section in sections)
    lyrics, starts = _written(sections, random.Random(f"spelling {seed}"))
    bars = _bars(sections, setting)
    return Score(
        seed=seed,
        artist=setting.artist.name,
        genres=(setting.artist.genre,),
        key=setting.key.name,
        tempo=round(setting.tempo, 3),
        seconds=round(setting.seconds(len(bars) * setting.beats) + _RING_OUT_S, 3),
        form=tuple(section.name for section in sections),
        lyrics=lyrics,
        words=_sung_words(sections, starts, setting),
        parts=_parts(sections, bars, setting, random.Random(f"band {seed}")),
    )


def _setting(seed: int) -> _Setting:
    rng = random.Random(f"setting {seed}")
    artists = house_artists()
    artist = artists[seed % len(artists)]
    key = Key(seed // len(artists) * 7 % 12, artist.style.mode)
    tempo = artist.style.tempo * rng.uniform(0.92, 1.08)
    return _Setting(artist, key, tempo, rng.choice(artist.style.syllables))


def _sections(setting: _Setting, rng: random.Random) -> tuple[_Section, ...]:
    style = setting.artist.style
    verse, chorus = rng.choice(style.verses), rng.choice(style.choruses)
    verse_tunes, chorus_tunes = (_tunes(chords, setting, rng) for chords in (verse, chorus))
    refrain = words.chorus(len(chorus), setting.syllables, rng)

    def sung(name: str, chords: Chords, tunes: Iterable[tuple[Note, ...]], text: Sequence[Line]):
        return _Section(name, tuple(map(_Phrase, chords, tunes, text)))

    verses = [
        sung("verse", verse, verse_tunes, words.verse(len(verse), setting.syllables, rng))
        for _ in range(2)
    ]
    choruses = sung("chorus", chorus, chorus_tunes, refrain)
    opening = _Section("intro", (_Phrase(chorus[-1], chorus_tunes[-1]),))
    closing = _Section("outro", (_Phrase((chorus[-1][0], 0), chorus_tunes[-1]),))
    return opening, verses[0], choruses, verses[1], choruses, closing


def _tunes(chords: Chords, setting: _Setting, rng: random.Random) -> tuple[tuple[Note, ...], ...]:
    """A melody per line: the motif, the motif again, an answer, and the motif come home."""
    theme = melody.motif(setting.syllables, setting.beats, rng)
    answer = melody.varied(theme, rng)
    last = len(chords) - 1
    return tuple(
        _tune(
            answer if last > 1 and i == last - 1 else theme,
            degrees,
            Ending.CLOSED if i == last else Ending.OPEN,
            setting,
        )
        for i, degrees in enumerate(chords)
    )


def _tune(
    theme: Motif, degrees: tuple[int, int], ending: Ending, setting: _Setting
) -> tuple[Note, ...]:
    singer = setting.artist.singer
    chords = tuple(map(setting.key.chord, degrees))
    return melody.sung(
        theme,
        setting.key.scale(singer.lowest, singer.highest),
        lambda beat: chords[int(beat >= setting.beats)],
        ending,
    )


def _without_words(section: _Section) -> _Section:
    return replace(section, phrases=tuple(replace(p, words=()) for p in section.phrases))


def _written(
    sections: Sequence[_Section], rng: random.Random
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


def _placed(sections: Sequence[_Section], setting: _Setting) -> tuple[tuple[float, _Phrase], ...]:
    """All phrases with the second at which each starts."""
    phrases = [phrase for section in sections for phrase in section.phrases]
    length = setting.seconds(_BARS * setting.beats)
    return tuple((i * length, phrase) for i, phrase in enumerate(phrases))


def _sung_words(
    sections: Sequence[_Section], starts: Sequence[tuple[int, ...]], setting: _Setting
) -> tuple[SungWord, ...]:
    lines = [(at, phrase) for at, phrase in _placed(sections, setting) if phrase.words]
    return tuple(
        word
        for (at, phrase), characters in zip(lines, starts, strict=True)
        for word in _sung_line(_timed(phrase.tune, at, setting), phrase.words, characters)
    )


def _sung_line(
    notes: Sequence[Note], line: Line, characters: Sequence[int]
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


def _timed(notes: Iterable[Note], at: float, setting: _Setting) -> tuple[Note, ...]:
    """Notes in beats as notes in seconds of the song."""
    return tuple(
        replace(n, start=at + setting.seconds(n.start), end=at + setting.seconds(n.end))
        for n in notes
    )


def _bars(sections: Sequence[_Section], setting: _Setting) -> tuple[Bar, ...]:
    chords = [
        (setting.key.chord(degree), phrase is section.phrases[-1] and bar == _BARS - 1)
        for section in sections
        for phrase in section.phrases
        for bar, degree in enumerate(phrase.degrees)
    ]
    return tuple(
        Bar(i * setting.beats, setting.beats, chord, turning)
        for i, (chord, turning) in enumerate(chords)
    )


def _parts(
    sections: Sequence[_Section], bars: Sequence[Bar], setting: _Setting, rng: random.Random
) -> tuple[Part, ...]:
    played = [(player, _accompaniment(player, bars, setting)) for player in setting.artist.band]
    if setting.artist.lead:
        played.append((setting.artist.lead, _lead(setting.artist.lead, sections, setting)))
    return tuple(
        Part(
            player.name,
            player.program,
            DRUM_CHANNEL if player.name == "drums" else channel,
            player.volume,
            tuple(_loosened(note, player.loose_ms / 1000, rng) for note in notes),
        )
        for channel, (player, notes) in enumerate(played)
    )


def _accompaniment(player: Player, bars: Sequence[Bar], setting: _Setting) -> tuple[Note, ...]:
    """The player's pattern in every bar; in the last one only its first beat, held."""
    *moving, last = bars
    notes = [
        note
        for bar in moving
        for note in _timed(player.pattern(bar, player.lowest), setting.seconds(bar.start), setting)
    ]
    final = [
        replace(note, end=float(last.beats))
        for note in player.pattern(replace(last, turning=False), player.lowest)
        if note.start < 0.5
    ]
    return (*notes, *_timed(final, setting.seconds(last.start), setting))


def _lead(player: Player, sections: Sequence[_Section], setting: _Setting) -> tuple[Note, ...]:
    """The tune wherever it is not sung, put into the instrument's range."""
    return tuple(
        replace(note, pitch=player.lowest + (note.pitch - player.lowest) % 12)
        for at, phrase in _placed(sections, setting)
        if not phrase.words
        for note in _timed(phrase.tune, at, setting)
    )


def _loosened(note: Note, loose_s: float, rng: random.Random) -> Note:
    """As people play: a little early or late, a little louder or softer."""
    shift = rng.uniform(-loose_s, loose_s)
    velocity = max(1, min(127, note.velocity + rng.randint(-7, 7)))
    return replace(note, start=max(0.0, note.start + shift), velocity=velocity)

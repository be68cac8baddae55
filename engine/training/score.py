"""A song as values: notes, parts, sung words. Times are seconds from the start of the song.

Knows nothing of how a song is composed or how it is made to sound.
"""

from __future__ import annotations

from dataclasses import dataclass

DRUM_CHANNEL = 9


@dataclass(frozen=True, slots=True)
class Note:
    """One tone.

    Attributes:
        pitch: MIDI number; 60 is middle C.
        velocity: 1 to 127.
    """

    start: float
    end: float
    pitch: int
    velocity: int = 80


@dataclass(frozen=True, slots=True)
class Part:
    """What one instrument plays.

    Attributes:
        program: General MIDI number, from 0.
        channel: MIDI channel, from 0; `DRUM_CHANNEL` for drums.
        volume: 0 to 127.
    """

    name: str
    program: int
    channel: int
    volume: int
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class SungWord:
    """A word and the tones it is sung on.

    Attributes:
        text: without punctuation; only names and "I" have capitals.
        start, end: when its first and last sounds are heard; consonants begin before the tone.
        character: where it stands in the lyrics.
        notes: one per syllable.
    """

    text: str
    start: float
    end: float
    character: int
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class Named:
    """A stretch of the song with a name: a section ("verse") or a chord ("Am")."""

    name: str
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Score:
    """A whole song.

    Attributes:
        key: such as "C major".
        tempo: beats per minute.
        sections, chords: each cover the song from 0 to its last beat without holes.
        beats: when each beat falls.
        words: in order of time, without overlap; empty in an instrumental.
    """

    seed: int
    artist: str
    genres: tuple[str, ...]
    key: str
    tempo: float
    seconds: float
    sections: tuple[Named, ...]
    chords: tuple[Named, ...]
    beats: tuple[float, ...]
    lyrics: str
    words: tuple[SungWord, ...]
    parts: tuple[Part, ...]

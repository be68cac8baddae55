"""The house artists: fictional performers, each with a voice, a tempo and a small band.

A table, and the values it is made of. Knows nothing of how a song is composed or rendered.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.training import patterns
from engine.training.harmony import Mode
from engine.training.patterns import Pattern


@dataclass(frozen=True, slots=True)
class Player:
    """One member of the band.

    Attributes:
        program: General MIDI number of the instrument, from 0.
        lowest: MIDI pitch above which the pattern is voiced.
        volume: 0 to 127.
        loose_ms: how far from the beat a note may fall.
    """

    name: str
    program: int
    pattern: Pattern
    lowest: int
    volume: int
    loose_ms: float = 8.0


@dataclass(frozen=True, slots=True)
class Singer:
    """A voice.

    Attributes:
        voice: name of the speech synthesiser's voice.
        lowest, highest: MIDI pitches of the range.
        formant_scale: above 1 for a smaller, brighter throat.
    """

    voice: str
    lowest: int
    highest: int
    formant_scale: float = 1.0


Chords = tuple[tuple[int, int], ...]
"""Per line, the scale degree (from 0) of the chord of each of its two bars."""


@dataclass(frozen=True, slots=True)
class Style:
    """How an artist's songs are built. A line of lyrics lasts two bars.

    Attributes:
        tempo: beats per minute, before the ±8 % of each song.
        beats: per bar.
        syllables: lengths of line to choose from.
        verses, choruses: chord sequences to choose from.
    """

    mode: Mode
    tempo: float
    beats: int
    syllables: tuple[int, ...]
    verses: tuple[Chords, ...]
    choruses: tuple[Chords, ...]


@dataclass(frozen=True, slots=True)
class HouseArtist:
    """A fictional performer.

    Attributes:
        lead: who plays the tune where nobody sings; None for nobody.
    """

    name: str
    genre: str
    style: Style
    singer: Singer
    band: tuple[Player, ...]
    lead: Player | None = None


_FOLK = Style(
    mode=Mode.MAJOR,
    tempo=108,
    beats=4,
    syllables=(7, 8),
    verses=(
        ((0, 3), (0, 4), (3, 0), (4, 0)),
        ((0, 5), (3, 4), (0, 5), (4, 0)),
        ((0, 0), (3, 0), (0, 5), (4, 0)),
    ),
    choruses=(((3, 0), (4, 0)), ((5, 3), (4, 0)), ((3, 4), (0, 0))),
)
_SYNTHPOP = Style(
    mode=Mode.MINOR,
    tempo=134,
    beats=4,
    syllables=(6, 7),
    verses=(
        ((0, 5), (2, 6), (0, 5), (6, 0)),
        ((0, 0), (5, 5), (3, 3), (6, 0)),
        ((0, 2), (5, 6), (0, 2), (6, 0)),
    ),
    choruses=(
        ((5, 6), (0, 2), (5, 6), (0, 0)),
        ((3, 5), (0, 6), (3, 5), (6, 0)),
    ),
)
_LULLABY = Style(
    mode=Mode.MAJOR,
    tempo=96,
    beats=3,
    syllables=(6,),
    verses=(
        ((0, 0), (3, 0), (5, 3), (4, 0)),
        ((0, 4), (5, 4), (3, 1), (4, 0)),
    ),
    choruses=(((3, 0), (4, 0)), ((1, 4), (0, 0))),
)

_ARTISTS = (
    HouseArtist(
        "Marlow Finch",
        "folk",
        _FOLK,
        Singer("rms", 50, 66),
        (
            Player("nylon guitar", 24, patterns.fingerpicked, 52, 100),
            Player("upright bass", 32, patterns.root_and_fifth, 33, 88),
        ),
        Player("flute", 73, patterns.silent, 67, 84),
    ),
    HouseArtist(
        "The Heather Lanes",
        "folk",
        _FOLK,
        Singer("slt", 57, 74),
        (
            Player("steel guitar", 25, patterns.strummed, 48, 88),
            Player("accordion", 21, patterns.sustained, 55, 52),
        ),
        Player("fiddle", 40, patterns.silent, 67, 84),
    ),
    HouseArtist(
        "Neon Harbour",
        "synthpop",
        _SYNTHPOP,
        Singer("slt", 58, 75, 1.06),
        (
            Player("synth bass", 38, patterns.pulse, 33, 92, 0.0),
            Player("synth strings", 50, patterns.sustained, 57, 70, 0.0),
            Player("drums", 0, patterns.four_on_the_floor, 0, 96, 0.0),
        ),
        Player("square lead", 80, patterns.silent, 69, 70, 0.0),
    ),
    HouseArtist(
        "Velvet Circuit",
        "synthpop",
        _SYNTHPOP,
        Singer("rms", 46, 62, 0.94),
        (
            Player("saw arpeggio", 81, patterns.arpeggio, 60, 74, 0.0),
            Player("synth bass", 39, patterns.root_and_fifth, 31, 76, 0.0),
            Player("drums", 0, patterns.backbeat, 0, 92, 0.0),
        ),
        Player("calliope lead", 82, patterns.silent, 67, 74, 0.0),
    ),
    HouseArtist(
        "Ida Moonwell",
        "lullaby",
        _LULLABY,
        Singer("slt", 60, 76, 0.97),
        (Player("warm pad", 89, patterns.sustained, 53, 90, 0.0),),
    ),
    HouseArtist(
        "Paper Swans",
        "lullaby",
        _LULLABY,
        Singer("awb", 48, 65),
        (
            Player("piano", 0, patterns.waltz, 55, 84),
            Player("cello", 42, patterns.roots, 38, 84),
        ),
        Player("music box", 10, patterns.silent, 72, 92),
    ),
)


def house_artists() -> tuple[HouseArtist, ...]:
    """All artists, in an order that stays: new ones are added at the end."""
    return _ARTISTS


def house_genres() -> tuple[str, ...]:
    """All genres, in the order in which the artists bring them up."""
    return tuple(dict.fromkeys(artist.genre for artist in _ARTISTS))

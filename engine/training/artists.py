"""What a house artist is: a voice, a small band, and a way of building songs.

Values only; who the artists are stands in `house`. Knows nothing of composing or rendering.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.training.harmony import Mode
from engine.training.patterns import Pattern


@dataclass(frozen=True, slots=True)
class Player:
    """One member of the band.

    Attributes:
        program: General MIDI number of the instrument, or of the kit for drums, from 0.
        patterns: what is played, one of them drawn per song.
        lowest: MIDI pitch above which the pattern is voiced.
        volume: 0 to 127.
        choruses: what is played in choruses instead; nothing for the same.
        rests: names of the sections in which the player is silent.
    """

    name: str
    program: int
    patterns: tuple[Pattern, ...]
    lowest: int
    volume: int
    choruses: tuple[Pattern, ...] = ()
    rests: frozenset[str] = frozenset()


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
class Harmony:
    """Chord sequences to choose from, in one mode: 4 lines a verse, 2 or 4 a chorus, 2 a bridge."""

    mode: Mode
    verses: tuple[Chords, ...]
    choruses: tuple[Chords, ...]
    bridges: tuple[Chords, ...]


@dataclass(frozen=True, slots=True)
class Style:
    """How an artist's songs are built. A line of lyrics lasts two bars.

    Attributes:
        harmonies: one is drawn per song.
        steps: of `form.STEP_S` that a beat lasts: even, and a divisor of `form.STEPS_TO_MEET`.
        beats: per bar.
        syllables: lengths of line to choose from: of most lines, and of the answering one.
        rhymes: rhyme schemes to choose from, for four lines.
        tones: of a chord, 3 or 4.
        swing: share of a beat that its first half lasts, from .5 (even) to .67.
        syncopation: how much the tune likes to fall between beats, 0 to 1.
    """

    harmonies: tuple[Harmony, ...]
    steps: int
    syllables: tuple[tuple[int, int], ...]
    beats: int = 4
    rhymes: tuple[str, ...] = ("aabb", ".a.a")
    tones: int = 3
    swing: float = 0.5
    syncopation: float = 0.3


@dataclass(frozen=True, slots=True)
class HouseArtist:
    """A fictional performer.

    Attributes:
        lead: who plays the tune where nobody sings.
        voice_over_band_db: how much louder the voice is than the band.
    """

    name: str
    genre: str
    style: Style
    singer: Singer
    band: tuple[Player, ...]
    lead: Player
    voice_over_band_db: float = 5.0

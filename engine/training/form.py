"""The form of a song: its setting, its sections, and when each beat falls.

Knows forms and time. Knows nothing of words, tunes or players.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from engine.training.artists import Chords, Harmony, HouseArtist
from engine.training.harmony import Chord, Key
from engine.training.score import Note
from engine.training.words import Line

BARS = 2
"""Of a phrase, which is a line of the lyrics."""

_FORMS = (
    "intro verse chorus verse chorus outro",
    "intro verse chorus verse chorus bridge chorus outro",
    "intro verse verse chorus bridge chorus outro",
    "intro verse chorus verse bridge chorus outro",
    "intro verse verse bridge verse outro",
    "intro verse chorus interlude verse chorus outro",
    "intro verse chorus bridge chorus outro",
    "intro chorus verse chorus outro",
)
_SHORTEST_S, _LONGEST_S = 40.0, 90.0

STEP_S = 256 / 22_050
"""What one code of Pocket's TOP lasts. Beats and halves of them fall on steps, so that what is
played again makes the same codes again."""

STEPS_TO_MEET = 240
"""After so many steps a beat ends at any artist's tempo. Windows of TOP are as far apart, so that
places in them tell where in a beat they are."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Two bars: their chords, and the tune over them, sung where there are words.

    Attributes:
        degrees: of each bar's chord, from 0.
        tune: in beats from the start of the phrase.
    """

    degrees: tuple[int, int]
    tune: tuple[Note, ...] = ()
    words: Line = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the form."""

    name: str
    phrases: tuple[Phrase, ...]


@dataclass(frozen=True, slots=True)
class Chosen:
    """The chord sequences of a song, one for each kind of section."""

    verse: Chords
    chorus: Chords
    bridge: Chords

    def of(self, section: str) -> Chords:
        """Those of a section; what is not sung takes the end of the chorus, once."""
        closing = (self.chorus[-1],)
        return {
            "verse": self.verse,
            "chorus": self.chorus,
            "bridge": self.bridge,
            "outro": ((closing[0][0], 0),),
        }.get(section, closing)


@dataclass(frozen=True, slots=True)
class Setting:
    """What is decided once for a song.

    Attributes:
        syllables: of most lines and of the answering ones.
        form: names of the sections.
    """

    artist: HouseArtist
    key: Key
    chosen: Chosen
    syllables: tuple[int, int]
    form: tuple[str, ...]

    @property
    def steps(self) -> int:
        """Of `STEP_S` that a beat lasts."""
        return self.artist.style.steps

    @property
    def tempo(self) -> float:
        """Beats per minute."""
        return 60 / (self.steps * STEP_S)

    @property
    def beats(self) -> int:
        """Per bar."""
        return self.artist.style.beats

    def chord(self, degree: int) -> Chord:
        """On a degree of the key, from 0."""
        return self.key.chord(degree, self.artist.style.tones)

    def seconds(self, beats: float) -> float:
        """When a moment comes that lies some beats after the start, swing counted in."""
        whole = int(beats // 1)
        share = beats - whole
        longer = round(self.artist.style.swing * self.steps)
        first, second = 2 * min(share, 0.5), 2 * max(share - 0.5, 0.0)
        steps = whole * self.steps + first * longer + second * (self.steps - longer)
        return steps * STEP_S

    def timed(self, notes: Iterable[Note], beat: float) -> tuple[Note, ...]:
        """Notes in beats from a whole beat of the song as notes in seconds of the song."""
        return tuple(
            replace(n, start=self.seconds(beat + n.start), end=self.seconds(beat + n.end))
            for n in notes
        )


def setting(seed: int, artists: tuple[HouseArtist, ...]) -> Setting:
    """The setting of a seed. Neighbouring seeds go round the artists and then round the keys."""
    rng = random.Random(f"setting {seed}")
    artist = artists[seed % len(artists)]
    harmony = rng.choice(artist.style.harmonies)
    key = Key(seed // len(artists) * 7 % 12, harmony.mode)
    chosen = _chosen(harmony, rng)
    line_s = BARS * artist.style.beats * artist.style.steps * STEP_S
    form = rng.choice(_fitting_forms(chosen, line_s))
    return Setting(artist, key, chosen, rng.choice(artist.style.syllables), form)


def _chosen(harmony: Harmony, rng: random.Random) -> Chosen:
    return Chosen(
        rng.choice(harmony.verses), rng.choice(harmony.choruses), rng.choice(harmony.bridges)
    )


def _fitting_forms(chosen: Chosen, line_s: float) -> Sequence[tuple[str, ...]]:
    """The forms of a good length, or else the one nearest to it."""
    lengths = {
        tuple(form.split()): line_s * sum(len(chosen.of(name)) for name in form.split())
        for form in _FORMS
    }
    fitting = [form for form, length in lengths.items() if _SHORTEST_S <= length <= _LONGEST_S]
    return fitting or [min(lengths, key=lambda form: abs(lengths[form] - _LONGEST_S))]

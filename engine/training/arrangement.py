"""The band: what every player plays, bar after bar, to the grid.

Knows patterns, fills and dynamics. Knows nothing of words or sound.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from engine.training.artists import Player
from engine.training.form import BARS, Phrase, Section, Setting
from engine.training.patterns import Bar, Fill
from engine.training.score import DRUM_CHANNEL, Note, Part

_DYNAMICS = {"intro": -8, "chorus": 8, "bridge": -4, "outro": -8}
"""Velocity that a section adds."""


def parts(sections: Sequence[Section], setting: Setting, rng: random.Random) -> tuple[Part, ...]:
    """The parts of the whole band, the lead last."""
    bars = _bars(sections, setting)
    band, lead = setting.artist.band, setting.artist.lead
    played = [(player, _accompaniment(player, bars, setting, rng)) for player in band]
    played.append((lead, _lead(lead, sections, setting)))
    return tuple(
        Part(
            player.name,
            player.program,
            DRUM_CHANNEL if player.name == "drums" else channel,
            player.volume,
            notes,
        )
        for channel, (player, notes) in enumerate(played)
    )


def _bars(sections: Sequence[Section], setting: Setting) -> tuple[tuple[str, Bar], ...]:
    """Every bar with the name of its section."""
    chords = [
        (section.name, setting.chord(degree), _fill(section, number, bar), number + bar == 0)
        for section in sections
        for number, phrase in enumerate(section.phrases)
        for bar, degree in enumerate(phrase.degrees)
    ]
    following = [chord for _, chord, _, _ in chords[1:]] + [chords[-1][1]]
    return tuple(
        (name, Bar(i * setting.beats, setting.beats, chord, after, fill, opening))
        for i, ((name, chord, fill, opening), after) in enumerate(
            zip(chords, following, strict=True)
        )
    )


def _fill(section: Section, number: int, bar: int) -> Fill:
    """At the end of every section, and of every fourth bar within."""
    if bar < BARS - 1:
        return Fill.NONE
    if number == len(section.phrases) - 1:
        return Fill.SECTION
    return Fill.PHRASE if number % 2 else Fill.NONE


def _accompaniment(
    player: Player, bars: Sequence[tuple[str, Bar]], setting: Setting, rng: random.Random
) -> tuple[Note, ...]:
    """The player's pattern in every bar; in the last one only its first beat, held."""
    usual = rng.choice(player.patterns)
    chorus = rng.choice(player.choruses) if player.choruses else usual
    notes: list[Note] = []
    for (name, bar), _ in pairwise(bars):
        if name not in player.rests:
            pattern = chorus if name == "chorus" else usual
            louder = _DYNAMICS.get(name, 0)
            played = (_louder(note, louder) for note in pattern(bar, player.lowest))
            notes += setting.timed(played, bar.start)
    _, last = bars[-1]
    final = (
        replace(note, end=float(last.beats))
        for note in usual(replace(last, fill=Fill.NONE), player.lowest)
        if note.start < 0.5
    )
    return (*notes, *setting.timed(final, last.start))


def _lead(player: Player, sections: Sequence[Section], setting: Setting) -> tuple[Note, ...]:
    """The tune wherever it is not sung, some octaves away, in the instrument's range."""
    singer = setting.artist.singer
    shift = 12 * round((player.lowest + 8 - (singer.lowest + singer.highest) / 2) / 12)
    phrases: list[Phrase] = [phrase for section in sections for phrase in section.phrases]
    return tuple(
        replace(note, pitch=note.pitch + shift)
        for i, phrase in enumerate(phrases)
        if not phrase.words
        for note in setting.timed(phrase.tune, i * BARS * setting.beats)
    )


def _louder(note: Note, velocity: float) -> Note:
    return replace(note, velocity=max(1, min(127, round(note.velocity + velocity))))

"""The house artists: who plays what, and how. A table of values.

Two artists of one genre differ in voice, instruments, tempo and the feel of their rhythm, so
that each is told from the other at once. New artists are added at the end.
"""

from __future__ import annotations

from engine.training import bass, drums, patterns
from engine.training.artists import Harmony, HouseArtist, Player, Singer, Style
from engine.training.harmony import Mode

_NO_DRUMS = frozenset({"intro", "outro"})
_BRIDGE = frozenset({"bridge"})

_FOLK_MAJOR = Harmony(
    Mode.MAJOR,
    verses=(
        ((0, 3), (0, 4), (3, 0), (4, 0)),
        ((0, 5), (3, 4), (0, 5), (4, 0)),
        ((0, 0), (3, 0), (0, 5), (4, 0)),
        ((0, 2), (3, 0), (3, 0), (4, 0)),
    ),
    choruses=(
        ((3, 0), (4, 0)),
        ((5, 3), (4, 0)),
        ((3, 4), (0, 5), (3, 4), (0, 0)),
        ((3, 0), (0, 4), (3, 0), (4, 0)),
    ),
    bridges=(((5, 2), (3, 4)), ((1, 5), (3, 4))),
)
_FOLK_MINOR = Harmony(
    Mode.MINOR,
    verses=(
        ((0, 6), (0, 6), (2, 6), (6, 0)),
        ((0, 0), (6, 6), (0, 2), (6, 0)),
        ((0, 5), (2, 6), (0, 5), (6, 0)),
    ),
    choruses=(((2, 6), (5, 0)), ((2, 6), (0, 6), (2, 6), (6, 0))),
    bridges=(((5, 2), (5, 6)), ((3, 0), (3, 6))),
)
_SYNTH_MINOR = Harmony(
    Mode.MINOR,
    verses=(
        ((0, 5), (2, 6), (0, 5), (6, 0)),
        ((0, 0), (5, 5), (3, 3), (6, 0)),
        ((0, 2), (5, 6), (0, 2), (6, 0)),
    ),
    choruses=(
        ((5, 6), (0, 2), (5, 6), (0, 0)),
        ((3, 5), (0, 6), (3, 5), (6, 0)),
        ((5, 6), (0, 0)),
    ),
    bridges=(((3, 3), (5, 6)), ((5, 5), (3, 6))),
)
_SYNTH_MAJOR = Harmony(
    Mode.MAJOR,
    verses=(((0, 4), (5, 3), (0, 4), (3, 0)), ((0, 0), (5, 5), (3, 3), (4, 0))),
    choruses=(((3, 4), (5, 0), (3, 4), (0, 0)), ((5, 3), (4, 0))),
    bridges=(((1, 3), (5, 4)), ((5, 5), (3, 4))),
)
_LULLABY = Harmony(
    Mode.MAJOR,
    verses=(
        ((0, 0), (3, 0), (5, 3), (4, 0)),
        ((0, 4), (5, 4), (3, 1), (4, 0)),
        ((0, 3), (0, 4), (0, 3), (4, 0)),
    ),
    choruses=(((3, 0), (4, 0)), ((1, 4), (0, 0)), ((3, 0), (1, 4), (3, 0), (4, 0))),
    bridges=(((5, 2), (3, 4)), ((3, 3), (1, 4))),
)
_ROCK_MAJOR = Harmony(
    Mode.MAJOR,
    verses=(
        ((0, 0), (3, 0), (0, 0), (4, 0)),
        ((0, 4), (3, 3), (0, 4), (3, 0)),
        ((0, 5), (3, 4), (0, 5), (4, 0)),
    ),
    choruses=(((3, 4), (0, 5), (3, 4), (0, 0)), ((0, 4), (5, 3), (0, 4), (3, 0))),
    bridges=(((5, 5), (3, 4)), ((1, 1), (4, 4))),
)
_ROCK_MINOR = Harmony(
    Mode.MINOR,
    verses=(
        ((0, 0), (6, 6), (5, 5), (6, 0)),
        ((0, 0), (3, 0), (0, 0), (6, 0)),
    ),
    choruses=(((5, 6), (0, 0), (5, 6), (0, 0)), ((2, 6), (5, 0))),
    bridges=(((3, 3), (5, 6)), ((5, 2), (3, 6))),
)
_JAZZ_MAJOR = Harmony(
    Mode.MAJOR,
    verses=(
        ((1, 4), (0, 5), (1, 4), (0, 0)),
        ((0, 5), (1, 4), (2, 5), (4, 0)),
        ((0, 3), (2, 5), (1, 4), (0, 0)),
    ),
    choruses=(((3, 2), (1, 4), (2, 5), (4, 0)), ((1, 4), (0, 0))),
    bridges=(((2, 5), (1, 4)), ((3, 3), (1, 4))),
)
_JAZZ_MINOR = Harmony(
    Mode.MINOR,
    verses=(((0, 3), (1, 4), (0, 5), (4, 0)), ((0, 0), (3, 6), (2, 5), (4, 0))),
    choruses=(((3, 6), (2, 5), (1, 4), (0, 0)), ((3, 0), (4, 0))),
    bridges=(((3, 6), (2, 4)), ((5, 3), (1, 4))),
)
_HYMN_MAJOR = Harmony(
    Mode.MAJOR,
    verses=(
        ((0, 3), (0, 4), (5, 3), (4, 0)),
        ((0, 4), (5, 2), (3, 0), (4, 0)),
        ((0, 5), (3, 4), (0, 3), (4, 0)),
    ),
    choruses=(((3, 0), (4, 0)), ((5, 2), (3, 0), (5, 3), (4, 0))),
    bridges=(((1, 5), (3, 4)), ((2, 5), (1, 4))),
)
_HYMN_MINOR = Harmony(
    Mode.MINOR,
    verses=(((0, 3), (0, 6), (5, 3), (4, 0)), ((0, 5), (2, 6), (0, 3), (6, 0))),
    choruses=(((2, 6), (5, 0)), ((5, 2), (3, 0), (5, 6), (0, 0))),
    bridges=(((5, 2), (3, 4)), ((3, 0), (5, 6))),
)

_ARTISTS = (
    HouseArtist(
        "Marlow Finch",
        "folk",
        Style((_FOLK_MAJOR,), 48, ((7, 7), (8, 8), (8, 6))),
        Singer("rms", 50, 66),
        (
            Player(
                "nylon guitar",
                24,
                (patterns.fingerpicked, patterns.fingerpicked_rolling),
                52,
                100,
            ),
            Player("upright bass", 32, (bass.root_and_fifth, bass.roots), 33, 88),
        ),
        Player("flute", 73, (patterns.silent,), 67, 84),
    ),
    HouseArtist(
        "The Heather Lanes",
        "folk",
        Style((_FOLK_MAJOR, _FOLK_MINOR), 40, ((7, 7), (7, 8), (6, 7)), swing=0.56),
        Singer("slt", 57, 74),
        (
            Player(
                "steel guitar", 25, (patterns.strummed,), 48, 88, choruses=(patterns.strummed_reel,)
            ),
            Player("accordion", 21, (patterns.sustained, patterns.breathing), 55, 96),
        ),
        Player("fiddle", 40, (patterns.silent,), 67, 104),
    ),
    HouseArtist(
        "Neon Harbour",
        "synthpop",
        Style((_SYNTH_MINOR, _SYNTH_MAJOR), 40, ((6, 6), (7, 7), (8, 6)), syncopation=0.6),
        Singer("slt", 60, 77, 1.1),
        (
            Player("synth bass", 38, (bass.pulse, bass.octaves), 33, 92),
            Player(
                "synth strings",
                50,
                (patterns.sustained, patterns.breathing),
                57,
                70,
                choruses=(patterns.offbeats, patterns.sustained),
            ),
            Player("drums", 24, (drums.four_on_the_floor,), 0, 96, rests=_NO_DRUMS),
        ),
        Player("square lead", 80, (patterns.silent,), 69, 70),
    ),
    HouseArtist(
        "Velvet Circuit",
        "synthpop",
        Style((_SYNTH_MINOR,), 60, ((7, 7), (8, 8), (9, 7)), syncopation=0.8),
        Singer("rms", 44, 60, 0.93),
        (
            Player(
                "saw arpeggio",
                81,
                (patterns.arpeggio,),
                60,
                100,
                choruses=(patterns.arpeggio_fast,),
            ),
            Player("synth bass", 39, (bass.pushed, bass.root_and_fifth), 31, 66),
            Player("drums", 25, (drums.machine,), 0, 57, rests=_NO_DRUMS | _BRIDGE),
        ),
        Player("calliope lead", 82, (patterns.silent,), 67, 96),
    ),
    HouseArtist(
        "Ida Moonwell",
        "lullaby",
        Style((_LULLABY,), 80, ((8, 8), (8, 6), (9, 7)), syncopation=0.1),
        Singer("slt", 60, 77, 0.97),
        (
            Player("harp", 46, (patterns.harped,), 48, 96),
            Player("celesta", 8, (patterns.silent,), 72, 70, choruses=(patterns.chimed,)),
        ),
        Player("celesta", 8, (patterns.silent,), 72, 92),
    ),
    HouseArtist(
        "Paper Swans",
        "lullaby",
        Style((_LULLABY,), 48, ((6, 6), (6, 7)), beats=3, syncopation=0.1),
        Singer("awb", 48, 65),
        (
            Player("piano", 0, (patterns.waltz, patterns.broken), 55, 118),
            Player("cello", 42, (bass.roots,), 38, 76),
        ),
        Player("music box", 10, (patterns.silent,), 72, 78),
    ),
    HouseArtist(
        "The Copper Foxes",
        "rock",
        Style((_ROCK_MAJOR,), 30, ((6, 6), (7, 6), (6, 7)), syncopation=0.4),
        Singer("awb", 54, 70, 1.06),
        (
            Player("muted guitar", 28, (patterns.driven,), 45, 92, choruses=(patterns.ringing,)),
            Player("picked bass", 34, (bass.pulse,), 28, 92),
            Player("drums", 8, (drums.backbeat,), 0, 100, choruses=(drums.rocking,)),
        ),
        Player("clean guitar", 27, (patterns.silent,), 64, 108),
    ),
    HouseArtist(
        "Iron Marigold",
        "rock",
        Style((_ROCK_MINOR,), 60, ((8, 8), (9, 8), (8, 7)), syncopation=0.5),
        Singer("slt", 55, 71, 0.9),
        (
            Player("rock organ", 18, (patterns.breathing, patterns.sustained), 52, 84),
            Player("fingered bass", 33, (bass.pushed, bass.root_and_fifth), 28, 96),
            Player("drums", 16, (drums.halved,), 0, 100, choruses=(drums.backbeat,)),
        ),
        Player("rock organ lead", 18, (patterns.silent,), 67, 84),
    ),
    HouseArtist(
        "Clara Vane",
        "jazz",
        Style(
            (_JAZZ_MAJOR, _JAZZ_MINOR),
            40,
            ((6, 6), (7, 6), (6, 7)),
            tones=4,
            swing=0.6,
            syncopation=0.6,
        ),
        Singer("slt", 53, 69, 0.87),
        (
            Player("piano", 0, (patterns.charleston, patterns.comped), 52, 116),
            Player("upright bass", 32, (bass.walking,), 31, 84),
            Player("drums", 32, (drums.swing,), 0, 127),
        ),
        Player("clarinet", 71, (patterns.silent,), 62, 76),
    ),
    HouseArtist(
        "Otis Bell",
        "jazz",
        Style(
            (_JAZZ_MAJOR, _JAZZ_MINOR),
            60,
            ((8, 8), (9, 8), (8, 7)),
            tones=4,
            swing=0.66,
            syncopation=0.4,
        ),
        Singer("rms", 46, 62, 1.05),
        (
            Player("vibraphone", 11, (patterns.chimed, patterns.comped), 57, 122),
            Player("upright bass", 32, (bass.root_and_fifth,), 30, 78),
            Player("drums", 40, (drums.brushes,), 0, 127),
        ),
        Player("muted trumpet", 59, (patterns.silent,), 62, 80),
    ),
    HouseArtist(
        "Brother Alder",
        "hymn",
        Style((_HYMN_MAJOR,), 60, ((8, 8), (8, 6)), syncopation=0.0),
        Singer("rms", 48, 64),
        (Player("reed organ", 20, (patterns.sustained_low,), 50, 64),),
        Player("reed organ tune", 20, (patterns.silent,), 64, 92),
        voice_over_band_db=12.0,
    ),
    HouseArtist(
        "Vesper Lane",
        "hymn",
        Style((_HYMN_MAJOR, _HYMN_MINOR), 80, ((9, 9), (10, 8), (10, 10)), syncopation=0.1),
        Singer("slt", 58, 74),
        (Player("warm pad", 89, (patterns.sustained,), 53, 90),),
        Player("choir tune", 52, (patterns.silent,), 64, 84),
        voice_over_band_db=12.0,
    ),
)


def house_artists() -> tuple[HouseArtist, ...]:
    """All artists, in an order that stays: new ones are added at the end."""
    return _ARTISTS


def house_genres() -> tuple[str, ...]:
    """All genres, in the order in which the artists bring them up."""
    return tuple(dict.fromkeys(artist.genre for artist in _ARTISTS))

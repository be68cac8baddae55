"""Cases of labels: names, characters, and which lyrics a window shows."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from engine.catalog.rules import alphabet_of, vocabulary_of
from engine.catalog.specs import (
    LabelConfig,
    LabelVersion,
    LyricConfig,
    Pattern,
    PriorConfig,
    TransformerConfig,
)
from engine.errors import TaskError
from engine.parity.case import Case, Check, Json, equal, facts, worst
from engine.sampling.labels import SongLabels, WindowLabels
from engine.text.vocabulary import Vocabulary
from engine.types import Level, Prompt

_OUTSIDE = "the window lies outside the song, which we always refuse"
_DOUBLE = "the original makes it by double precision; by single it is one character off"


def cases(folder: Path) -> Iterator[Case]:
    """All cases of a folder that holds labels."""
    if (folder / "cases.json").is_file():
        golden = facts(folder / "cases.json")
        yield Case("alphabets", lambda: _alphabets(golden["vocab"]))
        for case in golden["cases"]:
            yield Case(f"case {case['id']}", lambda case=case: _labels(case, golden))
    if (folder / "lyric_windows.json").is_file():
        yield Case("lyric_windows", lambda: _windows(facts(folder / "lyric_windows.json")))


def label_prior(
    version: LabelVersion, genres: int, slots: int, context: int, hop: int
) -> PriorConfig:
    """A top prior, of which only labels matter, that reads `slots` characters at once."""
    lyrics = LyricConfig(slots, 80, _stack(slots)) if slots else None
    labels = LabelConfig(version, 700, 8000, genres, None)
    return PriorConfig(
        Level.TOP, 44_100, hop, context, 32, _stack(context), labels=labels, lyrics=lyrics
    )


def _stack(length: int) -> TransformerConfig:
    return TransformerConfig(length, 8, 1, 1, 1, (Pattern.DENSE,))


def _alphabets(recorded: Json) -> Iterator[Check]:
    for version, alphabet in recorded.items():
        ours = alphabet_of(LabelVersion(version))
        yield equal(f"symbols {version}", ours.ids, alphabet["symbol_to_id"])
        yield equal(f"size {version}", ours.size, alphabet["n_vocab"])


def _labels(case: Json, golden: Json) -> Iterator[Check]:
    for version in LabelVersion:
        yield from _text(version, case)
        entries = golden["id_list_entries_used"]
        lists = entries[f"{version}_artists"], entries[f"{version}_genres"]
        vocabulary = vocabulary_of(version, *lists)
        yield from _names(version, case, vocabulary)
        for name, labeller in golden["labellers"].items():
            if labeller["v3"] == (version is LabelVersion.V3):
                yield worst(name, _labelled(case, labeller, vocabulary, case["labels"][name]))


def _text(version: LabelVersion, case: Json) -> Iterator[Check]:
    alphabet, known = alphabet_of(version), case[version]
    clean, ours = _clean(case, version), alphabet.clean(case["input"]["lyrics"])
    other = known.get("lyrics_clean_with_unidecode_1_4_0", clean)
    if "lyrics_clean_same_as_v2" in known:
        other = case["v2"].get("lyrics_clean_with_unidecode_1_4_0", clean)
    note = "as by a later unidecode" if ours == other != clean else ""
    yield equal(f"clean lyrics {version}", ours, other if note else clean, note)
    numbers = alphabet.encode(clean)
    yield equal(f"characters {version}", len(numbers), known["n_full_tokens"])
    yield equal(f"numbers {version}", _digest(numbers), known["full_tokens_sha256"])


def _clean(case: Json, version: LabelVersion) -> str:
    known = case[version]
    return case["v2" if known.get("lyrics_clean_same_as_v2") else version]["lyrics_clean"]


def _names(version: LabelVersion, case: Json, vocabulary: Vocabulary) -> Iterator[Check]:
    """The numbers of names; those that are not known count as any, as in the original."""
    known, asked = case[version], case["input"]
    heard = vocabulary.heard(asked["artist"], (asked["genre"],), len(known["genre_ids"]))
    yield equal(f"artist {version}", heard.artist, known["artist_id"])
    yield equal(f"genres {version}", list(heard.genres), known["genre_ids"])


def _labelled(
    case: Json, labeller: Json, vocabulary: Vocabulary, recorded: Json
) -> Iterator[Check]:
    version = LabelVersion.V3 if labeller["v3"] else LabelVersion.V2
    prior = label_prior(version, labeller["max_genre_words"], labeller["n_tokens"],
                        labeller["n_ctx"], labeller["raw_samples_per_token"])  # fmt: skip
    asked = case["input"]
    genres, lyrics = (asked["genre"],), _clean(case, version)
    try:
        vocabulary.require_room(genres, labeller["max_genre_words"])
    except TaskError:
        yield equal("refused", "error" in recorded, True)
        return
    named = Prompt(asked["artist"], genres, lyrics, asked["total_length"])
    song = SongLabels(named, vocabulary, prior)
    if "y" in recorded:
        characters = alphabet_of(version).encode(lyrics)
        yield _vector(song, asked["offset"], characters, recorded["y"])
        yield from _compared(song, recorded.get("windows", []))
    else:
        yield equal("refused", 0 <= asked["offset"] < asked["total_length"], False, _OUTSIDE)


def _vector(song: SongLabels, offset: int, characters: Sequence[int], y: list[int]) -> Check:
    """The whole label vector of a song's first window.

    The original makes it in double precision and moves it in single, in which the models were
    trained: rarely the first shows characters that are one further on, or one less.
    """
    try:
        window = song.window_at(offset)
    except ValueError:
        return Check("refused", 0, 0, _OUTSIDE)
    prefix, slots = _prefix(window), len(window.lyrics)
    if y == [*prefix, *window.lyrics]:
        return Check("label vector", 0, 0)
    first = max(window.lyric_indices[:1], default=0)
    beside = [characters[place : place + slots] for place in (first - 1, first + 1) if first > 0]
    return equal("label vector", y in [[*prefix, *shown] for shown in beside], True, _DOUBLE)


def _prefix(window: WindowLabels) -> list[int]:
    """What stands before the characters in the original's label vector."""
    return [window.total_length, window.offset, window.length, window.artist, *window.genres]


def _compared(song: SongLabels, windows: Iterable[Json]) -> Iterator[Check]:
    for recorded in windows:
        try:
            window = song.window_at(recorded["offset"])
        except ValueError:
            yield Check("refused", 0, 0, _OUTSIDE)
            continue
        yield equal("labels", _prefix(window), recorded["y_prefix"])
        if "tokens_sha256" in recorded:
            yield equal("characters", _digest(window.lyrics), recorded["tokens_sha256"])
            yield equal("places", _places(window), _recorded_places(recorded))


def _windows(recorded: Sequence[Json]) -> Iterator[Check]:
    """Windows of any place in lyrics of any length; the original cannot take odd sizes."""
    for number, window in enumerate(recorded):
        if window["n_tokens"] and window["n_tokens"] % 2 == 0:
            yield _window(f"window {number}", window)


def _window(name: str, recorded: Json) -> Check:
    prior = label_prior(LabelVersion.V3, 1, recorded["n_tokens"], recorded["duration"], 1)
    names = vocabulary_of(LabelVersion.V3, {}, {})
    lyrics, length = "x" * recorded["n_full"], recorded["total_length"]
    song = SongLabels(Prompt("", (), lyrics, length), names, prior)
    try:
        window = song.window_at(recorded["offset"])
    except ValueError:
        return equal(name, 0 <= recorded["offset"] < length, False, _OUTSIDE)
    return equal(name, _places(window), _recorded_places(recorded["int64_tensors"]))


def _places(window: WindowLabels) -> tuple[int, int | None]:
    """How many slots are empty, and which character is the last."""
    last = window.lyric_indices[-1]
    return window.lyric_indices.count(-1), None if last < 0 else last


def _recorded_places(recorded: Json) -> tuple[int, int | None]:
    return recorded["pad"], recorded["last_index"]


def _digest(numbers: Iterable[int]) -> str:
    return hashlib.sha256(",".join(map(str, numbers)).encode()).hexdigest()

from __future__ import annotations

import copy
import json
import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import language
from app.song.document import FORMAT_VERSION, from_dict, to_dict
from app.song.errors import DocumentError
from app.song.song import MAX_SECONDS, Origin, Quality, Settings, Song, Verdict
from engine.text.blends import with_artists, with_genres
from engine.types import Cue, LevelSettings, Prompt, SamplingSettings, Share
from tests.app.kit import GRID, SPEC, song, take

ROOT = take("a", 0, 4)
CHILD = take(
    "b", 2, 3, parent=ROOT.id, length=4 * GRID, origin=Origin.IMPORTED, settings=None,
    verdict=Verdict.KEPT, starred=True,
)  # fmt: skip
SONG = song(ROOT, CHILD)

texts = st.text(max_size=20)
plain_prompts = st.builds(
    Prompt, texts, st.lists(texts, max_size=3).map(tuple), texts, st.integers(1, 2**39)
)
blends = st.lists(
    st.builds(Share, texts, st.floats(0.01, 99)),
    max_size=4,
    unique_by=lambda share: share.name.strip().casefold(),
)
times = st.lists(st.integers(0, 999), max_size=4, unique=True).map(sorted)
prompts = st.builds(
    lambda prompt, artists, genres, cues: replace(
        with_genres(with_artists(prompt, artists), genres),
        cues=tuple(Cue(time, time) for time in cues),
    ),
    plain_prompts,
    blends,
    blends,
    times,
)
settings = st.builds(
    Settings,
    st.floats(0.01, MAX_SECONDS),
    st.integers(1, 64),
    st.sampled_from(Quality),
    st.none() | st.integers(0, 2**63 - 1),
    st.floats(0.01, 10),
)
drawn = st.builds(
    lambda seed, level: SamplingSettings(
        seed, levels=dict.fromkeys(SamplingSettings().levels, level)
    ),
    st.integers(0, 2**63 - 1),
    st.builds(LevelSettings, st.floats(0.01, 10), st.integers(0, 99)),
)


@given(texts, prompts, settings, drawn)
def test_what_was_written_is_read_back(
    title: str, prompt: Prompt, chosen: Settings, sampling: SamplingSettings
) -> None:
    made = take("a", 0, 4, prompt=prompt, settings=sampling, name=title)
    written = Song(title, SPEC.id, prompt, chosen, (made, CHILD), made.id)

    assert from_dict(json.loads(json.dumps(to_dict(written)))) == written


def test_a_newer_document_says_that_it_is_newer() -> None:
    with pytest.raises(DocumentError, match=r"newer version .* Update"):
        from_dict({**to_dict(SONG), "format_version": FORMAT_VERSION + 1})


@pytest.mark.parametrize(
    "odd", [{"format_version": FORMAT_VERSION + 1}, {"format_version": 0}, {"title": 3}]
)
def test_what_is_wrong_with_a_document_is_told_in_arabic(odd: dict[str, object]) -> None:
    language.speak("ar")

    with pytest.raises(DocumentError) as caught:
        from_dict({**to_dict(SONG), **odd})

    assert re.search("[\u0600-\u06ff]", str(caught.value))
    assert not re.search("[A-Za-z]", str(caught.value))


def paths(value: object, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where each value of a document stands."""
    if isinstance(value, dict | list):
        inner = value.items() if isinstance(value, dict) else enumerate(value)
        return [path, *[p for key, part in inner for p in paths(part, (*path, key))]]
    return [path]


HOSTILE = [None, -1, 10**30, 1e400, "x" * 200_001, [], {}, [[]], True, "\ud800", float("nan")]


@pytest.mark.parametrize("path", [path for path in paths(to_dict(SONG)) if path], ids=str)
def test_a_hostile_value_anywhere_gives_a_song_or_a_sentence(path: tuple[Any, ...]) -> None:
    for hostile in HOSTILE:
        data = copy.deepcopy(to_dict(SONG))
        place: Any = data
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = hostile
        try:
            assert isinstance(from_dict(data), Song)
        except DocumentError as error:
            assert str(error)


@pytest.mark.parametrize("key", to_dict(SONG))
def test_nothing_may_be_missing(key: str) -> None:
    data = to_dict(SONG)
    del data[key]

    with pytest.raises(DocumentError):
        from_dict(data)


def test_endless_takes_are_refused() -> None:
    data = to_dict(SONG)

    with pytest.raises(DocumentError, match="10000 takes"):
        from_dict({**data, "takes": data["takes"][:1] * 10_001})

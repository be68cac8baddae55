"""A long day's work opens at once and travels as a small file."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from app.services.opening import read_song
from app.services.songs import SongFile, new_path
from app.song.history import History
from app.song.past import Past
from app.song.song import Origin, Quality, Song, Take, TakeId
from engine.catalog.specs import ModelSpec
from engine.types import Level, ModelId, Prompt, Span
from tests.app.kit import song, take

RATE = 44_100
SPEC = ModelSpec(
    id=ModelId("1b"),
    title="As large as the released ones",
    sample_rate=RATE,
    hops=(8, 32, 128),
    contexts=(8192, 8192, 6144),
    codebook_size=2048,
    min_song_length=18 * RATE,
    max_song_length=600 * RATE,
    max_genres=5,
    lyric_characters=512,
    size_bytes=0,
    licence="",
)
STRETCH = SPEC.snap_down(20 * RATE)
STRETCHES, TAKES = 30, 200
LYRICS = "Over the hills and far away, the ships are sailing home today.\n" * 40
PROMPT = Prompt("Ada", ("Blues",), LYRICS, 599 * RATE)


def long_song() -> Song:
    """Ten minutes in thirty stretches: each is tried six or seven times, half of them in full."""
    takes: list[Take] = []
    parent: Take | None = None
    for number in range(TAKES):
        stretch, last = divmod(number * STRETCHES, TAKES)
        levels = Quality.FULL.levels if number % 2 or not last else Quality.DRAFT.levels
        span = Span(stretch * STRETCH, (stretch + 1) * STRETCH)
        made = take("a", 0, 1, id=TakeId(f"{number:032x}"), span=span, length=span.end,
                    levels=levels, parent=parent and parent.id, name=f"Take {number}",
                    prompt=PROMPT,
                    origin=Origin.CONTINUED if parent else Origin.GENERATED)  # fmt: skip
        takes.append(made)
        if (number + 1) * STRETCHES // TAKES > stretch:
            parent = made
    whole = song(*takes)
    assert len(takes) == TAKES and takes[-1].length == STRETCHES * STRETCH
    return Song(whole.title, SPEC.id, whole.prompt, whole.settings, whole.takes, whole.current)


def worked(whole: Song) -> Past:
    """The song as it grew, take by take."""
    history = History(replace(whole, takes=(), current=None))
    for number, made in enumerate(whole.takes, start=1):
        history.push(replace(whole, takes=whole.takes[:number], current=made.id), "Generate")
    return history.past


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The song with codes of eleven bits, as they come in, some seconds at a time."""
    folder = tmp_path_factory.mktemp("long")
    whole, rng = long_song(), np.random.default_rng(7)
    file = SongFile.create(new_path(folder / "working"), whole)
    for one in whole.takes:
        for level in one.levels:
            hop = SPEC.hop(level)
            codes = rng.integers(0, 2048, STRETCH // hop).astype(np.uint16)
            for first in range(0, len(codes), 4 * RATE // hop):
                piece = codes[first : first + 4 * RATE // hop]
                file.append_codes(one.id, level, one.span.start + first * hop, piece)
    file.save_to(folder / "long.jukebox", worked(whole), SPEC.hops, 0)
    file.delete()
    return folder / "long.jukebox"


def test_ten_minutes_with_200_takes_stay_below_40_mb(path: Path) -> None:
    assert path.stat().st_size < 40_000_000


def test_ten_minutes_with_200_takes_open_within_a_second(path: Path, tmp_path: Path) -> None:
    began, worked = time.monotonic(), time.process_time()
    opened = read_song(SongFile.copy_of(path, new_path(tmp_path)), {SPEC.id: SPEC})
    worked, waited = time.process_time() - worked, time.monotonic() - began

    print(f"{path.stat().st_size / 1e6:.1f} MB, {worked:.2f} s of work, {waited:.2f} s")
    assert worked < 1
    assert opened.song == long_song()
    assert len(opened.history.labels) == TAKES + 1
    last = opened.store.codes(opened.song, opened.song.takes[-1].id)
    assert len(last.at(Level.TOP)) == STRETCHES * STRETCH // SPEC.grid
    opened.file.delete()

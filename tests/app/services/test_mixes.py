from __future__ import annotations

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from app.services.background import Background
from app.services.mixes import MOST_KEPT, Mixes
from app.services.takes import TakeStore
from app.song import edits
from app.song.song import Origin
from engine.types import Level, Span
from tests.app.kit import GRID, SPEC, song, take

ROOT = take("a", 0, 8)
CHILD = take("b", 4, 12, parent=ROOT.id, origin=Origin.CONTINUED)
SONG = song(ROOT, CHILD)


def loud(units: int, value: float) -> np.ndarray:
    return np.full(units * GRID, value, np.float32)


@pytest.fixture
def store() -> TakeStore:
    made = TakeStore(SPEC)
    for one in SONG.takes:
        made.begin(one)
    made.add_sound(ROOT.id, Level.BOTTOM, 0, loud(8, 0.5))
    return made


@pytest.fixture
def mixes(store: TakeStore, qtbot: QtBot):
    background = Background()
    made = Mixes(store, SPEC, background, background)
    yield made
    background.finish()


def test_a_mix_is_made_when_it_is_asked_for(mixes: Mixes, qtbot: QtBot) -> None:
    with qtbot.waitSignal(mixes.changed) as told:
        assert mixes.sound(SONG, CHILD.id) is None

    assert told.args == [CHILD.id, Span(0, 12 * GRID)]
    sound, peaks = mixes.sound(SONG, CHILD.id), mixes.peaks(SONG, CHILD.id)
    assert sound is not None and peaks is not None
    assert (sound.samples[: 4 * GRID] == 0.5).all()
    assert peaks.columns(0, 4 * GRID, 1) == (0.5, 0.5)


def test_new_sound_is_mixed_in_place_even_while_the_mix_is_made(
    mixes: Mixes, store: TakeStore, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(mixes.changed):
        mixes.sound(SONG, CHILD.id)
        mixes.refresh(CHILD.id, store.add_sound(CHILD.id, Level.TOP, 4 * GRID, loud(2, 0.25)))
    sound = mixes.sound(SONG, CHILD.id)
    assert sound is not None and sound.samples[6 * GRID - 1] == 0.25

    with qtbot.waitSignal(mixes.changed) as told:
        mixes.refresh(CHILD.id, store.add_sound(CHILD.id, Level.TOP, 6 * GRID, loud(2, 0.75)))

    assert told.args is not None and told.args[1].start <= 6 * GRID < told.args[1].end
    assert mixes.sound(SONG, CHILD.id) is sound
    assert sound.samples[8 * GRID - 1] == 0.75


def test_a_take_that_was_cut_is_mixed_anew_and_shown_as_before_meanwhile(
    mixes: Mixes, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(mixes.changed):
        mixes.sound(SONG, CHILD.id)
    before = mixes.sound(SONG, CHILD.id)
    cut = edits.shape_take(SONG, CHILD.id, 6 * GRID)

    with qtbot.waitSignal(mixes.changed):
        assert mixes.sound(cut, CHILD.id) is before

    after = mixes.sound(cut, CHILD.id)
    assert after is not None and len(after.samples) == 6 * GRID


def test_only_the_mixes_used_last_are_kept(mixes: Mixes, store: TakeStore, qtbot: QtBot) -> None:
    takes = [take(letter, 0, 1) for letter in "cdefgh"]
    many = song(*takes)
    for one in takes:
        store.begin(one)
        with qtbot.waitSignal(mixes.changed):
            mixes.sound(many, one.id)

    assert len(takes) == MOST_KEPT
    assert all(mixes.sound(many, one.id) is not None for one in takes)
    with qtbot.waitSignal(mixes.changed):
        mixes.sound(SONG, ROOT.id)
    assert mixes.sound(many, takes[0].id) is None


def test_quality_needs_no_mix(mixes: Mixes) -> None:
    assert mixes.quality(SONG, CHILD.id) == ((Span(0, 4 * GRID), Level.BOTTOM),)

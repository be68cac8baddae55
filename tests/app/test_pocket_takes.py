"""Merging, replacing and beats with music of the bundled model."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from app.services.machines import desk_model
from app.session import Session
from app.song.beats import beats, onset_strength
from app.song.song import Quality
from engine.catalog.store import default_store
from engine.runtime.local import LocalEngine
from engine.types import Level, Span
from tests.app.listening import Open, Wait, exported
from tests.app.test_replay import compact_copy, replayed

LIMIT_MS = 120_000


@pytest.fixture
def pocket(open_session: Open, qtbot: QtBot) -> Session:
    """Two drafts of five seconds, of a genre with a beat."""
    model = desk_model(default_store().get("pocket"))
    session = open_session(engine=LocalEngine(device="cpu"), models=(model,))
    session.set_quality(Quality.DRAFT)
    session.set_genres(model.genres[:1])
    session.set_seconds(5)
    session.set_takes(2)
    session.set_seed(3)
    session.generate()
    qtbot.waitUntil(lambda: session.job is None, timeout=LIMIT_MS)
    session.set_takes(1)
    return session


def top(session: Session) -> list[int]:
    return session._codes.at(Level.TOP).tolist()  # pyright: ignore[reportPrivateUsage]


def test_outside_of_what_was_merged_and_replaced_every_sample_stays(
    pocket: Session, open_session: Open, qtbot: QtBot, done: Wait, tmp_path: Path
) -> None:
    spec = pocket.model
    assert spec is not None
    one, two = pocket.song.takes
    hole = Span(100 * spec.grid, 180 * spec.grid)
    done(pocket)
    pocket.select(hole)
    packed: list[bytes] = []
    pocket.pack_selection(packed.append)
    qtbot.waitUntil(lambda: bool(packed))
    pocket.choose_take(two.id)
    done(pocket)
    before, sound = top(pocket), exported(pocket, tmp_path / "two.wav", qtbot)

    pocket.merge(packed[0], two.id)
    qtbot.waitUntil(lambda: pocket.job is None, timeout=LIMIT_MS)
    done(pocket)
    merged = exported(pocket, tmp_path / "merged.wav", qtbot)
    pocket.choose_take(two.id)
    pocket.select(hole)
    pocket.set_seed(4)
    pocket.replace_selection()
    qtbot.waitUntil(lambda: len(pocket.song.takes) == 6, timeout=LIMIT_MS)
    done(pocket)

    replaced = exported(pocket, tmp_path / "replaced.wav", qtbot)
    for changed in (merged, replaced):
        np.testing.assert_array_equal(changed[: hole.start], sound[: hole.start])
        np.testing.assert_array_equal(changed[hole.end :], sound[hole.end :])
    assert top(pocket)[:100] == before[:100] and top(pocket)[180:] == before[180:]
    fits = [take.fit for take in pocket.song.takes if take.fit is not None]
    assert len(fits) == 3
    assert [fit.bits for fit in fits] == sorted(fit.bits for fit in fits)
    assert all(fit.before is not None and 0 < fit.before < 20 for fit in fits)
    again = open_session(
        engine=LocalEngine(device="cpu"), models=(desk_model(default_store().get("pocket")),)
    )
    path = compact_copy(pocket, tmp_path / "copy.jukebox", qtbot)
    np.testing.assert_array_equal(replayed(again, path, qtbot, done), replaced)
    assert one.id in {take.id for take in again.song.takes}


def test_beats_of_a_song_lie_on_its_onsets_and_apart_alike(
    pocket: Session, qtbot: QtBot, done: Wait, tmp_path: Path
) -> None:
    spec = pocket.model
    assert spec is not None
    done(pocket)
    sound = exported(pocket, tmp_path / "song.wav", qtbot)

    found = beats(sound, spec.sample_rate)

    strength = onset_strength(sound, spec.sample_rate)
    frames = np.clip(np.round(found * 100 / spec.sample_rate).astype(int), 2, len(strength) - 3)
    near = np.max([strength[frames + shift] for shift in range(-2, 3)], axis=0)
    apart = np.diff(found) / spec.sample_rate
    assert len(found) >= 4
    assert near.mean() > 1.5 * strength.mean()
    assert np.quantile(np.abs(apart - np.median(apart)), 0.8) < 0.25 * np.median(apart)

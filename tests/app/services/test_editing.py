"""Cut, paste and merge over a session: what is joined is what its codes say, and all comes back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from app.services.machines import DeskModel
from app.session import Session
from app.song.song import Origin, Quality
from engine.api import Chunk, DecodeTask
from engine.runtime.fake import FakeEngine, Script
from engine.types import Codes, Level, Span
from tests.app.kit import GRID, MODEL, SPEC, HandSpeaker
from tests.app.listening import Notices, Open, Wait, heard, reopened, riff, saved
from tests.contract.hearing import events_of, of_kind

FADE = round(0.01 * SPEC.sample_rate)
Copy = Callable[[Session], bytes]


def codes(session: Session) -> Codes:
    return session._codes  # pyright: ignore[reportPrivateUsage]


def units(song_codes: Codes, start: int, end: int) -> list[list[int]]:
    """Codes of some grid units, level by level."""
    return [
        song_codes.at(level)[start * GRID // hop : end * GRID // hop].tolist()
        for level, hop in zip(Level, SPEC.hops, strict=True)
    ]


def of_units(start: int, end: int) -> Span:
    return Span(start * GRID, end * GRID)


@pytest.fixture
def copied(qtbot: QtBot) -> Copy:
    def copy(session: Session) -> bytes:
        packed: list[bytes] = []
        session.pack_selection(packed.append)
        qtbot.waitUntil(lambda: bool(packed))
        return packed[0]

    return copy


@pytest.fixture
def composed(session: Session, done: Wait) -> Session:
    """A second in full quality, and the start of another in draft behind it."""
    session.set_quality(Quality.FULL)
    session.generate()
    done(session)
    session.set_quality(Quality.DRAFT)
    session.continue_selection()
    done(session)
    return session


def test_cutting_moves_what_follows_and_undo_brings_all_back(composed: Session, done: Wait) -> None:
    before, whole = composed.song, codes(composed)
    last = composed.song_length // GRID
    composed.select(of_units(20, 50))

    composed.delete_selection()
    done(composed)

    assert composed.take is not None and composed.take.origin is Origin.EDITED
    assert composed.song_length == (last - 30) * GRID
    assert units(codes(composed), 0, 20) == units(whole, 0, 20)
    assert units(codes(composed), 20, last - 30) == units(whole, 50, last)
    edited = composed.song
    composed.undo()
    assert composed.song == before and codes(composed) == whole
    composed.redo()
    assert composed.song == edited


def test_what_was_cut_and_pasted_back_is_what_was_there(
    composed: Session, done: Wait, qtbot: QtBot
) -> None:
    whole, packed = codes(composed), list[bytes]()
    composed.select(of_units(20, 50))
    composed.cut_selection(packed.append)
    qtbot.waitUntil(lambda: bool(packed))
    composed.select(None)
    composed.seek(20 * GRID)

    composed.paste(packed[0])
    done(composed)

    assert codes(composed) == whole
    assert composed.selection == of_units(20, 50)


def test_pasting_replaces_the_selection_whatever_its_length(
    composed: Session, copied: Copy, done: Wait
) -> None:
    whole, last = codes(composed), composed.song_length // GRID
    composed.select(of_units(5, 15))
    packed = copied(composed)
    composed.select(of_units(40, 43))

    composed.paste(packed)
    done(composed)

    now = codes(composed)
    assert units(now, 40, 50) == units(whole, 5, 15)
    assert units(now, 50, last + 7) == units(whole, 43, last)


def test_merging_takes_the_stretch_of_another_take_and_nothing_else(
    session: Session, speaker: HandSpeaker, copied: Copy, done: Wait, qtbot: QtBot
) -> None:
    session.set_takes(2)
    session.generate()
    done(session)
    first, second = session.song.takes
    session.choose_take(second.id)
    done(session)
    source = codes(session)
    session.select(of_units(30, 50))
    packed = copied(session)
    session.choose_take(first.id)
    done(session)
    target, sound = codes(session), heard(session, speaker, qtbot)

    session.merge(packed, first.id)
    done(session)

    now, last = codes(session), session.song_length // GRID
    assert session.take is not None and session.take.parent == first.id
    assert session.take.length == first.length
    assert units(now, 30, 50) == units(source, 30, 50)
    assert units(now, 0, 30) == units(target, 0, 30)
    assert units(now, 50, last) == units(target, 50, last)
    merged = heard(session, speaker, qtbot)
    np.testing.assert_array_equal(merged[: 30 * GRID], sound[: 30 * GRID])
    np.testing.assert_array_equal(merged[50 * GRID :], sound[50 * GRID :])
    steps = np.abs(np.diff(merged))
    assert steps[30 * GRID - 9 : 30 * GRID + FADE].max() <= 1.5 * np.abs(np.diff(sound)).max()


def test_joined_music_sounds_as_its_codes_decode(
    composed: Session, speaker: HandSpeaker, copied: Copy, done: Wait, qtbot: QtBot
) -> None:
    composed.select(of_units(60, 120))
    packed = copied(composed)
    composed.select(None)
    composed.seek(10 * GRID)

    composed.paste(packed)
    done(composed)

    sound = heard(composed, speaker, qtbot)
    engine, start = FakeEngine(SPEC), composed.take.span.start if composed.take else 0
    for quality, level in composed.quality(composed.song.current or ""):
        task = DecodeTask(SPEC.id, codes(composed), quality, level)
        chunks = [each.audio.samples for each in of_kind(events_of(engine, task), Chunk)]
        first = max(quality.start, start) + FADE
        decoded = np.concatenate(chunks)[first - quality.start :]
        np.testing.assert_array_equal(sound[first : quality.end], decoded)
    assert len({level for _, level in composed.quality(composed.song.current or "")}) == 2


def test_a_saved_edit_is_the_same_when_it_is_opened_again(
    composed: Session,
    speaker: HandSpeaker,
    open_session: Open,
    copied: Copy,
    done: Wait,
    qtbot: QtBot,
    tmp_path: Path,
) -> None:
    composed.select(of_units(60, 120))
    packed = copied(composed)
    composed.seek(30 * GRID)
    composed.select(None)
    composed.paste(packed)
    done(composed)
    whole, sound = codes(composed), heard(composed, speaker, qtbot)
    path = saved(composed, tmp_path / "edited.jukebox", qtbot)

    again = reopened(open_session, path, qtbot, done)

    assert again.song.takes == composed.song.takes
    assert codes(again) == whole
    np.testing.assert_array_equal(heard(again, speaker, qtbot), sound)


def test_music_goes_into_another_song_of_the_same_model(
    composed: Session, open_session: Open, copied: Copy, done: Wait
) -> None:
    composed.select(of_units(10, 40))
    packed, source = copied(composed), codes(composed)
    other = open_session()

    other.paste(packed)
    done(other)

    assert units(codes(other), 0, 30) == units(source, 10, 40)
    assert [take.parent for take in other.song.takes] == [None]


@pytest.mark.parametrize(
    "other_model",
    [
        DeskModel(replace(SPEC, title="Sirens", codebook_size=512)),
        replace(MODEL, weights="ab" * 32),
    ],
)
def test_music_of_another_model_is_refused_with_a_sentence(
    composed: Session, open_session: Open, copied: Copy, other_model: DeskModel
) -> None:
    composed.select(of_units(10, 40))
    packed = copied(composed)
    other = open_session(models=(other_model,))
    told = Notices(other)

    other.paste(packed)

    assert other.song.takes == ()
    title = other_model.spec.title if not other_model.weights else "Tones (abababab)"
    assert "of Tones," in told.told[0].message and title in told.told[0].message


def test_a_recording_stays_what_it_was(
    session: Session, copied: Copy, done: Wait, tmp_path: Path, speaker: HandSpeaker, qtbot: QtBot
) -> None:
    samples = riff(tmp_path / "riff.wav")
    session.import_audio(tmp_path / "riff.wav")
    qtbot.waitUntil(lambda: bool(session.song.takes))
    done(session)
    session.select(of_units(10, 30))
    packed = copied(session)
    session.select(None)
    session.seek(session.song_length)

    session.paste(packed)
    done(session)

    sound = heard(session, speaker, qtbot)
    np.testing.assert_array_equal(sound[: len(samples)], samples)
    pasted = sound[len(samples) + FADE :]
    np.testing.assert_array_equal(pasted, samples[10 * GRID + FADE : 30 * GRID])


def test_what_is_still_being_made_is_neither_cut_nor_pasted_into(
    open_session: Open, composed: Session, copied: Copy, qtbot: QtBot
) -> None:
    composed.select(of_units(5, 9))
    packed = copied(composed)
    slow = open_session(Script(stretch_s=0.05))
    slow.set_seconds(30)
    slow.generate()
    qtbot.waitUntil(lambda: slow.job is not None and slow.job.done > 0)
    slow.select(of_units(2, 4))
    told = Notices(slow)

    slow.paste(packed)

    assert not slow.can_cut
    assert len(slow.song.takes) == 1 and "being made" in told.told[0].message
    slow.stop()
    qtbot.waitUntil(lambda: slow.job is None)


def test_cutting_everything_is_refused(composed: Session) -> None:
    composed.select(Span(0, composed.song_length))
    told = Notices(composed)

    composed.delete_selection()

    assert "Remove the take" in told.told[0].message


def test_cutting_the_end_leaves_the_beginning(composed: Session, done: Wait) -> None:
    whole = codes(composed)
    composed.select(Span(70 * GRID, composed.song_length))

    composed.delete_selection()
    done(composed)

    assert composed.song_length == 70 * GRID
    assert units(codes(composed), 0, 70) == units(whole, 0, 70)

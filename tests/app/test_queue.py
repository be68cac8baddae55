"""The queue of a whole session: order, pausing, undo, and going on after everything was lost."""

# pyright: basic
from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from app.session import Session
from app.song.layers import FADE_S
from app.song.song import Quality, TakeId
from app.song.status import JobPhase, Offer
from engine.runtime.fake import Script
from engine.types import NO_CODE, Codes, Level, Span
from tests.app.kit import SPEC, HandSpeaker
from tests.app.listening import Open, Wait, saved

SLOW = Script(stretch_s=0.03)


def composing(open_session: Open, quality: Quality = Quality.FULL, seconds: float = 2.0) -> Session:
    session = open_session(SLOW)
    session.set_seed(7)
    session.set_seconds(seconds)
    session.set_quality(quality)
    return session


def titles(session: Session) -> list[str]:
    return [job.title for job in session.jobs.queue.jobs]


def begun(session: Session, qtbot: QtBot, share: float = 0.2) -> None:
    """Until the first job has made some of what it shall make."""
    qtbot.waitUntil(
        lambda: (
            bool(session.jobs.queue.jobs)
            and session.jobs.queue.jobs[0].done >= share * session.jobs.queue.jobs[0].total
        )
    )


def codes(session: Session, take: TakeId) -> Codes:
    return session._store.codes(session.song, take)


def one_run(open_session: Open, done: Wait, **wish: float) -> Codes:
    """What comes of it when nothing is in the way."""
    session = composing(open_session, **wish)  # type: ignore[arg-type]
    session.generate()
    done(session)
    return codes(session, session.song.takes[0].id)


def test_more_can_be_asked_for_while_something_is_made(
    open_session: Open, qtbot: QtBot, done: Wait
) -> None:
    session = composing(open_session, seconds=0.5)
    session.generate()
    session.generate()
    begun(session, qtbot)
    session.choose_take(session.song.takes[0].id)
    session.continue_selection()
    assert titles(session) == ["Generate", "Generate", "Continue"]
    done(session)

    assert len(session.song.takes) == 3
    assert session.jobs.queue.jobs == ()
    first, second, third = session.song.takes
    assert third.parent == first.id
    assert codes(session, first.id) == codes(session, second.id)


def test_composing_goes_before_rendering_which_goes_on_where_it_stopped(
    open_session: Open, qtbot: QtBot, done: Wait
) -> None:
    expected = one_run(open_session, done)
    session = composing(open_session, Quality.DRAFT)
    session.generate()
    done(session)
    draft = session.song.takes[0]
    session.render_selection(Quality.FULL)
    begun(session, qtbot, 0.3)
    before = session.jobs.queue.jobs[0].done

    session.generate()

    assert titles(session) == ["Generate", "Render"]
    qtbot.waitUntil(lambda: session.jobs.queue.jobs[0].phase is JobPhase.RUNNING)
    assert session.jobs.queue.jobs[1].done >= before
    done(session)
    render = session.song.takes[1]
    assert render.parent == draft.id
    assert codes(session, render.id) == expected
    assert session.quality(render.id)[-1][1] is Level.BOTTOM


def test_pausing_and_resuming_changes_no_code(open_session: Open, qtbot: QtBot, done: Wait) -> None:
    expected = one_run(open_session, done)
    session = composing(open_session)
    session.generate()
    begun(session, qtbot)
    (job,) = session.jobs.queue.jobs

    session.jobs.pause(job.number)
    qtbot.waitUntil(lambda: session.job is None)
    (resting,) = session.jobs.queue.jobs
    assert resting.phase is JobPhase.PAUSED and 0 < resting.done < resting.total
    session.jobs.resume(job.number)
    done(session)

    assert codes(session, session.song.takes[0].id) == expected


def test_undoing_what_is_being_made_lets_it_rest_and_redo_lets_it_go_on(
    open_session: Open, qtbot: QtBot, done: Wait
) -> None:
    expected = one_run(open_session, done)
    session = composing(open_session)
    session.generate()
    begun(session, qtbot)

    session.undo()
    qtbot.waitUntil(lambda: session.job is None)
    assert session.song.takes == () and session.jobs.queue.jobs == ()
    session.redo()
    done(session)

    assert codes(session, session.song.takes[0].id) == expected


def test_cancelling_keeps_what_was_made_and_lets_the_next_one_begin(
    open_session: Open, qtbot: QtBot, done: Wait
) -> None:
    session = composing(open_session, seconds=5.0)
    for _ in range(3):
        session.generate()
    begun(session, qtbot, 0.1)
    first, second, _ = session.jobs.queue.jobs
    session.jobs.cancel(second.number)
    session.jobs.cancel(first.number)
    qtbot.waitUntil(lambda: len(session.jobs.queue.jobs) == 1)
    begun(session, qtbot, 0.1)

    session.jobs.cancel_all()
    done(session)

    made = [codes(session, take.id).at(Level.BOTTOM) for take in session.song.takes]
    assert len(made) == 2 and all(NO_CODE in bottom for bottom in made)


def test_cancelling_those_that_wait_leaves_the_one_at_work(
    open_session: Open, qtbot: QtBot, done: Wait
) -> None:
    session = composing(open_session, seconds=0.5)
    for _ in range(3):
        session.generate()
    session.jobs.cancel_waiting()
    done(session)

    assert len(session.song.takes) == 1


def test_a_job_moved_to_the_front_is_made_first(
    open_session: Open, qtbot: QtBot, done: Wait
) -> None:
    session = composing(open_session, seconds=1.0)
    session.generate()
    session.set_seconds(0.3)
    session.generate()
    begun(session, qtbot, 0.1)
    short = session.jobs.queue.jobs[1]

    session.jobs.move(short.number, -1)
    qtbot.waitUntil(lambda: len(session.jobs.queue.jobs) == 1)

    assert session.jobs.queue.jobs[0].takes == (session.song.takes[0].id,)
    done(session)
    assert [round(take.length / 22_050, 1) for take in session.song.takes] == [1.0, 0.3]


def test_what_was_left_behind_is_found_and_made_to_the_same_end(
    open_session: Open, qtbot: QtBot, done: Wait, tmp_path: Path
) -> None:
    """As after a kill: the working copy is all there is, with codes up to some moment."""
    expected = one_run(open_session, done)
    session = composing(open_session)
    session.generate()
    session.generate()
    begun(session, qtbot)
    session.close()

    again = open_session(SLOW)
    again.recover()
    qtbot.waitUntil(lambda: len(again.jobs.queue.jobs) == 2)
    assert again.jobs.queue.jobs[0].done > 0
    done(again)

    for take in again.song.takes:
        assert codes(again, take.id) == expected
        assert again.quality(take.id)[0] == (take.span, Level.BOTTOM)


def test_a_song_file_keeps_its_queue_which_rests_until_it_is_resumed(
    open_session: Open, qtbot: QtBot, done: Wait, tmp_path: Path
) -> None:
    expected = one_run(open_session, done)
    session = composing(open_session)
    session.generate()
    begun(session, qtbot)
    path = saved(session, tmp_path / "tune.jukebox", qtbot)
    session.discard()
    session.close()

    again = open_session(SLOW)
    offers: list[Offer | None] = []
    again.offered.connect(offers.append)
    again.open_song(path)
    qtbot.waitUntil(lambda: again.path == path)
    (job,) = again.jobs.queue.jobs
    offer = offers[-1]
    assert job.phase is JobPhase.PAUSED and offer is not None and "1 job" in offer.message
    offer.choices[0].take()
    assert offers[-1] is None
    done(again)

    assert codes(again, again.song.takes[0].id) == expected


def test_the_time_left_is_right_within_a_fifth_once_it_is_known(
    open_session: Open, qtbot: QtBot, done: Wait
) -> None:
    import time

    session = composing(open_session, seconds=1.5)
    session.generate()
    done(session)
    session.generate()
    session.generate()
    begun(session, qtbot, 0.1)

    promised, began = session.jobs.queue.remaining_s, time.monotonic()
    done(session)

    assert promised == pytest.approx(time.monotonic() - began, rel=0.2)


def test_sound_of_a_job_that_rests_is_complete(
    open_session: Open, qtbot: QtBot, done: Wait
) -> None:
    session = composing(open_session, Quality.DRAFT)
    session.generate()
    begun(session, qtbot, 0.4)
    session.jobs.pause_all()
    qtbot.waitUntil(lambda: session.job is None)

    (job,) = session.jobs.queue.jobs
    take = session.song.takes[0]
    top = codes(session, take.id).at(Level.TOP)
    known = int(np.count_nonzero(top < 1024)) * 256
    qtbot.waitUntil(lambda: session.quality(take.id)[0][0].end == known)
    assert known == job.done * 256


def test_rendering_runs_outward_from_the_playhead(
    open_session: Open, qtbot: QtBot, done: Wait
) -> None:
    session = open_session(Script(stretch_s=0.004))
    session.set_seconds(20.0)
    session.set_seed(7)
    session.set_quality(Quality.DRAFT)
    session.generate()
    done(session)
    session.seek(10 * 22_050)
    session.render_selection(Quality.MID)
    take = session.song.takes[1]
    qtbot.waitUntil(lambda: any(level is Level.MIDDLE for _, level in session.quality(take.id)))
    first = next(span for span, level in session.quality(take.id) if level is Level.MIDDLE)
    done(session)

    assert first.start == SPEC.snap_down(10 * 22_050)
    assert session.quality(take.id) == ((Span(0, take.length), Level.MIDDLE),)


def test_a_rendering_that_is_cancelled_keeps_what_was_rendered_and_the_draft_around_it(
    open_session: Open, qtbot: QtBot, done: Wait
) -> None:
    session = open_session(Script(stretch_s=0.01))
    session.set_seconds(20.0)
    session.set_quality(Quality.DRAFT)
    session.generate()
    done(session)
    session.seek(10 * 22_050)
    session.paint(Span(0, session.song_length), Quality.MID)
    qtbot.waitUntil(lambda: session.jobs.queue.jobs[0].done > 1500)

    session.jobs.cancel_all()
    done(session)

    draft, render = session.song.takes
    stretches = session.quality(render.id)
    assert [level for _, level in stretches][:2] == [Level.TOP, Level.MIDDLE]
    assert stretches[0][0].start == 0 and stretches[-1][0].end == render.length == draft.length
    known = codes(session, render.id)
    assert NO_CODE not in known.at(Level.TOP)
    assert 0 < np.count_nonzero(known.at(Level.MIDDLE) != NO_CODE) < len(known.at(Level.MIDDLE))


def test_a_better_level_is_swapped_in_under_the_playhead_without_a_click(
    open_session: Open, speaker: HandSpeaker, qtbot: QtBot, done: Wait
) -> None:
    session = open_session(Script(stretch_s=0.004))
    session.set_seconds(12.0)
    session.set_quality(Quality.DRAFT)
    session.generate()
    done(session)
    session.select(Span(0, 2 * 22_050))
    session.play()
    qtbot.waitUntil(lambda: session.transport.playing)
    pulled = [speaker.pull(2000)]
    session.render_selection(Quality.FULL)
    rendering = session.song.takes[1].id
    while len(pulled) < 100 or session.job is not None:
        pulled.append(speaker.pull(500))
        qtbot.wait(2)
        assert session.transport.playing, rendering
    pulled.append(speaker.pull(1000))
    end = session._transport._buffer.position
    session.pause()
    done(session)

    sound = np.concatenate(pulled)
    draft, full = (session._mixes.sound(session.song, take.id) for take in session.song.takes)
    assert draft is not None and full is not None
    own = max(np.abs(np.diff(each.samples)).max() for each in (draft, full))
    fade = FADE_S * SPEC.sample_rate
    loudest = 2 * max(np.abs(each.samples).max() for each in (draft, full))
    assert np.abs(np.diff(sound)).max() <= 2 * own + loudest / fade
    assert np.array_equal(sound[-700:], full.samples[end - 700 : end])


def test_what_departs_from_a_take_in_the_making_sounds_as_good_as_that_in_the_end(
    open_session: Open, qtbot: QtBot, done: Wait
) -> None:
    session = composing(open_session, seconds=1.0)
    session.generate()
    qtbot.waitUntil(lambda: session.can_continue)
    session.set_quality(Quality.DRAFT)
    session.continue_selection()
    done(session)
    first, second = session.song.takes

    def alike() -> bool:
        mixes = [session._mixes.sound(session.song, take.id) for take in (first, second)]
        start = second.span.start
        heard = [mix.samples[:start] for mix in mixes if mix is not None]
        return len(heard) == 2 and np.array_equal(heard[0], heard[1])

    assert session.quality(first.id) == ((first.span, Level.BOTTOM),)
    qtbot.waitUntil(alike)

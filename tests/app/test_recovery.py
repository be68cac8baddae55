"""What a crash left is offered, and stays whatever is chosen; after quitting it is there again."""

# pyright: basic
from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from app.services.leftovers import leftovers, newest
from app.services.songs import new_path
from app.session import Session
from app.song.queue import queue_text
from app.song.song import Quality
from app.song.status import JobPhase, Offer
from app.ui.main_window import MainWindow
from app.ui.offer_bar import OfferBar
from tests.app.listening import Notices, Open, Wait
from tests.app.test_queue import begun, codes, composing, one_run


class Offers:
    """What a session offers."""

    def __init__(self, session: Session) -> None:
        self.made: list[Offer | None] = []
        session.offered.connect(self.made.append)

    @property
    def last(self) -> Offer | None:
        return self.made[-1] if self.made else None

    @property
    def words(self) -> list[str]:
        return [] if self.last is None else [choice.words for choice in self.last.choices]


def crashed(session: Session, folder: Path, qtbot: QtBot) -> Path:
    """What would be left if the program were killed now: a copy of its working copy, as it is."""
    working = folder / "state" / "working"
    file = session._keeper.file
    qtbot.waitUntil(lambda: file.song() == session.song)
    qtbot.waitUntil(lambda: session._keeper._written is session._keeper._latest)
    qtbot.waitUntil(lambda: (file.queue() or "[]") == queue_text(session.jobs.planned))
    copy = new_path(working)
    with closing(sqlite3.connect(file.path)) as db, closing(sqlite3.connect(copy)) as copied:
        db.backup(copied)
    return copy


def died_composing(session: Session, folder: Path, qtbot: QtBot) -> None:
    """The program has begun to make music, and is killed."""
    session.generate()
    begun(session, qtbot)
    crashed(session, folder, qtbot)
    session.discard()


@pytest.fixture
def after_crash(
    session: Session, open_session: Open, qtbot: QtBot, done: Wait, tmp_path: Path
) -> Session:
    """Another program, after one died over a song without a file."""
    session.set_title("Lost and found")
    session.generate()
    done(session)
    crashed(session, tmp_path, qtbot)
    session.discard()
    return open_session()


def test_a_song_of_a_program_that_died_is_offered_and_opened_when_asked_for(
    session: Session, after_crash: Session, qtbot: QtBot
) -> None:
    offers = Offers(after_crash)
    after_crash.look_for_left_song()
    qtbot.waitUntil(lambda: offers.words == ["Open It", "Later"])
    assert offers.last is not None and "“Lost and found”" in offers.last.message
    assert after_crash.song.takes == ()

    offers.last.choices[0].take()

    qtbot.waitUntil(lambda: after_crash.song == session.song)
    assert after_crash.modified and offers.last is None


def test_of_two_windows_that_are_offered_a_song_one_opens_it_and_the_other_is_told(
    session: Session, after_crash: Session, open_session: Open, qtbot: QtBot
) -> None:
    windows = (after_crash, open_session())
    offers = [Offers(window) for window in windows]
    for window, made in zip(windows, offers, strict=True):
        window.look_for_left_song()
        qtbot.waitUntil(lambda made=made: made.words == ["Open It", "Later"])
    notices = Notices(windows[1])

    for made in offers:
        assert made.last is not None
        made.last.choices[0].take()
        qtbot.waitUntil(lambda: after_crash.song == session.song)

    qtbot.waitUntil(lambda: bool(notices.told))
    assert "Another window has opened “Lost and found”" in notices.told[0].message
    assert offers[1].last is None and windows[1].song.takes == ()


def test_a_song_that_is_left_for_later_is_offered_again_at_the_next_start(
    session: Session, after_crash: Session, open_session: Open, qtbot: QtBot
) -> None:
    for again in (after_crash, open_session(), open_session()):
        offers = Offers(again)
        again.look_for_left_song()
        qtbot.waitUntil(lambda made=offers: made.words == ["Open It", "Later"])
        assert offers.last is not None
        offers.last.choices[1].take()
        assert offers.last is None and again.song.takes == ()


def test_jobs_of_a_program_that_died_rest_until_somebody_resumes_them(
    open_session: Open, qtbot: QtBot, done: Wait, tmp_path: Path
) -> None:
    expected = one_run(open_session, done)
    died_composing(composing(open_session), tmp_path, qtbot)

    again = open_session()
    offers = Offers(again)
    again.recover()
    qtbot.waitUntil(lambda: offers.words == ["Resume", "Leave Paused"])
    (job,) = again.jobs.queue.jobs
    assert job.phase is JobPhase.PAUSED and job.done > 0
    assert offers.last is not None
    offers.last.choices[1].take()
    assert again.jobs.queue.jobs[0].phase is JobPhase.PAUSED and offers.last is None
    again.jobs.resume(job.number)
    done(again)

    assert codes(again, again.song.takes[0].id) == expected


def test_an_offer_to_resume_goes_when_the_jobs_are_resumed_in_the_queue(
    open_session: Open, qtbot: QtBot, tmp_path: Path
) -> None:
    died_composing(composing(open_session, Quality.DRAFT), tmp_path, qtbot)
    again = open_session()
    offers = Offers(again)
    again.recover()
    qtbot.waitUntil(lambda: bool(offers.words))

    again.jobs.resume_all()

    assert offers.last is None


def test_a_program_that_quit_finds_its_song_and_queue_at_work(
    open_session: Open, qtbot: QtBot, done: Wait, tmp_path: Path
) -> None:
    expected = one_run(open_session, done)
    session = composing(open_session)
    session.generate()
    begun(session, qtbot)
    session.close()

    again = open_session()
    offers = Offers(again)
    again.look_for_left_song()
    qtbot.waitUntil(lambda: bool(again.song.takes))
    done(again)

    assert offers.last is None
    assert codes(again, again.song.takes[0].id) == expected


def test_a_program_that_died_before_anything_was_done_leaves_nothing_to_offer(
    open_session: Open, qtbot: QtBot, tmp_path: Path
) -> None:
    again = open_session()
    copy = crashed(again, tmp_path, qtbot)

    assert newest(tmp_path / "state" / "working") is None
    assert not copy.exists()


def test_the_window_offers_what_was_left_and_asks_before_it_gives_up_what_is_there(
    session: Session, after_crash: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    settings = QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)
    window = MainWindow(after_crash, settings)
    qtbot.addWidget(window, before_close_func=lambda _: after_crash.discard())
    window.show()

    window.begin(None)
    bar = window.findChild(OfferBar)
    assert bar is not None
    qtbot.waitUntil(bar.isVisible)
    bar.findChildren(QPushButton)[0].click()

    qtbot.waitUntil(lambda: after_crash.song == session.song)
    assert not bar.isVisible()
    assert leftovers(tmp_path / "state" / "working") == []

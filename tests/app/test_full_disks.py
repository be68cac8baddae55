"""Full and read-only disks, real ones: told in words, and no music is lost."""

# pyright: basic
from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.services.keeper import AGAIN_MS
from app.session import Session
from app.song.export import ExportOptions
from app.song.song import Quality
from engine.runtime.fake import Script
from engine.types import Codes, Level
from tests.app.drill import PHASES
from tests.app.killing import codes_of
from tests.app.listening import Notices, Open, Wait, saved

SLOW = Script(stretch_s=0.005)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 16 MB of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", str(folder)]
    if sys.platform != "linux" or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("this user may not mount disks")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture
def failing_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 48 MB that can fail: Linux makes it read-only while files on it are open."""
    folder, image = tmp_path / "failing", tmp_path / "failing.img"
    folder.mkdir()
    image.touch()
    os.truncate(image, 48 * 2**20)
    commands = (["mkfs.ext4", "-q", str(image)], ["mount", "-o", "loop", str(image), str(folder)])
    try:
        refused = any(subprocess.run(each, capture_output=True).returncode for each in commands)
    except FileNotFoundError:
        refused = True
    if refused:
        pytest.skip("this user may not mount disks")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(disk: Path) -> Path:
    """Leave no room at all."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (2**20, 2**12, 1):
            with contextlib.suppress(OSError):
                while True:
                    file.write(bytes(size))
    return ballast


def protect(disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)


def fail(disk: Path) -> None:
    """As after an error of its own: what is open stays open, and nothing more is written."""
    subprocess.run(["mount", "-o", "remount,abort", str(disk)], check=True)
    with pytest.raises(OSError, match="Read-only"):
        (disk / "probe").touch()


class Work:
    """A composer's work, phase by phase."""

    def __init__(self, session: Session, done: Wait, qtbot: QtBot, disk: Path) -> None:
        self._session, self._done, self._qtbot, self._disk = session, done, qtbot, disk
        self.notices = Notices(session)

    def generate(self) -> None:
        self._session.set_seconds(3.0)
        self._session.set_seed(7)
        self._session.set_quality(Quality.DRAFT)
        self._session.generate()
        self._done(self._session)

    def render(self) -> None:
        self._session.render_selection(Quality.FULL)
        self._done(self._session)

    def edit(self) -> None:
        for number in range(20):
            self._session.set_lyrics("La la la " * 100 * number)
            self._session.star_take(self._session.song.takes[0].id)

    def save(self) -> None:
        path, before = self._disk / "tune.jukebox", len(self.notices.told)
        self._session.save_song_as(path)
        self._qtbot.waitUntil(lambda: self._session.path == path or len(self.notices.told) > before)

    def export(self) -> None:
        before = len(self.notices.told)
        self._session.export(self._disk / "tune.wav", ExportOptions())
        self._qtbot.waitUntil(lambda: len(self.notices.told) > before)


@pytest.fixture
def undisturbed(open_session: Open, done: Wait, qtbot: QtBot, tmp_path: Path) -> dict[str, Codes]:
    """What comes of it on a large disk."""
    session = open_session(folder=tmp_path / "large")
    work = Work(session, done, qtbot, tmp_path)
    work.generate()
    work.render()
    path = saved(session, tmp_path / "undisturbed.jukebox", qtbot)
    return codes_of(path, tmp_path)


@pytest.mark.parametrize("phase", PHASES)
def test_a_disk_that_becomes_full_is_told_and_the_song_is_saved_elsewhere(
    phase: str,
    disk: Path,
    undisturbed: dict[str, Codes],
    open_session: Open,
    done: Wait,
    qtbot: QtBot,
    tmp_path: Path,
) -> None:
    session = open_session(SLOW, folder=disk / "state")
    work = Work(session, done, qtbot, disk)
    for each in PHASES[: PHASES.index(phase)]:
        getattr(work, each)()

    ballast = fill(disk)
    for each in PHASES[PHASES.index(phase) :]:
        getattr(work, each)()

    assert any("is full" in notice.message for notice in work.notices.told)
    elsewhere = saved(session, tmp_path / "elsewhere.jukebox", qtbot)
    assert codes_of(elsewhere, tmp_path) == undisturbed
    assert not list(disk.glob("tune.wav"))
    for whole in disk.glob("tune.jukebox"):
        assert codes_of(whole, tmp_path) == undisturbed
    ballast.unlink()
    assert codes_of(saved(session, disk / "again.jukebox", qtbot), tmp_path) == undisturbed


@pytest.mark.parametrize("phase", PHASES)
def test_a_disk_that_becomes_read_only_is_told_and_the_song_is_saved_elsewhere(
    phase: str,
    failing_disk: Path,
    undisturbed: dict[str, Codes],
    open_session: Open,
    done: Wait,
    qtbot: QtBot,
    tmp_path: Path,
) -> None:
    session = open_session(SLOW, folder=failing_disk / "state")
    work = Work(session, done, qtbot, failing_disk)
    for each in PHASES[: PHASES.index(phase)]:
        getattr(work, each)()

    fail(failing_disk)
    for each in PHASES[PHASES.index(phase) :]:
        getattr(work, each)()

    for n in work.notices.told:
        print(phase, n)
    assert any("is read-only" in notice.message for notice in work.notices.told)
    elsewhere = saved(session, tmp_path / "elsewhere.jukebox", qtbot)
    assert codes_of(elsewhere, tmp_path) == undisturbed
    assert not list(failing_disk.glob("tune.wav"))
    for whole in failing_disk.glob("tune.jukebox"):
        assert codes_of(whole, tmp_path) == undisturbed


def test_what_a_full_disk_refused_is_told_once_and_written_when_there_is_room(
    disk: Path, open_session: Open, done: Wait, qtbot: QtBot
) -> None:
    session = open_session(folder=disk / "state")
    work = Work(session, done, qtbot, disk)
    ballast = fill(disk)
    work.generate()
    work.edit()
    qtbot.waitUntil(lambda: bool(work.notices.told))
    work.edit()

    ballast.unlink()
    qtbot.waitUntil(lambda: len(work.notices.told) > 1, timeout=6 * AGAIN_MS)

    full, relief = work.notices.told
    assert "is full" in full.message and "is on the disk now" in relief.message
    file = session._keeper.file
    assert file.song() == session.song
    assert sum(len(p.data) for p in file.codes()) == len(session._codes.at(Level.TOP))


def test_a_song_on_a_read_only_disk_is_opened_and_saved_elsewhere(
    disk: Path,
    undisturbed: dict[str, Codes],
    open_session: Open,
    done: Wait,
    qtbot: QtBot,
    tmp_path: Path,
) -> None:
    (disk / "tune.jukebox").write_bytes((tmp_path / "undisturbed.jukebox").read_bytes())
    protect(disk)
    session = open_session()
    work = Work(session, done, qtbot, disk)

    session.open_song(disk / "tune.jukebox")
    qtbot.waitUntil(lambda: session.path is not None)
    done(session)
    session.set_title("Changed")
    session.save_song()
    qtbot.waitUntil(lambda: len(work.notices.errors) == 1)
    work.export()

    assert ["read-only" in words for words in work.notices.errors] == [True, True]
    assert session.modified
    elsewhere = saved(session, tmp_path / "elsewhere.jukebox", qtbot)
    assert codes_of(elsewhere, tmp_path) == undisturbed


def test_a_user_folder_that_is_read_only_stops_nobody_from_composing(
    disk: Path,
    undisturbed: dict[str, Codes],
    open_session: Open,
    done: Wait,
    qtbot: QtBot,
    tmp_path: Path,
) -> None:
    protect(disk)
    session = open_session(folder=disk / "state")
    work = Work(session, done, qtbot, disk)

    for phase in PHASES:
        getattr(work, phase)()

    assert any("read-only" in notice.message for notice in work.notices.told)
    elsewhere = saved(session, tmp_path / "elsewhere.jukebox", qtbot)
    assert codes_of(elsewhere, tmp_path) == undisturbed
    session.open_song(tmp_path / "undisturbed.jukebox")
    qtbot.waitUntil(lambda: session.path == tmp_path / "undisturbed.jukebox")

"""What holds for every test: no window pops up, no user folder is touched, nothing is left behind.

Knows the tools the tests run with. Knows nothing of what they check.
"""

from __future__ import annotations

import logging
import os
import tempfile
import threading
import weakref
from collections.abc import Iterator
from itertools import count
from pathlib import Path

# Read when Qt, torch and the hub's client are first imported, and inherited by child processes.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ["HF_HUB_OFFLINE"] = "1"
# Compiled code is no user's file: kept between runs, which it saves half a minute each.
os.environ.setdefault("NUMBA_CACHE_DIR", str(Path(tempfile.gettempdir(), "jukebox-compiled")))

import pytest
from hypothesis import settings
from PySide6.QtCore import QThread
from shiboken6 import isValid

pytest.register_assert_rewrite(
    "tests.contract.engine_contract",
    "tests.contract.aligning",
    "tests.contract.ending",
    "tests.contract.hearing",
    "tests.contract.resuming",
)

settings.register_profile("suite", deadline=None, derandomize=True, max_examples=50)
settings.load_profile("suite")

_PATIENCE_MS = 1000
_HOME_NUMBERS = count()
_started_threads: weakref.WeakSet[QThread] = weakref.WeakSet()
_start_thread = QThread.start


def _noted_start(thread: QThread, *priority: QThread.Priority) -> None:
    _started_threads.add(thread)
    _start_thread(thread, *priority)


QThread.start = _noted_start


class _Warnings(logging.Handler):
    """Keeps what was logged at WARNING or worse."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@pytest.fixture(scope="session")
def _homes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("homes")


@pytest.fixture(autouse=True)
def user_home(_homes: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home folder of the test's own, where user folders and settings go."""
    home = _homes / str(next(_HOME_NUMBERS))
    home.mkdir()
    folders = {
        "CONFIG": ".config",
        "DATA": ".local/share",
        "STATE": ".local/state",
        "CACHE": ".cache",
    }
    for name, folder in folders.items():
        monkeypatch.setenv(f"XDG_{name}_HOME", str(home / folder))
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    return home


@pytest.fixture
def warnings_logged() -> Iterator[list[logging.LogRecord]]:
    """What the test logs at WARNING or worse, for a test that expects it: it no longer fails it."""
    handler = _Warnings()
    logging.getLogger().addHandler(handler)
    yield handler.records
    logging.getLogger().removeHandler(handler)


@pytest.fixture(autouse=True)
def _nothing_unexpected_is_logged(request: pytest.FixtureRequest) -> Iterator[None]:
    handler = _Warnings()
    logging.getLogger().addHandler(handler)
    yield
    logging.getLogger().removeHandler(handler)
    if handler.records and "warnings_logged" not in request.fixturenames:
        lines = [f"{r.levelname} {r.name}: {r.getMessage()}" for r in handler.records]
        pytest.fail("Logged and not expected:\n" + "\n".join(lines), pytrace=False)


@pytest.fixture(autouse=True)
def _no_thread_is_left_running() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    left = [t for t in threading.enumerate() if t not in before and not t.daemon]
    for thread in left:
        thread.join(_PATIENCE_MS / 1000)
    names = [thread.name for thread in left if thread.is_alive()]
    names += [repr(thread) for thread in list(_started_threads) if _still_runs(thread)]
    if names:
        pytest.fail(f"Left running: {', '.join(names)}", pytrace=False)


def _still_runs(thread: QThread) -> bool:
    """Whether a Qt thread outlived its test; asks it to end, so that later tests are spared."""
    _started_threads.discard(thread)
    if not isValid(thread) or thread.wait(_PATIENCE_MS):
        return False
    thread.quit()
    thread.wait(_PATIENCE_MS)
    return True

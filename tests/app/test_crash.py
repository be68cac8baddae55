from __future__ import annotations

import faulthandler
import logging
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

import pytest

from app import crash


@pytest.fixture
def hooks(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[TextIO]]:
    """Puts every hook back; holds the files that native crashes would be written to."""
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    root = logging.getLogger()
    before, level = set(root.handlers), root.level
    dumps: list[TextIO] = []
    monkeypatch.setattr(faulthandler, "enable", dumps.append)
    yield dumps
    for handler in set(root.handlers) - before:
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)
    for dump in dumps:
        dump.close()


@pytest.mark.usefixtures("hooks", "warnings_logged")
def test_an_unforeseen_error_is_told_and_written_down(tmp_path: Path) -> None:
    told: list[str] = []
    log = crash.install(tmp_path / "logs", told.append)

    try:
        raise ZeroDivisionError("seven by nothing")
    except ZeroDivisionError as error:
        sys.excepthook(type(error), error, error.__traceback__)

    assert told == ["ZeroDivisionError: seven by nothing"]
    assert "test_an_unforeseen_error" in log.read_text("utf-8")


@pytest.mark.usefixtures("hooks", "warnings_logged")
def test_a_thread_that_breaks_is_told_too(tmp_path: Path) -> None:
    told: list[str] = []
    crash.install(tmp_path / "logs", told.append)
    thread = threading.Thread(target=lambda: 1 // 0)

    thread.start()
    thread.join()

    assert told == ["ZeroDivisionError: integer division or modulo by zero"]


@pytest.mark.usefixtures("warnings_logged")
def test_native_crashes_leave_a_trace_beside_the_log(hooks: list[TextIO], tmp_path: Path) -> None:
    log = crash.install(tmp_path / "logs", print)

    assert [Path(dump.name) for dump in hooks] == [log.with_name("crash.log")]

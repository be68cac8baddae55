import io

import pytest

from engine.api import Progress
from engine.cli.console import ProgressDisplay, Spoken, minutes, say
from engine.types import Level


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0, "0:00"), (59.6, "1:00"), (125, "2:05"), (10_800, "3:00:00")]
)
def test_lengths_are_shown_as_clocks_do(seconds, shown):
    assert minutes(seconds) == shown


def test_whatever_is_said_is_one_line(capsys):
    say("two\nlines  and\ttabs")

    assert capsys.readouterr().err == "two lines and tabs\n"


class _Terminal(io.StringIO):
    def isatty(self):
        return True


def test_progress_is_shown_on_a_terminal(monkeypatch):
    terminal = _Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")

    with ProgressDisplay() as display:
        display.show(Progress(Level.TOP, 50, 100, 123.0, 61.0))

    shown = terminal.getvalue()
    assert "top" in shown and "123 codes/s" in shown and "1:01 left" in shown


def test_progress_is_silent_where_nobody_looks(capsys):
    with ProgressDisplay() as display:
        display.show(Progress(None, 1, 2, note="loading"))

    said = capsys.readouterr()
    assert said.out == said.err == ""


def test_what_is_new_is_said_at_once_and_numbers_every_now_and_then(capsys):
    now = [0.0]
    spoken = Spoken(lambda: now[0])

    for at, words in enumerate(["song, 1 of 9", "song, 2 of 9", "launch 1", "song, 3 of 9"]):
        now[0] = at
        spoken.tell(words)
    for now[0] in (4, 14):
        spoken.tell(f"song, {now[0]} of 9")

    said = capsys.readouterr().err.splitlines()
    assert said == ["song, 1 of 9", "launch 1", "song, 3 of 9", "song, 14 of 9"]

# pyright: basic
from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from app.services.player import LATENCY_S, LEAD_S, QUICK_LATENCY_S, SoundCard, SoundError, probe


@pytest.fixture
def without_portaudio(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A computer where importing sounddevice fails as it does without PortAudio."""
    (tmp_path / "sounddevice.py").write_text("raise OSError('PortAudio library not found')\n")
    monkeypatch.delitem(sys.modules, "sounddevice", raising=False)
    monkeypatch.syspath_prepend(tmp_path)


def test_without_portaudio_it_says_what_to_install(without_portaudio: None) -> None:
    assert "libportaudio2" in probe()
    with pytest.raises(SoundError, match="libportaudio2"):
        SoundCard().open(22_050, lambda out: (0, len(out)))


NO_CARD = """
class PortAudioError(Exception):
    pass

def OutputStream(**_):
    raise PortAudioError("Error querying device -1")

def query_devices(kind):
    raise PortAudioError("Error querying device -1")

looked = 0

def _terminate():
    pass

def _initialize():
    global looked
    looked += 1
"""


def put_in_place_of_the_library(folder: Path, source: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a module of a few lines stand for PortAudio's."""
    (folder / "sounddevice.py").write_text(source)
    monkeypatch.delitem(sys.modules, "sounddevice", raising=False)
    monkeypatch.syspath_prepend(folder)


def test_without_a_sound_card_it_says_so_and_looks_again_each_time(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    put_in_place_of_the_library(tmp_path, NO_CARD, monkeypatch)
    card = SoundCard()

    for times in (1, 2):
        with pytest.raises(SoundError, match=r"querying device -1.*press play again"):
            card.open(22_050, lambda out: (0, len(out)))
        assert sys.modules["sounddevice"].looked == times

    assert not card.alive and card.heard() is None
    assert "No sound card" in probe()
    del sys.modules["sounddevice"]


CARD = """
opened, looked = [], 0

class OutputStream:
    time = 0.0

    def __init__(self, **asked):
        opened.append(asked["latency"])
        self.died = asked["finished_callback"]

    def start(self):
        opened.append("started")

    def abort(self):
        opened.append("aborted")
        self.died()

    def close(self, ignore_errors):
        opened.append("closed")

class PortAudioError(Exception):
    pass

def _terminate():
    pass

def _initialize():
    global looked
    looked += 1
"""


def test_what_is_pointed_at_is_heard_sooner_and_music_plays_on_safely(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    put_in_place_of_the_library(tmp_path, CARD, monkeypatch)
    card = SoundCard()

    for quick in (False, True, True, False):
        card.open(22_050, lambda out: (0, len(out)), quick=quick)

    library = sys.modules["sounddevice"]
    deeds = [deed for deed in library.opened if deed != "started"]
    assert deeds == [LATENCY_S, "closed", QUICK_LATENCY_S, "closed", LATENCY_S]
    assert library.looked == 0, "to look for devices anew would take its time"
    card.close()
    del sys.modules["sounddevice"]


def test_what_is_dropped_is_changed_while_nothing_is_asked_for(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    put_in_place_of_the_library(tmp_path, CARD, monkeypatch)
    card = SoundCard()
    card.open(22_050, lambda out: (0, len(out)))
    card._callback(lambda _: (70, 10))(np.zeros((10, 2), np.float32), 10, Times(0.5), None)
    assert card.heard() == 70
    deeds = sys.modules["sounddevice"].opened

    card.anew(lambda: deeds.append("changed"))

    assert deeds[-3:] == ["aborted", "changed", "started"]
    assert card.alive and card.heard() is None, "what was dropped is not heard any more"
    given = np.ones((22_050, 2), np.float32)
    fill = card._callback(lambda out: (70, len(out)))
    for start in range(0, len(given), 441):
        fill(given[start : start + 441], 441, Times(9 + start / 22_050), None)
    silent = int(np.argmax(given[:, 0] != 0))
    assert silent == round(LEAD_S * 22_050) and given[silent:].all(), "a server may swallow that"
    first = min(card._marks)
    assert first[0] == pytest.approx(9 + LEAD_S) and first[1] == 70
    card.close()
    del sys.modules["sounddevice"]


class Times:
    def __init__(self, heard_at: float) -> None:
        self.outputBufferDacTime = heard_at


class Stream:
    """PortAudio's stream with a clock that stands still."""

    time = 0.0


def test_the_moment_heard_lags_behind_the_moment_read() -> None:
    card = SoundCard()
    stream = Stream()
    card._stream, card._rate = stream, 1000  # type: ignore[assignment]
    blocks = iter([(0, 100), (100, 100), (500, 30), (530, 0)])
    fill = card._callback(lambda _: next(blocks))
    for number in range(4):
        fill(np.zeros((100, 2), np.float32), 100, Times(1 + number / 10), None)

    heard = {}
    for stream.time in (0.5, 1.05, 1.15, 1.22, 1.29, 1.35, 9.0):
        heard[stream.time] = card.heard()

    assert heard == {0.5: 0, 1.05: 50, 1.15: 150, 1.22: 520, 1.29: 530, 1.35: 530, 9.0: 530}

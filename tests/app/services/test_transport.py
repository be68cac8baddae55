# pyright: basic
from __future__ import annotations

from collections.abc import Iterator
from threading import Event

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from app.services.playback import Program
from app.services.player import Read, SoundError
from app.services.transport import Transport
from engine.types import Span
from tests.app.kit import HandSpeaker

RATE = 1000
SAMPLES = (np.arange(1000) + 1).astype(np.float32) / np.float32(1000)


def program(made: Span, growing: bool = False, loop: Span | None = None) -> Program:
    return Program(SAMPLES, (made,), growing, loop, len(SAMPLES), RATE)


@pytest.fixture
def transport(qtbot: QtBot, speaker: HandSpeaker) -> Iterator[Transport]:
    made = Transport(speaker)
    made.show(program(Span(0, 1000)))
    yield made
    made.close()


def started(transport: Transport, qtbot: QtBot) -> None:
    transport.play()
    qtbot.waitUntil(lambda: transport.state.playing)


def test_playing_sends_the_sound_and_tells_where_it_is(
    transport: Transport, speaker: HandSpeaker, qtbot: QtBot
) -> None:
    started(transport, qtbot)

    assert np.array_equal(speaker.pull(100), SAMPLES[:100])
    assert speaker.rate == RATE
    qtbot.waitUntil(lambda: transport.state.playhead == 100)
    assert transport.state.peak == pytest.approx(0.15)


def test_pausing_keeps_the_place(transport: Transport, speaker: HandSpeaker, qtbot: QtBot) -> None:
    started(transport, qtbot)
    speaker.pull(100)
    transport.pause()

    assert (transport.state.playing, transport.state.playhead) == (False, 100)
    assert not speaker.pull(10).any()


def test_pausing_stops_at_what_is_heard_and_drops_what_is_ahead_of_it(
    transport: Transport, speaker: HandSpeaker, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    started(transport, qtbot)
    speaker.pull(100)
    monkeypatch.setattr(speaker, "heard", lambda: 60)
    dropped = speaker.dropped

    transport.pause()

    assert (transport.state.playing, transport.state.playhead) == (False, 60)
    qtbot.waitUntil(lambda: speaker.dropped == dropped + 1)
    monkeypatch.undo()
    started(transport, qtbot)
    assert np.array_equal(speaker.pull(10), SAMPLES[60:70])


def test_seeking_while_it_plays_drops_what_is_ahead_and_begins_exactly_there(
    transport: Transport, speaker: HandSpeaker, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    started(transport, qtbot)
    speaker.pull(100)
    dropped, read, drop = speaker.dropped, Event(), speaker.anew
    monkeypatch.setattr(speaker, "anew", lambda change: read.wait(10) and drop(change))

    transport.seek(300)
    speaker.pull(20)  # What is read before it is dropped is not heard.
    read.set()

    qtbot.waitUntil(lambda: speaker.dropped > dropped)
    assert np.array_equal(speaker.pull(10), SAMPLES[300:310])


def test_playing_pausing_and_playing_again_at_once_ends_up_playing(
    transport: Transport, speaker: HandSpeaker, qtbot: QtBot
) -> None:
    transport.play()
    transport.pause()
    transport.play()

    qtbot.waitUntil(lambda: transport.state.playing)
    with qtbot.waitSignal(transport.changed):
        transport.seek(40)
    assert transport.state.playing and transport.state.playhead == 40


def test_pausing_before_the_speaker_has_opened_stays_silent(
    transport: Transport, speaker: HandSpeaker, qtbot: QtBot
) -> None:
    transport.play()
    transport.pause()

    qtbot.waitUntil(lambda: speaker.alive)
    qtbot.wait(1)
    assert not transport.state.playing
    assert not speaker.pull(10).any()


def test_it_tells_that_it_waits(transport: Transport, speaker: HandSpeaker, qtbot: QtBot) -> None:
    transport.show(program(Span(0, 50), growing=True))
    started(transport, qtbot)
    speaker.pull(100)

    qtbot.waitUntil(lambda: "Waiting" in transport.state.message)
    assert transport.state.playing
    assert transport.state.audible_until == transport.state.playhead == 50


def test_at_the_end_it_stops(transport: Transport, speaker: HandSpeaker, qtbot: QtBot) -> None:
    started(transport, qtbot)
    speaker.pull(1001)

    qtbot.waitUntil(lambda: not transport.state.playing)
    assert transport.state.playhead == 1000


def test_seeking_moves_the_playhead_at_once(transport: Transport) -> None:
    transport.seek(77)

    assert transport.state.playhead == 77
    assert transport.state.audible_until == 1000


def test_a_speaker_that_dies_is_replaced_by_what_there_is_now(
    transport: Transport, speaker: HandSpeaker, qtbot: QtBot
) -> None:
    troubles: list[str] = []
    transport.troubled.connect(lambda message, advice: troubles.append(f"{message} {advice}"))
    speaker.plugged = ["Headphones"]
    transport.use_output("Headphones")
    started(transport, qtbot)
    speaker.pull(100)
    qtbot.waitUntil(lambda: transport.state.playhead == 100)

    speaker.plugged.clear()
    speaker.alive = False
    qtbot.waitUntil(lambda: bool(troubles))

    assert transport.state.playing and speaker.output == transport.output == ""
    assert "“Headphones” cannot be used" in troubles[0] and "Transport menu" in troubles[0]
    assert np.array_equal(speaker.pull(50), SAMPLES[100:150])


def test_when_what_there_is_dies_too_it_pauses_and_playing_again_revives_it(
    transport: Transport, speaker: HandSpeaker, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    started(transport, qtbot)
    open_now = speaker.open

    def open_and_die(rate: int, read: Read, output: str = "") -> None:
        open_now(rate, read, output)
        speaker.alive = False

    monkeypatch.setattr(speaker, "open", open_and_die)
    speaker.alive = False
    qtbot.waitUntil(lambda: not transport.state.playing)
    assert "went away" in transport.state.message
    assert not transport.state.available

    monkeypatch.undo()
    started(transport, qtbot)

    assert transport.state.available and transport.state.message == ""


def test_an_output_that_is_not_there_is_told_and_the_system_s_plays(
    transport: Transport, speaker: HandSpeaker, qtbot: QtBot
) -> None:
    transport.use_output("Headphones")

    with qtbot.waitSignal(transport.troubled):
        transport.play()

    assert transport.state.playing and transport.output == ""


def test_another_output_chosen_while_it_plays_loses_nothing(
    transport: Transport, speaker: HandSpeaker, qtbot: QtBot
) -> None:
    speaker.plugged = ["Headphones"]
    started(transport, qtbot)
    speaker.pull(100)
    qtbot.waitUntil(lambda: transport.state.playhead == 100)

    transport.use_output("Headphones")
    qtbot.waitUntil(lambda: speaker.output == "Headphones" and speaker.alive)
    qtbot.waitUntil(lambda: bool(speaker.pull(1).any()))

    assert transport.state.playing
    qtbot.waitUntil(lambda: transport.state.playhead == 101)


def test_what_is_plugged_in_is_told(
    transport: Transport, speaker: HandSpeaker, qtbot: QtBot
) -> None:
    speaker.plugged = ["Headphones", "HDMI"]

    with qtbot.waitSignal(transport.outputs_changed):
        transport.look_for_outputs()

    assert transport.outputs == ("Headphones", "HDMI")


class NoSpeaker(HandSpeaker):
    """A computer without a sound card."""

    def open(self, rate: int, read: Read, output: str = "", *, quick: bool = False) -> None:
        raise SoundError("No sound card here.")


def test_without_a_speaker_it_says_so_and_does_not_play(qtbot: QtBot) -> None:
    transport = Transport(NoSpeaker())
    transport.show(program(Span(0, 1000)))

    transport.play()

    qtbot.waitUntil(lambda: transport.state.message == "No sound card here.")
    assert not transport.state.available and not transport.state.playing
    transport.close()


def test_looking_for_a_speaker_tells_what_is_missing(qtbot: QtBot, speaker: HandSpeaker) -> None:
    transport = Transport(speaker)

    transport.look_for_speaker(lambda: "Nothing there.")

    qtbot.waitUntil(lambda: transport.state.message == "Nothing there.")
    assert not transport.state.available
    transport.close()
